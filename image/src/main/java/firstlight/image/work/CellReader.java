package firstlight.image.work;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Reads the cells of a batch as chunks have them: side by side, unused octets zero. Belongs to one thread. */
public final class CellReader {
    private static final int PAGE = 4096;

    private final ByteBuffer buffer = alignedBuffer();

    /** For a batch, aligned as direct reads and writes want it. */
    public static ByteBuffer alignedBuffer() {
        return ByteBuffer.allocateDirect(CellCursor.bufferSize() + PAGE).alignedSlice(PAGE);
    }

    /** Which of a disk's two ways of reading. */
    @FunctionalInterface
    public interface Way {
        void read(Disk disk, long offset, ByteBuffer into) throws IOException;
    }

    /**
     * Cell i of the batch starts at {@code i * cellSize} of the result, which is valid until the next call. The memory that was
     * read into, not a copy: to hash it from there takes a tenth less than to copy it first.
     */
    public ByteBuffer read(CellBatch batch, Way way) throws IOException {
        CellRange range = batch.range();
        int size = range.cellSize();
        for (int i = 0; i < batch.cells().length; ) {
            int count = batch.adjacentFrom(i);
            long first = batch.cells()[i];
            long last = first + count - 1;
            // Only from the first to the last used octet: sparse file systems have cells with one block in them.
            long from = range.firstUsed(first * size);
            long to = range.lastUsed(last * size + range.cellLength(last));
            int at = i * size + (int) (from - first * size);
            buffer.clear().limit(at + (int) (to - from)).position(at);
            way.read(range.disk(), range.start() + from, buffer);
            buffer.clear();
            for (int cell = 0; cell < count; cell++) {
                range.mask(first + cell, buffer, (i + cell) * size);
            }
            i += count;
        }
        return buffer;
    }
}
