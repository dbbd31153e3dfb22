alter table change alter column at set default cast(extract(epoch from clock_timestamp()) * 1000 as bigint);
