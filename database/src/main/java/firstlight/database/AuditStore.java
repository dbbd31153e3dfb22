package firstlight.database;

import firstlight.policy.access.AuditEntry;
import firstlight.policy.access.AuditLog;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.jdbi.v3.core.Handle;

/** The audit log: rows are added, never changed. Of failed sign-ins, which anybody can make, the oldest go. */
final class AuditStore implements AuditLog {
    /** So many of them were noted by this server when the oldest are looked for. */
    private static final int LOOK = 1000;

    private final Backend backend;
    private final AtomicInteger failures = new AtomicInteger();

    AuditStore(Backend backend) {
        this.backend = backend;
    }

    @Override
    public AuditEntry append(AuditEntry entry) {
        long id = backend.write(handle -> {
            long number = handle.createQuery("insert into audit (at, who, whence, action, devices, text)"
                            + " values (:at, :who, :from, :action, :devices, :text) returning id")
                    .bind("at", entry.at().toEpochMilli())
                    .bind("who", entry.who())
                    .bind("from", entry.from())
                    .bind("action", entry.action())
                    .bind("devices", Numbers.write(entry.devices()))
                    .bind("text", entry.text())
                    .mapTo(Long.class)
                    .one();
            // The column is what is shown; these rows are what a
            // device's entries are found by, without a look through all.
            if (!entry.devices().isEmpty()) {
                var batch = handle.prepareBatch("insert into audit_device (device, audit) values (?, ?)");
                Set.copyOf(entry.devices()).forEach(device -> batch.add(device, number));
                batch.execute();
            }
            if (entry.action().equals(AuditEntry.FAILED_SIGN_IN) && failures.incrementAndGet() % LOOK == 0) {
                shorten(handle);
            }
            return number;
        });
        return new AuditEntry(id, entry.at(), entry.who(), entry.from(), entry.action(), entry.devices(), entry.text());
    }

    /** Keeps the newest of them. Looked at once in a while only: the count is this server's, so that several together keep a few more. */
    private static void shorten(Handle handle) {
        long oldest = handle.createQuery("select coalesce(min(id), 0) from"
                        + " (select id from audit where action = :action order by id desc limit :most) as newest")
                .bind("action", AuditEntry.FAILED_SIGN_IN)
                .bind("most", FAILED_SIGN_INS)
                .mapTo(Long.class)
                .one();
        String old = "select id from audit where action = ? and id < ?";
        handle.execute("delete from audit_device where audit in (" + old + ")", AuditEntry.FAILED_SIGN_IN, oldest);
        handle.execute("delete from audit where id in (" + old + ")", AuditEntry.FAILED_SIGN_IN, oldest);
    }

    @Override
    public List<AuditEntry> entries(long device, long before, int limit) {
        return backend.read(handle -> handle.createQuery("select * from audit where (:before = 0 or id < :before)"
                        + " and (:device = 0 or id in (select audit from audit_device where device = :device))"
                        + " order by id desc limit :limit")
                .bind("before", before)
                .bind("device", device)
                .bind("limit", limit)
                .map((row, context) -> new AuditEntry(
                        row.getLong("id"),
                        Instant.ofEpochMilli(row.getLong("at")),
                        row.getString("who"),
                        row.getString("whence"),
                        row.getString("action"),
                        Numbers.read(row.getString("devices")),
                        row.getString("text")))
                .list());
    }
}
