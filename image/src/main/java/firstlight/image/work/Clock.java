package firstlight.image.work;

import java.io.IOException;
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

    /** Adds what the calling thread waited since {@code begun}, for other things than a processor. */
    public void waitedSince(Waiting begun) throws IOException {
        nanos.add(begun.until(Waiting.now()));
    }

    public Duration total() {
        return Duration.ofNanos(nanos.sum());
    }
}
