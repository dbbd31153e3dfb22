package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * Which pack holds a chunk, and where. A hash table in one array of longs, five for a chunk: a store has millions of
 * them, and objects would take three times the memory.
 */
final class PackIndex {
    private static final int STRIDE = 5;
    private static final long EMPTY = 0;
    /** The chunk was here and is damaged: as good as missing, but its place in the table must stay taken. */
    private static final long LOST = -1;

    /** Where a frame starts: its pack's number and the offset in it. */
    record Place(int pack, long offset) {}

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private long[] table = new long[STRIDE * 1024];
    private int taken;

    void put(ChunkId id, int pack, long offset) {
        lock.writeLock().lock();
        try {
            if (taken * 3L > slots() * 2L) {
                grow();
            }
            set(id, (long) pack << 32 | offset);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Null when the chunk is not there: this is asked millions of times. */
    @org.jspecify.annotations.Nullable
    Place find(ChunkId id) {
        lock.readLock().lock();
        try {
            long place = table[slot(id) + 4];
            return place == EMPTY || place == LOST ? null : new Place((int) (place >>> 32), place & 0xFFFF_FFFFL);
        } finally {
            lock.readLock().unlock();
        }
    }

    void lose(ChunkId id) {
        lock.writeLock().lock();
        try {
            int slot = slot(id);
            if (table[slot + 4] != EMPTY) {
                table[slot + 4] = LOST;
            }
        } finally {
            lock.writeLock().unlock();
        }
    }

    private int slots() {
        return table.length / STRIDE;
    }

    /** The place of {@code id} in the array, or the empty one where it belongs. SHA-256 is hash enough. */
    private int slot(ChunkId id) {
        int slot = (int) Long.remainderUnsigned(id.first(), slots());
        while (true) {
            int at = slot * STRIDE;
            boolean same = table[at] == id.first()
                    && table[at + 1] == id.second()
                    && table[at + 2] == id.third()
                    && table[at + 3] == id.fourth();
            if (same || table[at + 4] == EMPTY) {
                return at;
            }
            slot = slot + 1 == slots() ? 0 : slot + 1;
        }
    }

    private void set(ChunkId id, long place) {
        int at = slot(id);
        if (table[at + 4] == EMPTY) {
            taken++;
        }
        table[at] = id.first();
        table[at + 1] = id.second();
        table[at + 2] = id.third();
        table[at + 3] = id.fourth();
        table[at + 4] = place;
    }

    private void grow() {
        long[] old = table;
        table = new long[Math.multiplyExact(old.length, 2)];
        taken = 0;
        for (int at = 0; at < old.length; at += STRIDE) {
            if (old[at + 4] != EMPTY) {
                set(new ChunkId(old[at], old[at + 1], old[at + 2], old[at + 3]), old[at + 4]);
            }
        }
    }
}
