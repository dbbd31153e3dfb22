package firstlight.image.restore;

import firstlight.image.chunk.ChunkTable;
import firstlight.image.work.CellRange;
import java.util.concurrent.atomic.AtomicIntegerArray;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * A region on its way to a disk.
 *
 * @param around what is not in use is kept: nothing is written through it, however short it is
 * @param done one bit a chunk: what was found on the disk already, read from it and found right
 * @param marks of what was written, a {@link Mark} a chunk; 0 where nothing was
 */
record Target(CellRange range, ChunkTable chunks, boolean around, AtomicIntegerArray done, AtomicLongArray marks) {
    Target(CellRange range, ChunkTable chunks) {
        this(range, chunks, false);
    }

    private Target(CellRange range, ChunkTable chunks, boolean around) {
        this(
                range,
                chunks,
                around,
                new AtomicIntegerArray((chunks.size() + 31) / 32),
                new AtomicLongArray(chunks.size()));
    }

    static Target around(CellRange range, ChunkTable chunks) {
        return new Target(range, chunks, true);
    }

    boolean isDone(int index) {
        return (done.get(index >> 5) & 1 << (index & 31)) != 0;
    }

    /** Nothing has to be written there any more; cells of zeros are another matter. */
    boolean isFinished(int index) {
        return isDone(index) || marks.get(index) != 0;
    }

    void setDone(int index) {
        done.getAndUpdate(index >> 5, bits -> bits | 1 << (index & 31));
    }
}
