package firstlight.image.work;

import firstlight.image.chunk.Chunk;

/**
 * Some used cells of one region, by rising number: what one thread does in one go.
 *
 * @param region the index of the region
 * @param firstIndex the place of the first cell in the region's chunk table; the others follow it
 */
@SuppressWarnings("ArrayRecordComponent")
public record CellBatch(int region, CellRange range, int firstIndex, long[] cells) {
    /** Octets of one batch's cells. Large enough for disks and few round trips; many threads of it fit into a 1 GB PC. */
    public static final int OCTETS = Chunk.LARGEST;

    /** Where cell {@code index} of the batch begins in a buffer that has them side by side. */
    public int at(int index) {
        return index * range.cellSize();
    }

    /** Where cell {@code index} of the batch begins in its region. */
    public long start(int index) {
        return cells[index] * range.cellSize();
    }

    /** Octets of cell {@code index} of the batch. */
    public int length(int index) {
        return range.cellLength(cells[index]);
    }

    public long usedBytes() {
        long sum = 0;
        for (long cell : cells) {
            sum += range.usedIn(cell);
        }
        return sum;
    }

    /** How many cells from {@code index} on lie side by side. */
    public int adjacentFrom(int index) {
        int count = 1;
        while (index + count < cells.length && cells[index + count] == cells[index] + count) {
            count++;
        }
        return count;
    }
}
