package firstlight.wire.multicast;

import java.util.List;

/**
 * How a member stands, by unicast to the sender, ten times a second.
 *
 * @param heard the highest sequence that it has dealt with, -1 before the first
 * @param received how many packets of the stream came, ever
 * @param lacking blocks that it still has to get, all in all
 * @param occupancy how full its memory is of blocks that wait for the disk, in thousandths
 * @param wants what it lacks, the most urgent first; not necessarily all of it
 */
public record Report(long heard, long received, int lacking, int occupancy, List<Want> wants) {
    /** So many fit into one packet. */
    public static final int MAX_WANTS = 150;

    public Report {
        wants = List.copyOf(wants);
        if (heard < -1 || received < 0 || lacking < 0) {
            throw new IllegalArgumentException("heard " + heard + ", received " + received + ", lacking " + lacking);
        }
        if (occupancy < 0 || occupancy > 1000) {
            throw new IllegalArgumentException("an occupancy of " + occupancy + " thousandths");
        }
        if (wants.size() > MAX_WANTS) {
            throw new IllegalArgumentException(wants.size() + " wants are more than " + MAX_WANTS);
        }
    }

    /**
     * Of a member that compares its disk, or erases it, and does not listen yet: it may lack all {@code blocks}, and names none.
     */
    public static Report ofPreparing(int blocks) {
        return new Report(-1, 0, Math.max(1, blocks), 0, List.of());
    }

    /** Whether the member will listen, and does not yet. */
    public boolean isPreparing() {
        return heard < 0 && lacking > 0 && wants.isEmpty();
    }

    /**
     * Blocks that it lacks.
     *
     * @param block the first one
     * @param count how many, side by side
     * @param symbols how many symbols of each it lacks, 1 to 254; 0: all
     */
    public record Want(int block, int count, int symbols) {
        public Want {
            if (block < 0 || count < 1 || block > Integer.MAX_VALUE - count) {
                throw new IllegalArgumentException(count + " blocks from " + block);
            }
            if (symbols < 0 || symbols >= Block.MAX_SYMBOLS) {
                throw new IllegalArgumentException(symbols + " symbols");
            }
        }
    }
}
