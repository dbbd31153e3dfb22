package firstlight.image.work;

import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** Time that threads spent in one stage. */
public final class Clock {
    private final LongAdder nanos = new LongAdder();

    /** Adds the time since {@code start}, a value of {@link System#nanoTime}; returns the time now. */
    public long since(long start) {
        long now = System.nanoTime();
        nanos.add(now - start);
        return now;
    }

    public Duration total() {
        return Duration.ofNanos(nanos.sum());
    }
}
