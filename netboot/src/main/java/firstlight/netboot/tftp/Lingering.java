package firstlight.netboot.tftp;

/**
 * Whether to look for the next packet for a moment before going to sleep. It pays while the answers come within that moment; when
 * they do not (a slow client, a machine whose processors are all busy), it is tried ever more rarely.
 */
final class Lingering {
    /** What a sleep and its end cost in a virtual machine. */
    static final long NANOS = 30_000;

    private static final int LONGEST_PAUSE = 1024;

    private int pause;
    private int left;

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
