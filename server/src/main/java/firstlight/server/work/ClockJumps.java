package firstlight.server.work;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Whether this server's clock goes as time does. One that is ahead for a minute (an empty battery, a wrong time server, a snapshot) would
 * give out the work of all schedules at once, and take all transactions away for good. So after a jump both wait for as long as it takes
 * to set a clock right, by one that nobody can set. One thread uses it. As {@code ClockTrust}, which does so for images and by the week.
 */
final class ClockJumps {
    /** More than any correction that a sound clock needs. */
    static final Duration JUMP = Duration.ofHours(1);

    private static final Duration GIVING_WAITS = Duration.ofHours(1);
    /** Less than a host is awake that sleeps each night, whose clock jumps each morning. */
    private static final Duration TAKING_WAITS = Duration.ofHours(6);

    private Instant seen;
    /** The other clock's nanoseconds at the last look. */
    private long at;

    private Optional<Long> jumped = Optional.empty();
    private boolean back;
    /** What it would say had it not jumped, when it was believed last; and the other clock's nanoseconds then. */
    private Instant believed;

    private long believedAt;

    /** @param nanos of a clock that nobody can set */
    ClockJumps(Instant now, long nanos) {
        this.seen = now;
        this.at = nanos;
        this.believed = now;
        this.believedAt = nanos;
    }

    /**
     * What is to be told when it has jumped since the last look. Called every
     * few seconds; what a sound clock is corrected by in between is no jump.
     */
    Optional<String> look(Instant now, long nanos) {
        Instant expected = seen.plusNanos(nanos - at);
        seen = now;
        at = nanos;
        if (Duration.between(expected, now).abs().compareTo(JUMP) <= 0) {
            return Optional.empty();
        }
        if (mayGive()) {
            believed = expected;
            believedAt = nanos;
        }
        jumped = Optional.of(nanos);
        back = now.isBefore(expected);
        return Optional.of("this server's clock went from " + expected + " to " + now + " at once");
    }

    /** Whether work may be given out by time. */
    boolean mayGive() {
        return hasSettledFor(GIVING_WAITS);
    }

    /** The time beyond which nothing becomes due; empty while the clock is believed. */
    Optional<Instant> believed() {
        return mayGive() ? Optional.empty() : Optional.of(believed.plusNanos(at - believedAt));
    }

    /** Whether what is old by this clock may be taken away. */
    boolean mayTake() {
        return hasSettledFor(TAKING_WAITS);
    }

    /** Whether its last jump was one back: what was done by it before was done too early. */
    boolean wentBack() {
        return back;
    }

    private boolean hasSettledFor(Duration time) {
        return jumped.isEmpty() || at - jumped.get() >= time.toNanos();
    }
}
