package firstlight.policy;

import java.time.Duration;
import java.time.Instant;

/**
 * How many new PCs are remembered at a time. Anybody on a network can invent them by thousands a second, and each that is registered
 * stays, in the database and in memory, until a person removes it. For several threads.
 */
final class Newcomers {
    /** As many as the largest site has, which may come in one night. */
    static final int SITE = 50_000;

    private static final Duration PERIOD = Duration.ofDays(1);

    private final int most;
    private double left;
    private Instant looked = Instant.MIN;

    /** @param most at once, and again spread over each day that follows */
    Newcomers(int most) {
        this.most = most;
        this.left = most;
    }

    /** Whether one more may be remembered now. */
    synchronized boolean admit(Instant now) {
        if (!isRoom(now)) {
            return false;
        }
        left--;
        return true;
    }

    /** The same, and none is counted. */
    synchronized boolean isRoom(Instant now) {
        if (looked.isBefore(now)) {
            Duration since = looked.equals(Instant.MIN) ? Duration.ZERO : Duration.between(looked, now);
            left = Math.min(most, left + most * (double) since.toMillis() / PERIOD.toMillis());
        }
        looked = now; // also when the clock was set back: from there it goes on
        return left >= 1;
    }
}
