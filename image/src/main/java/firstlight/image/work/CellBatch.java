package firstlight.image.work;

/**
 * Some used cells of one region, by rising number: what one thread does in one go.
 *
 * @param region the index of the region
 * @param firstIndex the place of the first cell in the region's chunk table; the others follow it
 */
@SuppressWarnings("ArrayRecordComponent")
public record CellBatch(int region, CellRange range, int firstIndex, long[] cells) {
    /** Cells of one batch: 2 MiB. Large enough for disks and few round trips; many threads of it fit into a 1 GB PC. */
    public static final int MAX_CELLS = 8;

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
