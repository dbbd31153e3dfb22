package firstlight.image.restore;

import firstlight.image.chunk.ChunkId;
import firstlight.image.manifest.ChunkOrder;
import firstlight.image.work.CellBatch;
import firstlight.image.work.CellCursor;
import java.io.IOException;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;

/**
 * Where each chunk of a stream belongs: perhaps to several cells. Flat arrays, 12 octets a cell, for an image has up to
 * millions.
 */
final class Destinations {
    private final List<Target> targets;
    /** The number of each target's first place; a place is a cell that is no plain zeros. */
    private final int[] firsts;

    private final int[] cells;
    /** A chunk's first place plus 1, and each place's next one plus 1; 0 is the end. */
    private final int[] heads;

    private final int[] nexts;

    /** Takes one cell. */
    @FunctionalInterface
    interface Visitor {
        void visit(Target target, CellBatch cell) throws IOException;
    }

    Destinations(ChunkOrder order, List<Target> targets) {
        this.targets = targets;
        firsts = new int[targets.size()];
        int count = 0;
        for (int i = 0; i < targets.size(); i++) {
            firsts[i] = count;
            count = Math.addExact(count, targets.get(i).chunks().size());
        }
        cells = new int[count];
        nexts = new int[count];
        heads = new int[order.size()];
        CellCursor cursor = new CellCursor(targets.stream().map(Target::range).toList());
        for (var batch = cursor.next(); batch.isPresent(); batch = cursor.next()) {
            add(order, batch.get());
        }
    }

    private void add(ChunkOrder order, CellBatch batch) {
        for (int i = 0; i < batch.cells().length; i++) {
            int index = batch.firstIndex() + i;
            int place = firsts[batch.region()] + index;
            cells[place] = Math.toIntExact(batch.cells()[i]);
            ChunkId id = targets.get(batch.region()).chunks().get(index);
            int chunk = id.isZero() ? -1 : order.find(id);
            if (chunk >= 0) {
                nexts[place] = heads[chunk];
                heads[chunk] = place + 1;
            }
        }
    }

    /** The chunks that some cell still waits for. */
    BitSet wanted() {
        BitSet wanted = new BitSet(heads.length);
        for (int chunk = 0; chunk < heads.length; chunk++) {
            for (int place = heads[chunk] - 1; place >= 0; place = nexts[place] - 1) {
                int region = region(place);
                if (!targets.get(region).isFinished(place - firsts[region])) {
                    wanted.set(chunk);
                    break;
                }
            }
        }
        return wanted;
    }

    /** Each cell that still waits for {@code chunk}. */
    void each(int chunk, Visitor visitor) throws IOException {
        for (int place = heads[chunk] - 1; place >= 0; place = nexts[place] - 1) {
            int region = region(place);
            Target target = targets.get(region);
            int index = place - firsts[region];
            if (!target.isFinished(index)) {
                visitor.visit(target, new CellBatch(region, target.range(), index, new long[] {cells[place]}));
            }
        }
    }

    private int region(int place) {
        int region = Arrays.binarySearch(firsts, place);
        if (region < 0) {
            return -region - 2;
        }
        // Targets without a place have the same first one as those behind them.
        while (region + 1 < firsts.length && firsts[region + 1] == place) {
            region++;
        }
        return region;
    }
}
