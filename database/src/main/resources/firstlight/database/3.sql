-- Who may do what, and who did what.
create table account (
  id integer primary key autoincrement,
  name text not null,
  name_key varchar(100) not null unique,
  full_name text not null,
  origin varchar(16) not null,
  role varchar(16) not null,
  groups_of text not null,
  password text not null,
  enabled boolean not null,
  created bigint not null
);
create table api_token (
  id integer primary key autoincrement,
  name text not null,
  account bigint not null references account (id),
  hash varchar(100) not null unique,
  created bigint not null,
  expires bigint
);
create index api_token_by_account on api_token (account);
create table sign_in (
  hash varchar(100) primary key,
  account bigint not null references account (id),
  whence text not null,
  created bigint not null,
  expires bigint not null
);
create index sign_in_by_account on sign_in (account);
create table audit (
  id integer primary key autoincrement,
  at bigint not null,
  who text not null,
  whence text not null,
  action text not null,
  devices text not null,
  text text not null
);
create table audit_device (
  device bigint not null,
  audit bigint not null references audit (id),
  primary key (device, audit)
);
create table confirmation (
  id integer primary key autoincrement,
  at bigint not null,
  who text not null,
  action text not null,
  devices text not null,
  request text not null,
  state varchar(16) not null,
  decided_by text not null
);
