package firstlight.lab.bench;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/** A way through which octets pass one after the other at a rate, as through a cable; whoever sends waits until his have passed. */
final class Pace {
    private final double octetsPerNanosecond;
    /** When the last of what was let in has passed, by System.nanoTime; in the past when nothing is on the way. */
    private final AtomicLong free = new AtomicLong(System.nanoTime());

    Pace(double megabytesPerSecond) {
        this.octetsPerNanosecond = megabytesPerSecond / 1e3;
    }

    /** Returns when {@code octets} have passed, behind all that came before them. */
    void pass(long octets) {
        long now = System.nanoTime();
        long passed = free.updateAndGet(at -> Math.max(at, now) + (long) (octets / octetsPerNanosecond));
        for (long left = passed - now; left > 0; left = passed - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
    }
}
