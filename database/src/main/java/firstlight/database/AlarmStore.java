package firstlight.database;

import firstlight.policy.Alarms;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The alarms: in the log at once, in the database a moment later. The same one raised again while it is open is counted. A packet's
 * thread may raise one: it waits for no disk. Listing flushes first, so that a person sees what was raised a moment ago.
 */
public final class AlarmStore implements Alarms {
    private static final Logger LOG = LoggerFactory.getLogger(AlarmStore.class);

    private final Backend backend;
    private final Changes changes;
    /** Not written yet. It has no bound: who raises alarms in a loop is at fault, and each is in the log as well. */
    private final Queue<Raised> raised = new ConcurrentLinkedQueue<>();

    private final ReentrantLock flushing = new ReentrantLock();

    /** @param device 0 for none */
    private record Raised(long device, String text, Instant at) {}

    AlarmStore(Backend backend, Changes changes) {
        this.backend = backend;
        this.changes = changes;
    }

    @Override
    public void raise(long device, String text, Instant now) {
        LOG.warn("alarm{}: {}", device == 0 ? "" : ", device " + device, text);
        raised.add(new Raised(device, text, now));
    }

    /** One at a time: of two that write the same alarm, one would take the next away unwritten. */
    void flush() {
        flushing.lock();
        try {
            for (Raised next = raised.peek(); next != null; next = raised.peek()) {
                // Taken out only when it is written: what fails is tried
                // again at the next flush (Housekeeping, every 2 s).
                write(next);
                raised.remove();
            }
        } finally {
            flushing.unlock();
        }
    }

    private void write(Raised alarm) {
        backend.run(handle -> {
            int known = handle.execute(
                    "update alarm set last_at = ?, times = times + 1 where device = ? and text = ? and dismissed_by = ''",
                    alarm.at.toEpochMilli(),
                    alarm.device,
                    alarm.text);
            if (known == 0) {
                handle.execute(
                        "insert into alarm (device, text, first_at, last_at, times, dismissed_by) values (?, ?, ?, ?, 1, '')",
                        alarm.device,
                        alarm.text,
                        alarm.at.toEpochMilli(),
                        alarm.at.toEpochMilli());
            }
            changes.announce(handle, Topic.ALARM, List.of(alarm.device));
        });
    }

    /** Those that nobody dismissed, newest first. */
    public List<Alarm> open(int limit) {
        flush();
        return list("where dismissed_by = ''", limit);
    }

    /** Dismissed ones too, newest first. */
    public List<Alarm> all(int limit) {
        flush();
        return list("", limit);
    }

    public Optional<Alarm> find(long id) {
        return backend.read(handle -> handle.createQuery("select * from alarm where id = ?")
                .bind(0, id)
                .map((row, context) -> alarm(row))
                .findOne());
    }

    private List<Alarm> list(String which, int limit) {
        return backend.read(
                handle -> handle.createQuery("select * from alarm " + which + " order by last_at desc, id desc limit ?")
                        .bind(0, limit)
                        .map((row, context) -> alarm(row))
                        .list());
    }

    private static Alarm alarm(ResultSet row) throws SQLException {
        return new Alarm(
                row.getLong("id"),
                row.getLong("device"),
                row.getString("text"),
                Instant.ofEpochMilli(row.getLong("first_at")),
                Instant.ofEpochMilli(row.getLong("last_at")),
                row.getInt("times"),
                row.getString("dismissed_by"));
    }

    /**
     * False when it was dismissed already. What is raised again afterwards is a new alarm.
     *
     * @param by the person, as the list shows it; not empty, for that means open
     */
    public boolean dismiss(long id, String by) {
        return backend.write(handle -> {
            changes.announce(handle, Topic.ALARM, List.of(0L));
            return handle.execute("update alarm set dismissed_by = ? where id = ? and dismissed_by = ''", by, id) == 1;
        });
    }
}
