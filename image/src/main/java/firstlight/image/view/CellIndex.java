package firstlight.image.view;

import firstlight.image.chunk.ChunkId;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;

/** Finds the chunk of a cell: the chunk table has none for cells without an octet in use. */
final class CellIndex {
    private final Content.Blocks blocks;
    private final int size;

    /** For each range in use: the first cell that no range before it touches, and how many cells were touched before. */
    private final long[] firstCell;

    private final int[] before;

    CellIndex(Content.Blocks blocks) {
        this.blocks = blocks;
        this.size = blocks.chunkSize();
        Extents used = blocks.used();
        this.firstCell = new long[used.count()];
        this.before = new int[used.count()];
        long next = 0;
        int count = 0;
        for (int i = 0; i < used.count(); i++) {
            firstCell[i] = Math.max(next, used.start(i) / size);
            before[i] = count;
            long last = (used.end(i) - 1) / size;
            count += (int) Math.max(0, last - firstCell[i] + 1);
            next = Math.max(next, last + 1);
        }
    }

    /** The place of {@code cell} in the chunk table; -1 when nothing in it is in use. */
    int of(long cell) {
        Extents used = blocks.used();
        int range = used.firstEndingAfter(cell * size);
        if (range == used.count() || used.start(range) >= (cell + 1) * size) {
            return -1;
        }
        // A cell that the range before it touched already is the last one that was counted.
        return cell >= firstCell[range] ? before[range] + (int) (cell - firstCell[range]) : before[range] - 1;
    }

    /** Octets of a cell. */
    int cellSize() {
        return size;
    }

    ChunkId id(int index) {
        return blocks.chunks().get(index);
    }
}
