-- What one server tells the others. A reader takes rows by their transaction: numbers become visible out of order.
create table change (
  id bigint generated always as identity primary key,
  txid bigint not null default cast(cast(pg_current_xact_id() as text) as bigint),
  server bigint not null,
  topic varchar(20) not null,
  row_id bigint not null,
  at bigint not null
);
create index change_by_txid on change (txid);
