-- Instants are milliseconds since 1970.
create table device (
  id integer primary key autoincrement,
  name varchar(63) not null,
  name_key varchar(63) not null unique,
  registration varchar(16) not null,
  menu varchar(16),
  menu_seconds int,
  facts varchar(100000) not null,
  created bigint not null,
  last_seen bigint not null
);
create table work (
  id integer primary key autoincrement,
  device bigint not null references device (id),
  task varchar(16) not null,
  image varchar(100),
  version int,
  disks varchar(2000) not null,
  power_off boolean not null,
  state varchar(16) not null,
  attempts int not null,
  transaction_id bigint not null,
  outcome varchar(1000) not null,
  created bigint not null,
  changed bigint not null
);
create index work_by_state on work (state);
create table boot (
  id integer primary key,
  device bigint not null,
  mac varchar(17) not null,
  state varchar(16) not null,
  opened bigint not null,
  last_event bigint not null
);
create index boot_by_device on boot (device);
create table event (
  id integer primary key autoincrement,
  boot bigint not null,
  at bigint not null,
  phase int not null,
  kind varchar(40) not null,
  text varchar(1000) not null
);
create index event_by_boot on event (boot);
create table token (
  hash varchar(64) primary key,
  boot bigint not null,
  expires bigint not null
);
