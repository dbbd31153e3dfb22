package firstlight.multicast;

/**
 * How fast a stream goes: slowly at first, and twice as fast each time that all who count have told that they follow; faster until one of
 * them is in trouble, then as fast as that one could follow. Some loss is no trouble: a bad cable loses as much of a slow stream as of a
 * fast one, and parity mends it.
 *
 * @param rate octets a second
 * @param ceiling the rate at which there was trouble the last time; infinite while there was none but at the start
 * @param changedAt the sequence at which it went slower, or much faster: what was sent before says nothing about the new rate
 * @param calmUntil not faster before, in nanoseconds of the caller's clock
 * @param starting nobody was in trouble yet
 */
record Pace(double rate, double ceiling, long changedAt, long calmUntil, boolean starting) {
    /** 4 Mbit/s: whoever cannot follow that does better alone. */
    static final double SLOWEST = 0.5e6;

    /** Before anybody has told anything: a small image is on its way before the first report of a PC that is slow to begin. */
    private static final double FIRST = 4e6;

    private static final double CAREFUL = 25e6;

    private static final long CALM = 300_000_000;

    static Pace first(long now) {
        return new Pace(FIRST, Double.POSITIVE_INFINITY, 0, now, true);
    }

    /**
     * A member is in trouble.
     *
     * @param followed octets a second that it got lately; infinite when it got all, but its memory is full
     * @param sequence of the next packet
     */
    Pace slower(double followed, long sequence, long now) {
        double next = Math.clamp(followed * 0.95, rate * 0.5, rate * 0.85);
        double trouble =
                starting ? Double.POSITIVE_INFINITY : rate; // of a PC that was slow to begin it says nothing for later
        return new Pace(Math.max(SLOWEST, next), trouble, sequence, now + CALM, false);
    }

    /** All have told that they follow, while it is starting. */
    Pace muchFaster(double fastest, long sequence) {
        double factor = rate < CAREFUL ? 2 : 1.5; // what it overshoots is lost
        return new Pace(Math.min(fastest, rate * factor), ceiling, sequence, calmUntil, true);
    }

    /** Nobody was in trouble for {@link #STEP}, and the sender did send at this rate. */
    Pace faster(double fastest) {
        double factor = ceiling == Double.POSITIVE_INFINITY ? 1.1 : rate < ceiling * 0.9 ? 1.03 : 1.006;
        double next = Math.min(fastest, rate * factor);
        return new Pace(next, next > ceiling * 1.1 ? Double.POSITIVE_INFINITY : ceiling, changedAt, calmUntil, false);
    }

    /** The one that had set the pace is not waited for any more. */
    Pace searching(long now) {
        return new Pace(rate, Double.POSITIVE_INFINITY, changedAt, now, false);
    }

    /** How often to go faster, in nanoseconds. */
    static final long STEP = 50_000_000;
}
