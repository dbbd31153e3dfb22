package firstlight.image.restore;

import firstlight.image.chunk.ChunkTable;
import firstlight.image.work.CellRange;
import java.util.concurrent.atomic.AtomicIntegerArray;

/**
 * A region on its way to a disk.
 *
 * @param done one bit a chunk: what was found on the disk already, read from it and found right
 */
record Target(CellRange range, ChunkTable chunks, AtomicIntegerArray done) {
    Target(CellRange range, ChunkTable chunks) {
        this(range, chunks, new AtomicIntegerArray((chunks.size() + 31) / 32));
    }

    boolean isDone(int index) {
        return (done.get(index >> 5) & 1 << (index & 31)) != 0;
    }

    void setDone(int index) {
        done.getAndUpdate(index >> 5, bits -> bits | 1 << (index & 31));
    }
}
