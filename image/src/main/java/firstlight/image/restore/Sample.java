package firstlight.image.restore;

import firstlight.image.work.CellBatch;
import firstlight.image.work.CellRange;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Some of the chunks that a restore wrote, zeros among them: a disk, cable or memory that fails often is found by it, a single place is
 * not. Boot sectors and superblocks lie at the ends of partitions, which belong to it.
 */
record Sample(List<CellBatch> cells, long written) {
    static final int OF_SO_MANY = 64;

    /** A fault in one chunk of a hundred is overlooked once in thirteen times. */
    static final int AT_LEAST = 256;

    Sample {
        cells = List.copyOf(cells);
    }

    /** Of what the disks did not hold before: that was read, and compared by its hash. */
    static Sample of(List<Target> targets) {
        long written = targets.stream().mapToLong(Sample::written).sum();
        long wanted = Math.min(written, Math.max(AT_LEAST, written / OF_SO_MANY));
        List<CellBatch> cells = new ArrayList<>();
        long seen = 0;
        for (int region = 0; region < targets.size(); region++) {
            Target target = targets.get(region);
            CellRange range = target.range();
            long cell = -1;
            int last = target.chunks().size() - 1;
            for (int index = 0; index <= last; index++) {
                cell = range.cellFrom(cell + 1);
                if (target.isDone(index)) {
                    continue;
                }
                boolean due = seen * wanted / written != (seen + 1) * wanted / written;
                seen++;
                if (due || index == 0 || index == last) {
                    cells.add(new CellBatch(region, range, index, new long[] {cell}));
                }
            }
        }
        return new Sample(cells, written);
    }

    private static long written(Target target) {
        long done = 0;
        for (int index = 0; index < target.chunks().size(); index++) {
            done += target.isDone(index) ? 1 : 0;
        }
        return target.chunks().size() - done;
    }

    long octets() {
        return cells.stream().mapToLong(CellBatch::usedBytes).sum();
    }

    /** For threads that read them. */
    Queue<CellBatch> queue() {
        return new ConcurrentLinkedQueue<>(cells);
    }
}
