package firstlight.database;

import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes boots and events in batches, on one thread of its own. Nobody who writes waits. */
final class JournalWriter implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(JournalWriter.class);
    private static final int BATCH = 2_000;
    private static final int QUEUE = 100_000;

    private final Backend backend;
    private final BlockingQueue<Row> queue = new LinkedBlockingQueue<>(QUEUE);
    private final Thread thread;
    private volatile boolean behind;

    /** What can be in the queue. */
    private sealed interface Row {
        record OfBoot(Boot boot) implements Row {}

        record OfEvent(Journal.Event event) implements Row {}

        /** Counted down when everything before it is written. */
        record Mark(CountDownLatch written, boolean last) implements Row {}
    }

    JournalWriter(Backend backend) {
        this.backend = backend;
        this.thread = Thread.ofPlatform().daemon().name("journal").start(this::run);
    }

    void write(Boot boot) {
        offer(new Row.OfBoot(boot));
    }

    void write(Journal.Event event) {
        offer(new Row.OfEvent(event));
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
        mark(true);
    }

    private void mark(boolean last) {
        Row.Mark mark = new Row.Mark(new CountDownLatch(1), last);
        try {
            if (thread.isAlive()) {
                queue.put(mark);
                mark.written.await();
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
                queue.drainTo(rows, BATCH);
                backend.run(handle -> store(handle, rows));
            } catch (InterruptedException e) {
                return;
            } catch (JdbiException e) {
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

    private static void store(Handle handle, List<Row> rows) {
        try (var boots = handle.prepareBatch("insert into boot (id, device, mac, state, opened, last_event)"
                        + " values (:id, :device, :mac, :state, :opened, :last) on conflict (id) do update set"
                        + " device = excluded.device, state = excluded.state, last_event = excluded.last_event");
                var events = handle.prepareBatch(
                        "insert into event (boot, at, phase, kind, text) values (:boot, :at, :phase, :kind, :text)")) {
            // One statement must not write one row twice (PostgreSQL), and only a boot's last state counts.
            Map<Long, Boot> latest = new LinkedHashMap<>();
            for (Row row : rows) {
                switch (row) {
                    case Row.OfBoot(Boot boot) -> latest.put(boot.id(), boot);
                    case Row.OfEvent(Journal.Event event) ->
                        events.bind("boot", event.boot())
                                .bind("at", event.at().toEpochMilli())
                                .bind("phase", event.phase())
                                .bind("kind", cut(event.kind(), 40))
                                .bind("text", cut(event.text(), 1000))
                                .add();
                    case Row.Mark mark -> LOG.trace("flushing up to {}", mark);
                }
            }
            latest.values()
                    .forEach(boot -> boots.bind("id", boot.id())
                            .bind("device", boot.device())
                            .bind("mac", boot.mac())
                            .bind("state", boot.state().name())
                            .bind("opened", boot.opened().toEpochMilli())
                            .bind("last", boot.lastEvent().toEpochMilli())
                            .add());
            if (boots.size() > 0) {
                boots.execute();
            }
            if (events.size() > 0) {
                events.execute();
            }
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

    private static String cut(String text, int length) {
        return NulFree.of(text.substring(0, Math.min(text.length(), length)));
    }
}
