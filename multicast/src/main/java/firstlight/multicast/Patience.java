package firstlight.multicast;

/**
 * How long a stream waits for what its store does not give: not so long for each of its blocks, but for all that come to nothing. What was waited for
 * and came in the end costs nothing. In nanoseconds.
 */
final class Patience {
    private long left;
    private long spent;

    Patience(long left) {
        this.left = left;
    }

    /** Whether it is used up by so much more. */
    boolean isOver(long more) {
        return spent + more > left;
    }

    void spend(long nanos) {
        spent += nanos;
    }

    /** A block came. */
    void rewarded() {
        spent = 0;
    }

    /** A block is left out. */
    void lost() {
        left = Math.max(0, left - spent);
        spent = 0;
    }
}
