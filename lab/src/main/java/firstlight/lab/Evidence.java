package firstlight.lab;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;

/** All that was seen, in the order of its coming. Watchers add from their threads; the scenario's thread waits for sights. */
final class Evidence {
    /** Nobody signals that hope has gone, or that time has: both are looked at so often. */
    private static final long LOOK_AGAIN_MILLIS = 250;

    private final List<Seen> all = new ArrayList<>();
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition grown = lock.newCondition();

    void add(Seen seen) {
        lock.lock();
        try {
            all.add(seen);
            grown.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** How much there is now; give it to {@link #await} to leave out what was seen before. */
    int mark() {
        lock.lock();
        try {
            return all.size();
        } finally {
            lock.unlock();
        }
    }

    /** What came behind {@code mark}, as it is now: a copy. */
    List<Seen> since(int mark) {
        lock.lock();
        try {
            return List.copyOf(all.subList(mark, all.size()));
        } finally {
            lock.unlock();
        }
    }

    /**
     * The first sight after {@code mark}, waiting up to {@code patience} for it while {@code hope} lasts. The lock is held while
     * {@code sight} looks: it must be quick.
     *
     * @param hope whether waiting makes sense; false ends the wait after one more look
     */
    Optional<Seen> await(int mark, Predicate<? super Seen> sight, Duration patience, BooleanSupplier hope) {
        Instant deadline = Instant.now().plus(patience);
        int next = mark;
        lock.lock();
        try {
            while (true) {
                // Hope is asked before the look: what was seen before the end must still be found.
                boolean lastLook = !hope.getAsBoolean() || !Instant.now().isBefore(deadline);
                for (; next < all.size(); next++) {
                    if (sight.test(all.get(next))) {
                        return Optional.of(all.get(next));
                    }
                }
                if (lastLook) {
                    return Optional.empty();
                }
                boolean signalled = grown.await(LOOK_AGAIN_MILLIS, TimeUnit.MILLISECONDS);
                assert signalled || !signalled; // either way the loop looks again
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while waiting for evidence", interrupted);
        } finally {
            lock.unlock();
        }
    }
}
