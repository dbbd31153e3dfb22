package firstlight.image.work;

import firstlight.image.Disk;
import firstlight.image.chunk.Chunk;
import firstlight.image.extents.Extents;
import java.nio.ByteBuffer;

/**
 * A region on an opened disk, seen as cells of which only those matter that {@code used} touches.
 *
 * @param name for messages
 * @param start of the region on the disk
 * @param cellSize octets of a cell: the image's chunk size
 */
public record CellRange(Disk disk, String name, long start, long length, Extents used, int cellSize) {
    private static final byte[] ZEROS = new byte[Chunk.SIZE];

    /** Octets of a cell: less than a chunk only at the region's end. */
    public int cellLength(long cell) {
        return (int) Math.min(cellSize, length - cell * cellSize);
    }

    /** Octets in use in {@code cell}. */
    public int usedIn(long cell) {
        long from = cell * cellSize;
        long to = from + cellLength(cell);
        int sum = 0;
        for (int i = used.firstEndingAfter(from); i < used.count() && used.start(i) < to; i++) {
            sum += (int) (Math.min(to, used.end(i)) - Math.max(from, used.start(i)));
        }
        return sum;
    }

    /** The first cell at or behind {@code cell} with octets in use; -1 when there is none. */
    public long cellFrom(long cell) {
        return used.cellFrom(cell, cellSize);
    }

    /** The first octet in use at or behind {@code offset}. */
    public long firstUsed(long offset) {
        return Math.max(offset, used.start(used.firstEndingAfter(offset)));
    }

    /** The end of the last octet in use before {@code end}. */
    public long lastUsed(long end) {
        int index = used.firstEndingAfter(end - 1);
        return index < used.count() && used.start(index) < end ? end : used.end(index - 1);
    }

    /** Sets what is not in use in {@code content}, which holds {@code cell} from {@code at}, to zero. */
    void mask(long cell, ByteBuffer content, int at) {
        long from = cell * cellSize;
        long to = from + cellLength(cell);
        long clean = from;
        for (int i = used.firstEndingAfter(from); i < used.count() && used.start(i) < to; i++) {
            if (used.start(i) > clean) {
                zero(content, at + (int) (clean - from), (int) (used.start(i) - clean));
            }
            clean = used.end(i);
        }
        if (clean < to) {
            zero(content, at + (int) (clean - from), (int) (to - clean));
        }
    }

    private static void zero(ByteBuffer content, int at, int length) {
        for (int done = 0; done < length; done += ZEROS.length) {
            content.put(at + done, ZEROS, 0, Math.min(ZEROS.length, length - done));
        }
    }
}
