-- Multicast sessions; their members are the works that join them.
create table multicast_session (
  id integer primary key autoincrement,
  name text not null,
  image text not null,
  version int not null,
  disks text not null,
  clients int not null,
  minutes int not null,
  state varchar(16) not null,
  created_by text not null,
  created bigint not null,
  gathering bigint,
  started bigint,
  ended bigint,
  outcome text not null,
  revision bigint not null default 1
);
create index multicast_session_by_state on multicast_session (state);
alter table work add column session_id bigint not null default 0;
create index work_by_session on work (session_id);
