package firstlight.database;

import firstlight.policy.work.Schedule;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;

/**
 * The schedules. Of several servers that find one due, {@link #fired} lets one through. Read from the database each time: no packet needs
 * them, so there is no picture.
 */
public final class ScheduleStore {
    private final Backend backend;
    private final Changes changes;

    ScheduleStore(Backend backend, Changes changes) {
        this.backend = backend;
        this.changes = changes;
    }

    public List<Schedule> all() {
        return backend.read(handle -> handle.createQuery("select * from schedule order by id")
                .map((row, context) -> schedule(row))
                .list());
    }

    /** The first that is for this group, switched on or off. */
    static Optional<Schedule> of(Handle handle, long group) {
        return handle.createQuery("select * from schedule order by id").map((row, context) -> schedule(row)).stream()
                .filter(schedule -> schedule.groups().contains(group))
                .findFirst();
    }

    /** Enabled ones whose time has come. */
    public List<Schedule> due(Instant now) {
        return backend.read(handle -> handle.createQuery(
                        "select * from schedule where enabled and next_at is not null and next_at <= ? order by next_at")
                .bind(0, now.toEpochMilli())
                .map((row, context) -> schedule(row))
                .list());
    }

    public Optional<Schedule> find(long id) {
        return backend.read(handle -> handle.createQuery("select * from schedule where id = ?")
                .bind(0, id)
                .map((row, context) -> schedule(row))
                .findOne());
    }

    /** Answers it with its number. */
    public Schedule add(Schedule schedule) {
        return backend.write(handle -> announced(
                handle,
                bind(
                                handle.createQuery(
                                        "insert into schedule (name, enabled, cron, zone, devices, groups_of, task,"
                                                + " terms, next_at) values (:name, :enabled, :cron, :zone, :devices, :groups, :task,"
                                                + " :terms, :next) returning *"),
                                schedule)
                        .map((row, context) -> schedule(row))
                        .one()));
    }

    /** Whatever it was; gone when it is not there any more. */
    public Kept<Schedule> change(Schedule schedule) {
        return backend.write(handle -> {
            locked(handle, schedule.id());
            return changed(handle, schedule);
        });
    }

    /** Refused when it is not {@code seen} any more: what somebody switched off must not be on again, nor fire again what it just gave out. */
    public Kept<Schedule> change(Schedule seen, Schedule schedule) {
        return backend.write(handle -> {
            locked(handle, schedule.id());
            Optional<Schedule> now = handle.createQuery("select * from schedule where id = ?" + backend.forUpdate())
                    .bind(0, schedule.id())
                    .map((row, context) -> schedule(row))
                    .findOne();
            return now.isPresent() && !now.get().equals(seen)
                    ? new Kept.Refused<>(
                            "schedule '" + now.get().name() + "' was changed, or gave out its work, meanwhile")
                    : changed(handle, schedule);
        });
    }

    private Kept<Schedule> changed(Handle handle, Schedule schedule) {
        return bind(
                        handle.createQuery(
                                "update schedule set name = :name, enabled = :enabled, cron = :cron, zone = :zone,"
                                        + " devices = :devices, groups_of = :groups, task = :task, terms = :terms, next_at = :next"
                                        + " where id = :id returning *"),
                        schedule)
                .bind("id", schedule.id())
                .map((row, context) -> schedule(row))
                .findOne()
                .<Kept<Schedule>>map(kept -> new Kept.Done<>(announced(handle, kept)))
                .orElseGet(Kept.Gone::new);
    }

    /** So that what an editor saw cannot change any more. */
    private void locked(Handle handle, long id) {
        if (Precondition.isOpen()) {
            handle.createQuery("select id from schedule where id = ?" + backend.forUpdate())
                    .bind(0, id)
                    .mapTo(Long.class)
                    .findOne();
            Precondition.ask();
        }
    }

    /**
     * In a transaction, before the device's row is touched: who fires holds the schedule first and the device then. For nobody a schedule is
     * switched off: it would say each night that it gave out its work. What else it says is not read: a newer server may have written it.
     *
     * @param heir the device that it was all the time; empty when it is gone
     */
    void leave(Handle handle, long device, Optional<Long> heir) {
        for (Whose found : whose(handle, "")) {
            if (!found.devices.contains(device)) {
                continue;
            }
            for (Whose locked : whose(handle, " where id = " + found.id + backend.forUpdate())) {
                Set<Long> devices = new TreeSet<>(locked.devices);
                devices.remove(device);
                heir.ifPresent(devices::add);
                handle.createUpdate("update schedule set devices = :devices, enabled = :enabled where id = :id")
                        .bind("devices", Numbers.write(devices))
                        .bind("enabled", locked.enabled && !(devices.isEmpty() && locked.groups.isEmpty()))
                        .bind("id", locked.id)
                        .execute();
                changes.announce(handle, Topic.SCHEDULE, List.of(locked.id));
            }
        }
    }

    List<String> onlyFor(long device) {
        return backend.read(handle -> whose(handle, " where enabled order by id").stream()
                .filter(each -> each.devices.equals(List.of(device)) && each.groups.isEmpty())
                .map(Whose::name)
                .toList());
    }

    private record Whose(long id, String name, boolean enabled, List<Long> devices, List<Long> groups) {}

    private static List<Whose> whose(Handle handle, String which) {
        return handle.createQuery("select id, name, enabled, devices, groups_of from schedule" + which)
                .map((row, context) -> new Whose(
                        row.getLong("id"),
                        row.getString("name"),
                        row.getBoolean("enabled"),
                        Numbers.read(row.getString("devices")),
                        Numbers.read(row.getString("groups_of"))))
                .list();
    }

    /** False when it was not there. The work that it gave stays. */
    public boolean remove(long id) {
        return backend.write(handle -> {
            locked(handle, id);
            changes.announce(handle, Topic.SCHEDULE, List.of(id));
            return handle.execute("delete from schedule where id = ?", id) == 1;
        });
    }

    /**
     * True for one caller among all servers: {@code schedule} fires now and comes again at {@code next}. To be called in {@link
     * Database#atomically} with the work that it gives out, so that neither is there without the other.
     *
     * @param schedule as it was read: its time is compared, so that one that somebody changed meanwhile does not fire
     * @param next empty when it does not come again
     */
    public boolean fired(Schedule schedule, Optional<Instant> next) {
        return backend.write(handle -> {
            int changed = handle.createUpdate("update schedule set next_at = :next where id = :id and enabled"
                            + " and next_at = :expected")
                    .bind("next", next.map(Instant::toEpochMilli).orElse(null))
                    .bind("id", schedule.id())
                    .bind("expected", schedule.next().map(Instant::toEpochMilli).orElse(-1L))
                    .execute();
            if (changed == 1) {
                changes.announce(handle, Topic.SCHEDULE, List.of(schedule.id()));
            }
            return changed == 1;
        });
    }

    private Schedule announced(Handle handle, Schedule schedule) {
        changes.announce(handle, Topic.SCHEDULE, List.of(schedule.id()));
        return schedule;
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Schedule schedule) {
        return statement
                .bind("name", schedule.name())
                .bind("enabled", schedule.enabled())
                .bind("cron", schedule.cron())
                .bind("zone", schedule.zone().getId())
                .bind("devices", Numbers.write(schedule.devices()))
                .bind("groups", Numbers.write(schedule.groups()))
                .bind("task", TaskColumn.write(schedule.task(), schedule.terms().scripts()))
                .bind("terms", TaskColumn.write(schedule.terms()))
                .bind("next", schedule.next().map(Instant::toEpochMilli).orElse(null));
    }

    private static Schedule schedule(ResultSet row) throws SQLException {
        long at = row.getLong("next_at");
        Optional<Instant> next = row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(at));
        return new Schedule(
                row.getLong("id"),
                row.getString("name"),
                row.getBoolean("enabled"),
                row.getString("cron"),
                ZoneId.of(row.getString("zone")),
                Set.copyOf(Numbers.read(row.getString("devices"))),
                Set.copyOf(Numbers.read(row.getString("groups_of"))),
                TaskColumn.read(row.getString("task")),
                TaskColumn.readTerms(row.getString("terms")).withScripts(TaskColumn.readScripts(row.getString("task"))),
                next);
    }
}
