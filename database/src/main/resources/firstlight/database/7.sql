-- Of one rule a device has one open work, whatever several servers decide in the same instant.
update work set state = 'CANCELLED', outcome = 'its rule had given it twice', revision = revision + 1
  where rule_id <> 0 and state in ('HELD', 'QUEUED', 'RUNNING') and exists (
    select 1 from work other where other.device = work.device and other.rule_id = work.rule_id and other.id <> work.id
      and other.state in ('HELD', 'QUEUED', 'RUNNING')
      and (other.state = 'RUNNING' and work.state <> 'RUNNING'
        or (other.state = 'RUNNING') = (work.state = 'RUNNING') and other.id < work.id));
create unique index work_open_of_rule on work (device, rule_id)
  where rule_id <> 0 and state in ('HELD', 'QUEUED', 'RUNNING');
