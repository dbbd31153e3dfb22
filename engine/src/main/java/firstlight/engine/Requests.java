package firstlight.engine;

import firstlight.image.DiskFailure;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.atomic.AtomicReferenceArray;
import java.util.concurrent.atomic.LongAdder;
import org.jspecify.annotations.Nullable;

/**
 * What one disk was asked for and has not answered. A request costs an object and two writes to a slot, and no thread waits for
 * another: this stands in the way of all data.
 */
final class Requests {
    /** More threads than ever work on a disk; one that finds no slot free works on, unwatched. */
    private static final int SLOTS = 64;

    private static final int NONE = -1;

    private final AtomicReferenceArray<@Nullable Request> open = new AtomicReferenceArray<>(SLOTS);
    private final LongAdder ended = new LongAdder();
    private final AtomicReference<@Nullable DiskFailure> refusal = new AtomicReference<>();
    private volatile boolean failed;

    /**
     * One that has begun.
     *
     * @param doing such as {@code reading}
     * @param offset in octets; negative where the whole disk is meant
     */
    record Request(String doing, long offset) {
        @Override
        public String toString() {
            String place = offset < 1_000_000_000
                    ? offset / 1_000_000 + " MB"
                    : offset / 1_000_000_000 + "." + offset / 100_000_000 % 10 + " GB";
            return offset < 0 ? doing : doing + " at " + place;
        }
    }

    /**
     * @return the slot that {@link #end} wants
     * @throws DiskFailure when nobody waits for this disk any more
     */
    int begin(Request request) throws DiskFailure {
        refuse();
        int first = (int) Thread.currentThread().threadId();
        for (int i = 0; i < SLOTS; i++) {
            int slot = first + i & SLOTS - 1;
            if (open.compareAndSet(slot, null, request)) {
                return slot;
            }
        }
        return NONE;
    }

    /** @param well whether the disk did it */
    void end(int slot, boolean well) {
        failed = !well;
        if (slot != NONE) {
            open.set(slot, null);
        }
        ended.increment();
    }

    /** One of those that were not answered, if there are any. */
    Optional<Request> unanswered() {
        for (int slot = 0; slot < SLOTS; slot++) {
            Request request = open.get(slot);
            if (request != null) {
                return Optional.of(request);
            }
        }
        return Optional.empty();
    }

    long ended() {
        return ended.sum();
    }

    /** Whether the last that ended did so with an error. */
    boolean failed() {
        return failed;
    }

    /** From now on: the work was ended as failed, and must not go on when the disk comes back. */
    void refuse(DiskFailure why) {
        refusal.compareAndSet(null, why);
    }

    void refuse() throws DiskFailure {
        DiskFailure why = refusal.get();
        if (why != null) {
            throw new DiskFailure(why.disk(), why.what(), why.cause(), why.cure());
        }
    }
}
