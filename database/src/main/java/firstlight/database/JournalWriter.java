package firstlight.database;

import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes boots and events in batches, on one thread of its own. Nobody who writes waits. */
final class JournalWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
    /** Rows of one transaction. */
    private static final int BATCH = 2_000;
    /** Rows that wait while the disk is slow or the database away; what comes beyond them is left out, and said once. */
    private static final int QUEUE = 100_000;
    /** Kept of {@link #merged}. */
    static final int MERGED = 20_000;
    /** A commit for every packet would take from the answering thread what it needs most, a processor. */
    private static final int GATHERING_MILLIS = 50;

    private static final Duration AGAIN = Duration.ofSeconds(1);
    /** Who reads waits so long for what is written before; then it reads what is there. The end waits as long, and tells what is lost. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    static final String INSERT_BOOT = "insert into boot (id, device, mac, state, opened, last_event)"
            + " values (?, ?, ?, ?, ?, ?) on conflict (id) do update set"
            + " device = excluded.device, state = excluded.state, last_event = excluded.last_event"
            + " where excluded.last_event >= boot.last_event"; // another server may know better
    private static final String INSERT_EVENT = "insert into event (boot, at, phase, kind, text) values (?, ?, ?, ?, ?)";
    private static final String INSERT_TOKEN =
            "insert into token (hash, boot, expires) values (?, ?, ?) on conflict do nothing";

    private final Backend backend;
    private final Changes changes;
    /** Ends the waiting for a database that is away. */
    private final CountDownLatch stopping = new CountDownLatch(1);
    /**
     * Boots that turned out to be another server's as well: what is said of the one is written to the other. The latest only: where
     * two servers hear one LAN, nearly each boot is such a one, and nothing more is said of it soon after its first packets.
     */
    private final LinkedHashMap<Long, Long> merged = new LinkedHashMap<>();

    private final BlockingQueue<Row> queue = new LinkedBlockingQueue<>(QUEUE);
    /** Ends the gathering early: a reader waits for what is in the queue. */
    private final Semaphore hurry = new Semaphore(0);

    private final Thread thread;
    /** So that the log has one line for each time that it cannot keep up, not one for each event. */
    private volatile boolean behind;

    /** What can be in the queue. */
    private sealed interface Row {
        record OfBoot(Boot boot) implements Row {}

        record OfEvent(Journal.Event event) implements Row {}

        /** Written here only when it could not be written at once. */
        record OfToken(String hash, long boot, Instant expires) implements Row {}

        record Merge(long from, long into) implements Row {}

        /** Counted down when everything before it is written. */
        record Mark(CountDownLatch written, boolean last) implements Row {}
    }

    JournalWriter(Backend backend, Changes changes) {
        this.backend = backend;
        this.changes = changes;
        this.thread = Thread.ofPlatform().daemon().name("journal").start(this::run);
    }

    void write(Boot boot) {
        offer(new Row.OfBoot(boot));
    }

    void write(Journal.Event event) {
        offer(new Row.OfEvent(event));
    }

    void writeToken(String hash, long boot, Instant expires) {
        offer(new Row.OfToken(hash, boot, expires));
    }

    /** All that is known of the boot {@code from} belongs to {@code into}. */
    void merge(long from, long into) {
        offer(new Row.Merge(from, into));
    }

    /** What was written until now is not to wait for more. Does not wait either. */
    private void hurry() {
        hurry.release();
    }

    private void offer(Row row) {
        boolean taken = queue.offer(row);
        if (!taken && !behind) {
            LOG.error("the journal cannot keep up: events are being left out until the disk is faster");
        }
        behind = !taken;
    }

    /** Returns when everything that was written before is in the database. */
    void flush() {
        mark(false);
    }

    @Override
    public void close() {
        stopping.countDown();
        mark(true);
    }

    private void mark(boolean last) {
        Row.Mark mark = new Row.Mark(new CountDownLatch(1), last);
        try {
            if (thread.isAlive()) {
                queue.put(mark);
                hurry();
                boolean written = mark.written.await(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
                if (!written && last) {
                    LOG.error("{} rows of the journal could not be written before the end", queue.size());
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void run() {
        List<Row> rows = new ArrayList<>();
        boolean last = false;
        while (!last) {
            try {
                rows.add(queue.take());
                if (queue.size() < BATCH) {
                    boolean _ = hurry.tryAcquire(GATHERING_MILLIS, TimeUnit.MILLISECONDS);
                    hurry.drainPermits();
                }
                queue.drainTo(rows, BATCH);
                storeWhenReached(rows);
            } catch (InterruptedException e) {
                return;
            } catch (JdbiException e) {
                // What the database refuses is left out, with its batch: it must not hold up all that comes behind it.
                LOG.error("{} rows of the journal could not be written: {}", rows.size(), e.getMessage());
            }
            for (Row row : rows) {
                if (row instanceof Row.Mark(CountDownLatch written, boolean isLast)) {
                    written.countDown();
                    last |= isLast;
                }
            }
            rows.clear();
        }
    }

    /** What cannot be written because the database is away waits for it, and what comes meanwhile waits behind. */
    private void storeWhenReached(List<Row> rows) throws InterruptedException {
        while (true) {
            try {
                backend.run(handle -> {
                    backend.exclusively(handle, Backend.Matter.JOURNAL); // events are numbered as they become visible
                    changes.announce(handle, Topic.TRANSACTION, store(handle.getConnection(), rows));
                });
                return;
            } catch (DatabaseUnreachable e) {
                if (stopping.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS)) {
                    LOG.error("{} rows of the journal are lost: {}", rows.size(), e.getMessage());
                    return;
                }
            }
        }
    }

    /** Straight to JDBC: binding by name costs more than SQLite's own work, and a school's boots come all at once. */
    private Set<Long> store(Connection connection, List<Row> rows) {
        try (PreparedStatement boots = connection.prepareStatement(INSERT_BOOT);
                PreparedStatement events = connection.prepareStatement(INSERT_EVENT)) {
            // One statement must not write one row twice (PostgreSQL), and only a boot's last state counts.
            Map<Long, Boot> latest = new LinkedHashMap<>();
            Set<Long> touched = new HashSet<>();
            for (Row row : rows) {
                switch (row) {
                    case Row.OfBoot(Boot boot) -> {
                        if (!merged.containsKey(boot.id())) {
                            latest.put(boot.id(), boot);
                        }
                    }
                    case Row.OfEvent(Journal.Event event) -> {
                        long boot = merged.getOrDefault(event.boot(), event.boot());
                        touched.add(boot);
                        add(events, boot, event);
                    }
                    case Row.OfToken(String hash, long boot, Instant expires) ->
                        keepToken(connection, hash, boot, expires);
                    case Row.Merge(long from, long into) -> {
                        latest.remove(from);
                        remember(from, into);
                    }
                    case Row.Mark mark -> LOG.trace("flushing up to {}", mark);
                }
            }
            for (Boot boot : latest.values()) {
                add(boots, boot);
            }
            int[] _ = boots.executeBatch();
            int[] _ = events.executeBatch();
            carryOver(connection, rows);
            touched.addAll(latest.keySet());
            return touched;
        } catch (SQLException e) {
            throw new ConnectionException(e); // for the one who rolls back
        }
    }

    private static void add(PreparedStatement events, long boot, Journal.Event event) throws SQLException {
        events.setLong(1, boot);
        events.setLong(2, event.at().toEpochMilli());
        events.setInt(3, event.phase());
        events.setString(4, cut(event.kind(), 40));
        events.setString(5, cut(event.text(), 1000));
        events.addBatch();
    }

    private static void add(PreparedStatement boots, Boot boot) throws SQLException {
        boots.setLong(1, boot.id());
        boots.setLong(2, boot.device());
        boots.setString(3, boot.mac());
        boots.setString(4, boot.state().name());
        boots.setLong(5, boot.opened().toEpochMilli());
        boots.setLong(6, boot.lastEvent().toEpochMilli());
        boots.addBatch();
    }

    /** It can be there: what broke may have been the answer to a commit. */
    private static void keepToken(Connection connection, String hash, long boot, Instant expires) throws SQLException {
        try (PreparedStatement token = connection.prepareStatement(INSERT_TOKEN)) {
            token.setString(1, hash);
            token.setLong(2, boot);
            token.setLong(3, expires.toEpochMilli());
            token.executeUpdate();
        }
    }

    private void remember(long from, long into) {
        merged.put(from, into);
        if (merged.size() > MERGED) {
            merged.pollFirstEntry();
        }
    }

    /** What is written already of boots that turned out to be others. */
    private static void carryOver(Connection connection, List<Row> rows) throws SQLException {
        for (Row row : rows) {
            if (row instanceof Row.Merge(long from, long into)) {
                execute(connection, "update event set boot = ? where boot = ?", into, from);
                execute(connection, "delete from boot where id = ? and id <> ?", from, into);
            }
        }
    }

    private static void execute(Connection connection, String sql, long first, long second) throws SQLException {
        try (PreparedStatement statement = connection.prepareStatement(sql)) {
            statement.setLong(1, first);
            statement.setLong(2, second);
            statement.executeUpdate();
        }
    }

    static Boot boot(ResultSet row) throws SQLException {
        return new Boot(
                row.getLong("id"),
                row.getLong("device"),
                row.getString("mac"),
                Boot.State.valueOf(row.getString("state")),
                Instant.ofEpochMilli(row.getLong("opened")),
                Instant.ofEpochMilli(row.getLong("last_event")));
    }

    /** What PCs say may be of any length, and the journal is the largest table. */
    private static String cut(String text, int length) {
        return NulFree.of(text.substring(0, Math.min(text.length(), length)));
    }
}
