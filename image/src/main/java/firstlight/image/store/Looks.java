package firstlight.image.store;

import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * When damaged manifests were read anew: somebody may have put the right file back. Seldom where engines ask, which do so with each few
 * chunks, for a manifest has tens of megabytes, and a disk may try for a minute to read a bad sector. For several threads.
 */
final class Looks {
    /** What was damaged at a look is so without another for as long at least, and for so many times as long as that look took. */
    private static final long ANEW = Duration.ofSeconds(10).toNanos();

    private static final int TIMES = 10;
    /** Longer than a look takes: who asks meanwhile does not look as well. */
    private static final long LOOKING = Duration.ofHours(1).toNanos();

    private final Shelf shelf;
    private final LongSupplier nanoTime;
    private final Map<VersionKey, Long> again = new HashMap<>();

    /** @param nanoTime of a clock that nobody can set */
    Looks(Shelf shelf, LongSupplier nanoTime) {
        this.shelf = shelf;
        this.nanoTime = nanoTime;
    }

    /** Whether whoever asks is to look; said to one of them. */
    synchronized boolean isTime(VersionKey key) {
        long now = nanoTime.getAsLong();
        if (now - again.getOrDefault(key, now) < 0) {
            return false;
        }
        again.put(key, now + LOOKING);
        return true;
    }

    /** As it is found now, perhaps whole. */
    ImageVersion at(VersionKey key, ImageVersion damaged) throws IOException {
        long begun = nanoTime.getAsLong();
        try {
            return VersionFiles.look(shelf, key, damaged.digest(), damaged.notes());
        } finally {
            wasLookedAt(key, begun);
        }
    }

    private synchronized void wasLookedAt(VersionKey key, long begun) {
        long done = nanoTime.getAsLong();
        again.put(key, done + Math.max(ANEW, TIMES * (done - begun)));
    }
}
