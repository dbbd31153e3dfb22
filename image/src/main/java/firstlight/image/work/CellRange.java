package firstlight.image.work;

import firstlight.image.Disk;
import firstlight.image.chunk.Chunk;
import firstlight.image.extents.Extents;
import java.nio.ByteBuffer;

/**
 * A region on an opened disk, seen as cells of {@link Chunk#SIZE} octets of which only those matter that {@code used}
 * touches.
 *
 * @param name for messages
 * @param start of the region on the disk
 */
public record CellRange(Disk disk, String name, long start, long length, Extents used) {
    private static final byte[] ZEROS = new byte[Chunk.SIZE];

    /** Octets of a cell: less than a chunk only at the region's end. */
    public int cellLength(long cell) {
        return (int) Math.min(Chunk.SIZE, length - cell * Chunk.SIZE);
    }

    /** Octets in use in {@code cell}. */
    public int usedIn(long cell) {
        long from = cell * Chunk.SIZE;
        long to = from + cellLength(cell);
        int sum = 0;
        for (int i = used.firstEndingAfter(from); i < used.count() && used.start(i) < to; i++) {
            sum += (int) (Math.min(to, used.end(i)) - Math.max(from, used.start(i)));
        }
        return sum;
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
        long from = cell * Chunk.SIZE;
        long to = from + cellLength(cell);
        long clean = from;
        for (int i = used.firstEndingAfter(from); i < used.count() && used.start(i) < to; i++) {
            if (used.start(i) > clean) {
                content.put(at + (int) (clean - from), ZEROS, 0, (int) (used.start(i) - clean));
            }
            clean = used.end(i);
        }
        if (clean < to) {
            content.put(at + (int) (clean - from), ZEROS, 0, (int) (to - clean));
        }
    }
}
