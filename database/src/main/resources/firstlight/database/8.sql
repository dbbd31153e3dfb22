-- How fast the stages of imaging work are, by model: what is far below it is said.
create table stage_rate (
  id integer primary key autoincrement,
  model text not null,
  work text not null,
  stage text not null,
  device bigint not null,
  rate bigint not null,
  at bigint not null
);
create index stage_rate_by_model on stage_rate (model, work, stage, id);
