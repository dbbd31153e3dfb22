package firstlight.testkit;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;

/** Time that passes when a test says so: wall time and the nanosecond ticker go together. Not for several threads. */
public final class VirtualClock implements InstantSource {
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");
    private long nanos = Long.MAX_VALUE - 1_000_000_000L; // soon rolls over, as System.nanoTime() may

    @Override
    public Instant instant() {
        return now;
    }

    /** Stands for {@link System#nanoTime()}. */
    public long nanoTime() {
        return nanos;
    }

    /** By any time, also a negative one: clocks are set back. */
    public void advance(Duration by) {
        now = now.plus(by);
        nanos += by.toNanos();
    }
}
