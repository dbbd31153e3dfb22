package firstlight.netboot.tftp;

import java.time.Duration;

/**
 * How long an answer takes, and how long to wait for one: RFC 6298's estimator on a LAN's scale. All times in nanoseconds.
 *
 * @param smoothed 0 before the first sample
 * @param least the shortest sample
 * @param doublings how often the wait was doubled since the last sample
 */
record RoundTrip(long smoothed, long variation, long least, int doublings) {
    static final RoundTrip UNKNOWN = new RoundTrip(0, 0, Long.MAX_VALUE, 0);

    /** Before anything is known: a switch port that just came up may still lose packets, but 1 s would be felt. */
    private static final long FIRST_WAIT = Duration.ofMillis(250).toNanos();

    /** EDK2 polls its network card every 10 ms; a shorter wait would repeat what is on its way. */
    private static final long SHORTEST_WAIT = Duration.ofMillis(20).toNanos();

    private static final int MOST_DOUBLINGS = 16;
    private static final int MOST_DOUBLINGS_KEPT = 6;

    /** After an answer to something that was sent once, {@code nanos} ago. */
    RoundTrip sampled(long nanos) {
        if (smoothed == 0) {
            return new RoundTrip(Math.max(1, nanos), nanos / 2, nanos, 0);
        }
        long newVariation = (3 * variation + Math.abs(smoothed - nanos)) / 4;
        return new RoundTrip(Math.max(1, (7 * smoothed + nanos) / 8), newVariation, Math.min(least, nanos), 0);
    }

    /**
     * After an answer to something that was sent several times. Which of them it answers nobody knows, so it is no sample
     * (Karn), and the wait stays doubled in case the path became slow; but not for so long that each loss would be felt.
     */
    RoundTrip answered() {
        return new RoundTrip(smoothed, variation, least, Math.min(doublings, MOST_DOUBLINGS_KEPT));
    }

    /** After a wait without answer. Stays until the next sample. */
    RoundTrip backedOff() {
        return new RoundTrip(smoothed, variation, least, Math.min(doublings + 1, MOST_DOUBLINGS));
    }

    long timeout(Duration longest) {
        return Math.min(base() << doublings, longest.toNanos());
    }

    private long base() {
        return smoothed == 0 ? FIRST_WAIT : Math.max(SHORTEST_WAIT, smoothed + 4 * variation);
    }

    boolean isKnown() {
        return smoothed > 0;
    }
}
