package firstlight.image.work;

import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.locks.ReentrantLock;

/** Hands out the used cells of regions, in order, to as many threads as ask. */
public final class CellCursor {
    private final List<CellRange> regions;
    private final ReentrantLock lock = new ReentrantLock();
    private int region;
    private long nextCell;
    /** The place of {@link #nextCell} in its region's table, which counts used cells only. */
    private int nextIndex;

    public CellCursor(List<CellRange> regions) {
        this.regions = List.copyOf(regions);
    }

    /** Cells of one region, as many as a thread's buffer holds; empty when all were handed out. */
    public Optional<CellBatch> next() {
        lock.lock();
        try {
            for (; region < regions.size(); region++, nextCell = 0, nextIndex = 0) {
                CellRange range = regions.get(region);
                long[] cells = new long[CellBatch.OCTETS / range.cellSize()];
                int count = 0;
                while (count < cells.length) {
                    long cell = range.cellFrom(nextCell);
                    if (cell < 0) {
                        break;
                    }
                    cells[count++] = cell;
                    nextCell = cell + 1;
                }
                if (count > 0) {
                    CellBatch batch = new CellBatch(region, range, nextIndex, Arrays.copyOf(cells, count));
                    nextIndex += count;
                    return Optional.of(batch);
                }
            }
            return Optional.empty();
        } finally {
            lock.unlock();
        }
    }

    /** Octets in use in all regions. */
    public long usedBytes() {
        return regions.stream().mapToLong(range -> range.used().octets()).sum();
    }

    /** The size of a thread's buffer for a batch. */
    public static int bufferSize() {
        return CellBatch.OCTETS;
    }
}
