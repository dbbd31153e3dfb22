package firstlight.database;

import firstlight.policy.work.Beginning;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Session;
import firstlight.policy.work.SessionState;
import firstlight.policy.work.Task;
import firstlight.policy.work.Turns;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/** Gives work to one engine of those that ask for it, and to none before its turn. Runs within {@link WorkStore#begin}'s transaction. */
final class WorkClaim {
    private final Backend backend;
    private final SessionRows sessions;
    private final Rows rows;

    WorkClaim(Backend backend, SessionRows sessions, Rows rows) {
        this.backend = backend;
        this.sessions = sessions;
        this.rows = rows;
    }

    /** Where work is kept. */
    @FunctionalInterface
    interface Rows {
        void set(Handle handle, Work work);
    }

    /**
     * The row is locked while it is looked at: of several engines, at whatever servers, one gets it. The order of the locks is session,
     * claim, row: everybody takes them in this one.
     *
     * @param work as the asker knows it; when the row says something else, somebody was faster
     * @param transaction the boot whose engine asks
     */
    Beginning begin(Handle handle, Work work, long transaction, Limits limits, Instant now) {
        int limit = limits.of(work.task());
        if (work.task() instanceof Task.Join) {
            sessions.exclusively(handle);
        }
        if (limit > 0) {
            backend.exclusively(handle, Backend.Matter.CLAIM);
        }
        Optional<Work> found = handle.createQuery("select * from work where id = ?" + backend.forUpdate())
                .bind(0, work.id())
                .map((row, context) -> WorkRow.read(row).work())
                .findOne();
        if (found.isEmpty() || !found.get().isDue(now)) {
            return taken(work, "was cancelled, or has ended");
        }
        Work row = found.get();
        // Whose answer was lost asks again, and gets the same without another attempt being counted.
        boolean again = row.state() == WorkState.RUNNING && row.transaction() == transaction;
        if (!again
                && (row.attempts() != work.attempts()
                        || row.transaction() != work.transaction()
                        || isNewer(handle, row.transaction(), transaction))) {
            return taken(work, "was begun by another boot of this device");
        }
        Work kept = again ? row : row.pinned(work.task());
        if (!again && kept.task() instanceof Task.Join(long session)) {
            Optional<Beginning> without = gather(handle, kept, session, now);
            if (without.isPresent()) {
                return without.get();
            }
        }
        Optional<String> wait = again || limit == 0 ? Optional.empty() : mustWait(handle, kept, limits, now);
        if (wait.isPresent()) {
            rows.set(handle, kept.asked(now));
            return new Beginning.AtLimit(wait.get());
        }
        Work begun = kept.begun(transaction, now);
        rows.set(handle, begun);
        return new Beginning.Begun(begun);
    }

    /** A member has come: what it gets instead of its order; empty when its session has begun, perhaps by its coming. */
    private Optional<Beginning> gather(Handle handle, Work work, long number, Instant now) {
        rows.set(handle, work.asked(now));
        Optional<Session> session = sessions.read(handle, number)
                .map(found -> sessions.look(handle, found, now))
                .filter(Session::isOpen);
        if (session.isEmpty()) {
            String why =
                    sessions.read(handle, number).map(Session::describe).orElse("session " + number) + " has ended";
            rows.set(handle, work.leftOver(why, now));
            return Optional.of(new Beginning.TakenElsewhere(work.describe() + " is taken back: " + why));
        }
        return session.get().state() == SessionState.RUNNING
                ? Optional.empty()
                : Optional.of(new Beginning.Gathering(
                        session.get().describe() + " " + session.get().waitsFor(sessions.roster(handle, number, now))));
    }

    private static Beginning taken(Work work, String why) {
        return new Beginning.TakenElsewhere(work.describe() + " " + why);
    }

    /**
     * Servers take their numbers in blocks, so these tell nothing of the order of two servers' boots; their times do. One alone
     * counts them, and its clock may have been set back between.
     */
    private boolean isNewer(Handle handle, long one, long other) {
        if (one == 0 || one == other) {
            return false;
        }
        if (!backend.isShared()) {
            return one > other;
        }
        Map<Long, Long> opened = new HashMap<>();
        handle.createQuery("select id, opened from boot where id in (?, ?)")
                .bind(0, one)
                .bind(1, other)
                .map((row, context) -> Map.entry(row.getLong("id"), row.getLong("opened")))
                .forEach(boot -> opened.put(boot.getKey(), boot.getValue()));
        Long first = opened.get(one);
        Long second = opened.get(other);
        if (first == null || second == null || first.equals(second)) {
            return one > other;
        }
        return first > second;
    }

    /**
     * Why it does, for the PC's screen; empty when it may begin. Only under
     * the lock of {@link Backend.Matter#CLAIM} do the counts stand still.
     */
    private static Optional<String> mustWait(Handle handle, Work work, Limits limits, Instant now) {
        int running = handle.createQuery("select count(*) from work where task = ? and state = 'RUNNING' and id <> ?"
                        + " and changed > ?")
                .bind(0, work.task().kind())
                .bind(1, work.id())
                .bind(2, now.minus(limits.silence()).toEpochMilli())
                .mapTo(Integer.class)
                .one();
        // Counted there, not read: a room's engines ask every ten seconds each, and all of them wait for this one.
        long before = handle.createQuery(
                        "select count(*) from work where task = :task and state = 'QUEUED' and id <> :id"
                                + " and waiting > :since and waiting < :until"
                                + " and (priority > :priority or (priority = :priority and id < :id))")
                .bind("task", work.task().kind())
                .bind("id", work.id())
                .bind("since", Turns.since(now).toEpochMilli())
                .bind("until", Turns.until(now).toEpochMilli())
                .bind("priority", work.terms().priority())
                .mapTo(Long.class)
                .one();
        return Turns.mustWait(work, running, before, limits);
    }
}
