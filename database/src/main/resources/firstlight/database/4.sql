-- Policy: groups, values at each level, rules, questions, terms of work, schedules, alarms.
alter table device add column group_id bigint not null default 0;
alter table device add column own_values text not null default '';
alter table device add column marks text not null default '';
alter table device add column last_image text not null default '';
alter table device add column note text not null default '';
update device set own_values = case menu when 'hotkey' then '{"menu":"hotkey ' || menu_seconds || '"}'
  else '{"menu":"' || menu || '"}' end where menu is not null;
alter table device drop column menu;
alter table device drop column menu_seconds;
create index device_by_group on device (group_id);

create table device_group (
  id integer primary key autoincrement,
  name text not null,
  parent bigint not null,
  own_values text not null
);
create table setting (
  name varchar(60) primary key,
  value text not null
);
create table rule (
  id integer primary key autoincrement,
  level varchar(8) not null,
  level_id bigint not null,
  position int not null,
  name text not null,
  enabled boolean not null,
  condition text not null,
  task text not null,
  repeat varchar(16) not null,
  kernel_arguments text not null
);
create table shared_adapter (
  mac varchar(17) primary key
);
insert into id_block (name, next) values ('policy', 1);

create table question (
  id integer primary key autoincrement,
  shown text not null,
  facts text not null,
  asked bigint not null,
  candidates text not null,
  why text not null,
  answer varchar(8) not null,
  answer_device bigint not null,
  opened bigint not null,
  last_seen bigint not null
);
create unique index question_open on question (shown) where answer = '';

alter table work add column body text not null default '';
alter table work add column priority int not null default 0;
alter table work add column not_before bigint not null default 0;
alter table work add column wake boolean not null default false;
alter table work add column after_work varchar(16) not null default '';
alter table work add column forced boolean not null default false;
alter table work add column created_by text not null default '';
alter table work add column rule_id bigint not null default 0;
alter table work add column schedule_id bigint not null default 0;
alter table work add column waiting bigint not null default 0;
update work set body = '{"kind":"' || task || '","image":"' || coalesce(image, '') || '","version":' || coalesce(version, 0)
  || case disks when '' then '' else ',"disks":["' || replace(disks, ' ', '","') || '"]' end || '}',
  after_work = case when power_off then 'POWER_OFF' else '' end;
alter table work drop column image;
alter table work drop column version;
alter table work drop column disks;
alter table work drop column power_off;
create index work_by_device on work (device);
create index work_by_rule on work (rule_id, device);

create table schedule (
  id integer primary key autoincrement,
  name text not null,
  enabled boolean not null,
  cron text not null,
  zone text not null,
  devices text not null,
  groups_of text not null,
  task text not null,
  terms text not null,
  next_at bigint
);
create table alarm (
  id integer primary key autoincrement,
  device bigint not null,
  text text not null,
  first_at bigint not null,
  last_at bigint not null,
  times int not null,
  dismissed_by text not null
);
create index alarm_open on alarm (device) where dismissed_by = '';
