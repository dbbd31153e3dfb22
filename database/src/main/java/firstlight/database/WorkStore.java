package firstlight.database;

import firstlight.policy.Device;
import firstlight.policy.level.AfterWork;
import firstlight.policy.work.Beginning;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkQueue;
import firstlight.policy.work.WorkState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.statement.SqlStatement;

/** The work: all of it in the database, what is open in memory as well, for the answer to a first packet. */
public final class WorkStore implements WorkQueue {
    private final Backend backend;
    private final Map<Long, List<Work>> openByDevice = new ConcurrentHashMap<>();

    WorkStore(Backend backend) {
        this.backend = backend;
        backend.jdbi()
                .useHandle(handle -> handle.createQuery("select * from work where state in ('QUEUED', 'RUNNING')")
                        .map((row, context) -> work(row))
                        .forEach(this::remember));
    }

    @Override
    public Optional<Work> current(long device, Instant now) {
        return openByDevice.getOrDefault(device, List.of()).stream()
                .filter(work -> work.isDue(now))
                .min(Work.TURN);
    }

    @Override
    public Beginning begin(Work work, long transaction, Limits limits, Instant now) {
        Work begun = work.begun(transaction, now);
        int changed =
                backend.write(handle -> handle.createUpdate("update work set state = 'RUNNING', attempts = :attempts,"
                                + " transaction_id = :transaction, changed = :changed where id = :id"
                                + " and state in ('QUEUED', 'RUNNING') and attempts = :before"
                                + " and transaction_id = :last and transaction_id <= :transaction")
                        .bind("attempts", begun.attempts())
                        .bind("transaction", transaction)
                        .bind("changed", now.toEpochMilli())
                        .bind("id", work.id())
                        .bind("before", work.attempts())
                        .bind("last", work.transaction())
                        .execute());
        if (changed == 0) {
            return new Beginning.TakenElsewhere(work.describe() + " was begun elsewhere, or has ended");
        }
        remember(begun);
        return new Beginning.Begun(begun);
    }

    @Override
    public Work create(long device, Task task, Terms terms, Instant now) {
        return insert(Work.fresh(0, device, task, terms, false, now));
    }

    @Override
    public Optional<Work> latestOfRule(long device, long rule) {
        return Optional.empty(); // no column for it yet
    }

    @Override
    public void keep(Work work) {
        backend.run(handle -> bind(
                        handle.createUpdate(
                                "update work set version = :version, state = :state, attempts = :attempts,"
                                        + " transaction_id = :transaction, outcome = :outcome, changed = :changed where id = :id"),
                        work)
                .bind("id", work.id())
                .execute());
        remember(work);
    }

    public Work assign(Device device, Task task, boolean powerOff, Instant now) {
        Terms terms = Terms.by("").withAfter(powerOff ? Optional.of(AfterWork.POWER_OFF) : Optional.empty());
        return insert(Work.fresh(0, device.id(), task, terms, false, now));
    }

    private Work insert(Work blank) {
        long id = backend.write(handle -> bind(
                        handle.createQuery("insert into work (device, task, image, version, disks, power_off, state,"
                                + " attempts, transaction_id, outcome, created, changed) values (:device, :task, :image,"
                                + " :version, :disks, :powerOff, :state, :attempts, :transaction, :outcome, :changed,"
                                + " :changed) returning id"),
                        blank)
                .mapTo(Long.class)
                .one());
        Work work = Work.fresh(id, blank.device(), blank.task(), blank.terms(), false, blank.changed());
        remember(work);
        return work;
    }

    public Optional<Work> find(long id) {
        return backend.read(handle -> handle.createQuery("select * from work where id = ?")
                .bind(0, id)
                .map((row, context) -> work(row))
                .findOne());
    }

    /** Newest first. */
    public List<Work> list(int limit) {
        return backend.read(handle -> handle.createQuery("select * from work order by id desc limit ?")
                .bind(0, limit)
                .map((row, context) -> work(row))
                .list());
    }

    private void remember(Work work) {
        openByDevice.compute(work.device(), (device, known) -> {
            List<Work> open = new ArrayList<>(known == null ? List.of() : known);
            open.removeIf(each -> each.id() == work.id());
            if (work.isOpen()) {
                open.add(work);
            }
            return open.isEmpty() ? null : List.copyOf(open);
        });
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Work work) {
        Task task = work.task();
        S bound = statement
                .bind("device", work.device())
                .bind("powerOff", work.terms().after().equals(Optional.of(AfterWork.POWER_OFF)))
                .bind("state", work.state().name())
                .bind("attempts", work.attempts())
                .bind("transaction", work.transaction())
                .bind("outcome", cut(work.outcome()))
                .bind("changed", work.changed().toEpochMilli());
        return switch (task) {
            case Task.Capture(String image, List<String> disks) -> bind(bound, "capture", image, 0, disks);
            case Task.Restore restore -> bind(bound, "restore", restore.image(), restore.version(), restore.disks());
            case Task.Inventory _ -> bind(bound, "inventory", "", 0, List.of());
            case Task.Maintenance _ -> bind(bound, "maintenance", "", 0, List.of());
            case Task.Join _, Task.Script _, Task.Wipe _ ->
                throw new IllegalArgumentException("no table holds '" + task.words() + "' yet");
        };
    }

    private static <S extends SqlStatement<S>> S bind(
            S statement, String task, String image, int version, List<String> disks) {
        return statement
                .bind("task", task)
                .bind("image", image)
                .bind("version", version)
                .bind("disks", String.join(" ", disks));
    }

    private static Work work(ResultSet row) throws SQLException {
        String image = row.getString("image");
        String disksText = row.getString("disks");
        List<String> disks = disksText.isEmpty() ? List.of() : List.of(disksText.split(" ", -1));
        String kind = row.getString("task");
        Task task = switch (kind) {
            case "capture" -> new Task.Capture(image, disks);
            case "restore" -> Task.Restore.of(image, row.getInt("version"), disks);
            case "inventory" -> new Task.Inventory();
            case "maintenance" -> new Task.Maintenance();
            default -> throw new IllegalStateException("the database holds work of the kind '" + kind + "'");
        };
        return new Work(
                row.getLong("id"),
                row.getLong("device"),
                task,
                Terms.by("")
                        .withAfter(row.getBoolean("power_off") ? Optional.of(AfterWork.POWER_OFF) : Optional.empty()),
                WorkState.valueOf(row.getString("state")),
                row.getInt("attempts"),
                row.getLong("transaction_id"),
                row.getString("outcome"),
                Instant.EPOCH,
                Instant.ofEpochMilli(row.getLong("changed")));
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), 1000));
    }
}
