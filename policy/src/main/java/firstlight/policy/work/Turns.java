package firstlight.policy.work;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Whose turn it is when the site carries no more at once. */
public final class Turns {
    /** An engine that waits asks every few seconds; one that was not heard for so long is gone. */
    private static final Duration STILL_THERE = Duration.ofSeconds(60);

    /** What servers that share a database may differ by, and more than clocks are ahead unseen. */
    private static final Duration CLOCKS = Duration.ofHours(1);

    private Turns() {}

    /** Whether an engine waits for this work at its PC. */
    public static boolean waits(Work work, Instant now) {
        return work.waiting().isAfter(since(now)) && work.waiting().isBefore(until(now));
    }

    /** Who asked after that waits still. */
    public static Instant since(Instant now) {
        return now.minus(STILL_THERE);
    }

    /** Who asked later than that did so while the clock was ahead; whoever is there asks again within seconds. */
    public static Instant until(Instant now) {
        return now.plus(CLOCKS);
    }

    /**
     * Why {@code work} must wait; empty when it may begin.
     *
     * @param running how many other works of this kind run, the silent ones not counted
     * @param before how many other queued works of this kind go first by {@link Work#TURN}, and have an engine that {@link #waits}
     */
    public static Optional<String> mustWait(Work work, int running, long before, Limits limits) {
        int limit = limits.of(work.task());
        if (limit == 0 || work.state() == WorkState.RUNNING || running + before < limit) {
            return Optional.empty();
        }
        return Optional.of(running + " of at most " + limit + " " + work.task().kind() + "s are running"
                + (before == 0 ? "" : ", and " + before + " that wait go first"));
    }
}
