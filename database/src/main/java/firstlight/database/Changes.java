package firstlight.database;

import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.jdbi.v3.core.Handle;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What has changed, told to everybody who keeps a picture in memory. A change of ours is told when its transaction is
 * committed; those of other servers are rows in {@code change}, which {@link #catchUp} reads.
 */
final class Changes {
    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);
    /** The name that LISTEN and NOTIFY use. The notice carries nothing: it only says that there are rows to read. */
    static final String CHANNEL = "firstlight_change";
    /** Numbers in one statement. */
    private static final int AT_ONCE = 1000;
    /** Rounds of {@link Housekeeping}, which are 2 s apart. */
    private static final int SELDOM = 100;
    /** Rows live so long. A server whose watch lost its connection reads everything anew, so it misses none that went. */
    private static final Duration KEPT = Duration.ofHours(1);

    private final Backend backend;
    /** By which a server knows its own rows. Drawn at each start: one that restarts has read everything anew. */
    private final long server = new SecureRandom().nextLong(1, Long.MAX_VALUE);

    private final Map<Topic, Follower> followers = new EnumMap<>(Topic.class);
    private final List<Listener> listeners = new CopyOnWriteArrayList<>();

    private final AtomicInteger rounds = new AtomicInteger();
    /** One round at a time: the watch's thread reads, and so does who registers a device. */
    private final ReentrantLock reading = new ReentrantLock();
    /** All transactions before this one are over, and their rows were read. */
    private long horizon;
    /** Rows of transactions after the horizon that were read already, with their transaction. */
    private final Map<Long, Long> ahead = new HashMap<>();

    /**
     * Keeps a picture of some rows that other servers may change.
     *
     * @param refresh reads the rows with these numbers again; those that are not there any more are gone
     * @param reload reads everything again
     */
    record Follower(BiConsumer<Handle, Set<Long>> refresh, Consumer<Handle> reload) {}

    /** Told after the pictures are fresh, on the thread that wrote or read the change. Must not block. */
    public interface Listener {
        void changed(Topic topic, Set<Long> keys);
    }

    Changes(Backend backend) {
        this.backend = backend;
    }

    /** One for each topic; all of them are there before the first {@link #reload}. */
    void follow(Topic topic, Follower follower) {
        followers.put(topic, follower);
    }

    /** Any number, at any time; called in the order in which they came. */
    void listen(Listener listener) {
        listeners.add(listener);
    }

    /**
     * To be called in the transaction that changes the rows. What brings the caller's picture up to date must be hung at the commit
     * before this is called: hooks run in their order, and listeners look into the picture.
     */
    void announce(Handle transaction, Topic topic, Collection<Long> keys) {
        if (keys.isEmpty()) {
            return;
        }
        Set<Long> distinct = Set.copyOf(keys);
        if (backend.isShared()) {
            try (var batch = transaction.prepareBatch("insert into change (server, topic, row_id) values (?, ?, ?)")) {
                distinct.forEach(key -> batch.add(server, topic.name(), key));
                batch.execute();
            }
            transaction.execute("select pg_notify('" + CHANNEL + "', '')");
        }
        transaction.afterCommit(() -> tell(topic, distinct));
    }

    private void tell(Topic topic, Set<Long> keys) {
        listeners.forEach(listener -> listener.changed(topic, keys));
    }

    /**
     * Takes in what other servers committed. A row's number does not say when it became visible, its transaction does: rows below
     * the oldest transaction that still runs are all there.
     */
    void catchUp(Handle handle) {
        if (!backend.isShared()) {
            return;
        }
        List<Long> fresh = new ArrayList<>();
        reading.lock();
        try {
            long oldestRunning = oldestRunning(handle);
            Map<Topic, Set<Long>> news = new EnumMap<>(Topic.class);
            handle.createQuery("select id, txid, topic, row_id from change where txid >= ? and server <> ? order by id")
                    .bind(0, horizon)
                    .bind(1, server)
                    .map((row, context) -> new Row(
                            row.getLong("id"), row.getLong("txid"), row.getString("topic"), row.getLong("row_id")))
                    .forEach(row -> {
                        // Rows above the horizon come again with each round until all older transactions are over.
                        if (ahead.put(row.id, row.transaction) == null) {
                            fresh.add(row.id);
                            topic(row.topic)
                                    .ifPresent(topic -> news.computeIfAbsent(topic, _ -> new HashSet<>())
                                            .add(row.key));
                        }
                    });
            news.forEach((topic, keys) -> refresh(handle, topic, List.copyOf(keys)));
            horizon = oldestRunning;
            ahead.values().removeIf(transaction -> transaction < oldestRunning);
            news.forEach(this::tell);
        } catch (RuntimeException broken) {
            ahead.keySet().removeAll(fresh); // they were read and not taken in: the next one reads them again
            throw broken;
        } finally {
            reading.unlock();
        }
    }

    private void refresh(Handle handle, Topic topic, List<Long> keys) {
        Follower follower = followers.get(topic);
        if (follower != null) {
            // A statement takes so many parameters and no more.
            for (int from = 0; from < keys.size(); from += AT_ONCE) {
                follower.refresh.accept(handle, Set.copyOf(keys.subList(from, Math.min(keys.size(), from + AT_ONCE))));
            }
        }
    }

    private record Row(long id, long transaction, String topic, long key) {}

    /** A newer server may tell of things that this one does not know. */
    private static Optional<Topic> topic(String name) {
        for (Topic topic : Topic.values()) {
            if (topic.name().equals(name)) {
                return Optional.of(topic);
            }
        }
        LOG.debug("change of the unknown topic {}", name);
        return Optional.empty();
    }

    private static long oldestRunning(Handle handle) {
        return handle.createQuery("select cast(cast(pg_snapshot_xmin(pg_current_snapshot()) as text) as bigint)")
                .mapTo(Long.class)
                .one();
    }

    /**
     * Reads everything anew: at the start, and when changes may have been missed. The horizon is taken before the rows are read: what is
     * committed between is read twice, never missed.
     */
    void reload(Handle handle) {
        reading.lock();
        try {
            if (backend.isShared()) {
                horizon = oldestRunning(handle);
                ahead.clear();
            }
            List<Follower> all = new ArrayList<>(followers.values());
            all.forEach(follower -> follower.reload.accept(handle));
        } finally {
            reading.unlock();
        }
    }

    /** Who was away for longer reads everything anew. */
    void forgetOld() {
        if (backend.isShared() && rounds.incrementAndGet() % SELDOM == 0) {
            backend.run(handle -> handle.execute(
                    "delete from change where at < cast(extract(epoch from clock_timestamp()) * 1000 as bigint) - ?",
                    KEPT.toMillis()));
        }
    }
}
