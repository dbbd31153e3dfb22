package firstlight.database;

import firstlight.policy.Device;
import firstlight.policy.Task;
import firstlight.policy.Work;
import firstlight.policy.WorkQueue;
import firstlight.policy.WorkState;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.statement.SqlStatement;

/** The work: all of it in the database, what is open in memory as well, for the answer to a first packet. */
public final class WorkStore implements WorkQueue {
    private static final Comparator<Work> RUNNING_THEN_OLDEST = Comparator.comparing(
                    (Work work) -> work.state() != WorkState.RUNNING)
            .thenComparing(Work::id);

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
    public Optional<Work> current(long device) {
        return openByDevice.getOrDefault(device, List.of()).stream().min(RUNNING_THEN_OLDEST);
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
        Work blank = new Work(0, device.id(), task, powerOff, WorkState.QUEUED, 0, 0, "", now);
        long id = backend.write(handle -> bind(
                        handle.createQuery("insert into work (device, task, image, version, disks, power_off, state,"
                                + " attempts, transaction_id, outcome, created, changed) values (:device, :task, :image,"
                                + " :version, :disks, :powerOff, :state, :attempts, :transaction, :outcome, :changed,"
                                + " :changed) returning id"),
                        blank)
                .mapTo(Long.class)
                .one());
        Work work = new Work(id, device.id(), task, powerOff, WorkState.QUEUED, 0, 0, "", now);
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
                .bind("powerOff", work.powerOff())
                .bind("state", work.state().name())
                .bind("attempts", work.attempts())
                .bind("transaction", work.transaction())
                .bind("outcome", cut(work.outcome()))
                .bind("changed", work.changed().toEpochMilli());
        return switch (task) {
            case Task.Capture(String image, List<String> disks) -> bind(bound, "capture", image, 0, disks);
            case Task.Restore(String image, int version, List<String> disks) ->
                bind(bound, "restore", image, version, disks);
            case Task.Inventory _ -> bind(bound, "inventory", "", 0, List.of());
            case Task.Maintenance _ -> bind(bound, "maintenance", "", 0, List.of());
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
            case "restore" -> new Task.Restore(image, row.getInt("version"), disks);
            case "inventory" -> new Task.Inventory();
            case "maintenance" -> new Task.Maintenance();
            default -> throw new IllegalStateException("the database holds work of the kind '" + kind + "'");
        };
        return new Work(
                row.getLong("id"),
                row.getLong("device"),
                task,
                row.getBoolean("power_off"),
                WorkState.valueOf(row.getString("state")),
                row.getInt("attempts"),
                row.getLong("transaction_id"),
                row.getString("outcome"),
                Instant.ofEpochMilli(row.getLong("changed")));
    }

    private static String cut(String text) {
        return text.substring(0, Math.min(text.length(), 1000));
    }
}
