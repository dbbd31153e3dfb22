-- Numbers that must be unique among all servers are taken in blocks.
create table id_block (
  name varchar(40) primary key,
  next bigint not null
);
insert into id_block (name, next) select 'boot', coalesce(max(id), 0) + 1 from boot;
-- Which of two copies of a row is the newer one.
alter table device add column revision bigint not null default 1;
alter table work add column revision bigint not null default 1;
