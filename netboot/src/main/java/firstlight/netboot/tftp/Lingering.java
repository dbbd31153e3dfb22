package firstlight.netboot.tftp;

/**
 * Whether to look for the next packet for a moment before going to sleep. It pays while the answers come within that moment; when
 * they do not (a slow client, a machine whose processors are all busy), it is tried ever more rarely.
 */
final class Lingering {
    /** What a sleep and its end cost in a virtual machine. */
    private static final long SHORTEST = 30_000;

    /** A client that polls answers a window within it; one that sleeps, where waking up is dear, just so. */
    private static final long LONGEST = 150_000;

    private static final int LONGEST_PAUSE = 1024;

    private int pause;
    private int left;

    /**
     * How long to look, when answers take {@code usual} nanoseconds as a rule (0: not known). Twice that, for with a window the
     * answers vary by how many of its datagrams the client takes at a time.
     */
    static long moment(long usual) {
        return usual > LONGEST ? SHORTEST : Math.clamp(2 * usual, SHORTEST, LONGEST);
    }

    /** Asked each time; false counts the pause down. */
    boolean isWorthwhile() {
        if (left == 0) {
            return true;
        }
        left--;
        return false;
    }

    void ended(boolean came) {
        pause = came ? pause / 2 : Math.min(Math.max(1, pause * 2), LONGEST_PAUSE);
        left = came ? 0 : pause;
    }
}
