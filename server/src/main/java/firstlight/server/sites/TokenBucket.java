package firstlight.server.sites;

/**
 * A limit on bandwidth, as a function of time: a bucket that fills at a steady rate up to its size, and may be overdrawn; who
 * overdraws it waits until it is full of nothing again.
 *
 * @param bitsPerSecond at least 1
 * @param size octets that may pass at once after a silence
 * @param emptyAt nanoseconds: when all that was taken is, or was, paid for
 */
record TokenBucket(long bitsPerSecond, int size, long emptyAt) {
    private static final long NANOS_OF_BITS = 8_000_000_000L;

    /** The bucket afterwards, and how long the taker waits before it takes more; 0 or more nanoseconds. */
    record Taken(TokenBucket bucket, long pause) {}

    /** Full at {@code now}, with a tenth of a second's worth. */
    static TokenBucket full(long bitsPerSecond, long now) {
        int size = (int) Math.min(1 << 20, Math.max(1 << 14, bitsPerSecond / 80));
        return new TokenBucket(bitsPerSecond, size, now - nanos(bitsPerSecond, size));
    }

    /**
     * @param octets at most 2^29
     * @param now of a clock that is never set, in nanoseconds
     */
    Taken take(int octets, long now) {
        long since = Math.max(emptyAt - now, -nanos(bitsPerSecond, size)); // what is over runs off
        long empty = now + since + nanos(bitsPerSecond, octets);
        return new Taken(new TokenBucket(bitsPerSecond, size, empty), Math.max(0, empty - now));
    }

    private static long nanos(long bitsPerSecond, int octets) {
        return octets * NANOS_OF_BITS / bitsPerSecond;
    }
}
