package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Predicate;

/**
 * Which pack holds a chunk, where, and when somebody last relied on it. A hash table in one array of longs, five for a
 * chunk: a store has millions of them, and objects would take three times the memory. The fifth long:
 *
 * <pre>
 * 12 bits era   21 bits pack   31 bits offset
 * </pre>
 *
 * An era begins with each garbage collection. A chunk that is put, asked for or named by a manifest is moved to the current
 * one, so what a collection may take is what stayed behind.
 */
class PackIndex {
    /** Longs of a slot: four of the id, and the word. */
    private static final int STRIDE = 5;
    /** Of the word: nothing was ever here. Eras begin with 1, so that no chunk's word is 0. */
    private static final long EMPTY = 0;
    /** The chunk was here and is damaged or dropped: as good as missing, but its place in the table must stay taken. */
    private static final long LOST = -1;

    private static final int FIRST_ERA = 1;
    /** One less than 12 bits hold: the word of ones is {@link #LOST}'s. */
    private static final int LAST_ERA = 4094;

    private static final long PLACE = (1L << 52) - 1;

    /** Where a frame starts: its pack's number and the offset in it. */
    record Place(int pack, long offset) {}

    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();
    private long[] table = new long[STRIDE * 1024];
    /** Slots that are not empty, lost ones too; the table doubles when they are two thirds. */
    private int taken;

    private int era = FIRST_ERA;

    void put(ChunkId id, int pack, long offset) {
        lock.writeLock().lock();
        try {
            if (taken * 3L > slots() * 2L) {
                grow();
            }
            set(id, (long) era << 52 | place(pack, offset));
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Null when the chunk is not there: this is asked millions of times. */
    @org.jspecify.annotations.Nullable
    Place find(ChunkId id) {
        lock.readLock().lock();
        try {
            long word = table[slot(id) + 4];
            return isThere(word) ? new Place((int) ((word & PLACE) >>> 31), word & 0x7FFF_FFFFL) : null;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Whether the chunk is there; if so it is safe from every collection that began before. */
    boolean touch(ChunkId id) {
        lock.readLock().lock();
        try {
            long word = table[slot(id) + 4];
            if (!isThere(word) || word >>> 52 == era) {
                return isThere(word);
            }
        } finally {
            lock.readLock().unlock();
        }
        lock.writeLock().lock();
        try {
            int at = slot(id) + 4;
            if (!isThere(table[at])) {
                return false;
            }
            table[at] = (long) era << 52 | (table[at] & PLACE);
            return true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** What became of a chunk that was to be touched. */
    enum Touched {
        THERE,
        MISSING,
        /** It is as it was. */
        SPARED
    }

    /** As {@link #touch}, in one step with the question whether it is one to be spared. */
    Touched touchUnless(ChunkId id, Predicate<ChunkId> spared) {
        lock.readLock().lock();
        try {
            long word = table[slot(id) + 4];
            if (!isThere(word)) {
                return Touched.MISSING;
            }
            if (spared.test(id)) {
                return Touched.SPARED;
            }
            if (word >>> 52 == era) {
                return Touched.THERE;
            }
        } finally {
            lock.readLock().unlock();
        }
        lock.writeLock().lock();
        try {
            int at = slot(id) + 4;
            if (!isThere(table[at])) {
                return Touched.MISSING;
            }
            if (spared.test(id)) {
                return Touched.SPARED;
            }
            table[at] = (long) era << 52 | (table[at] & PLACE);
            return Touched.THERE;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** What lies in a pack, and where. Looks through all chunks: for a pack whose list is lost. */
    Map<ChunkId, Long> offsets(int pack) {
        Map<ChunkId, Long> offsets = new HashMap<>();
        lock.readLock().lock();
        try {
            for (int at = 0; at < table.length; at += STRIDE) {
                long word = table[at + 4];
                if (isThere(word) && (word & PLACE) >>> 31 == pack) {
                    ChunkId id = new ChunkId(table[at], table[at + 1], table[at + 2], table[at + 3]);
                    offsets.put(id, word & 0x7FFF_FFFFL);
                }
            }
            return offsets;
        } finally {
            lock.readLock().unlock();
        }
    }

    int era() {
        lock.readLock().lock();
        try {
            return era;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** In the last era there is, nothing can be collected any more; the next start begins anew. */
    int beginEra() {
        lock.writeLock().lock();
        try {
            era = Math.min(era + 1, LAST_ERA);
            return era;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** Whether the chunk lies at this very place and somebody relied on it since {@code keepFrom}. */
    boolean isLive(ChunkId id, int pack, long offset, int keepFrom) {
        lock.readLock().lock();
        try {
            long word = table[slot(id) + 4];
            return isAt(word, pack, offset) && word >>> 52 >= keepFrom;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Forgets a chunk that is not {@link #isLive}; false when it is, so that it must be copied. */
    boolean drop(ChunkId id, int pack, long offset, int keepFrom) {
        lock.writeLock().lock();
        try {
            int at = slot(id) + 4;
            if (!isAt(table[at], pack, offset)) {
                return true; // a better copy lies elsewhere
            }
            if (table[at] >>> 52 >= keepFrom) {
                return false;
            }
            table[at] = LOST;
            return true;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** The chunk was copied. False when it was found damaged, or brought anew, meanwhile. */
    boolean move(ChunkId id, Place from, Place to) {
        lock.writeLock().lock();
        try {
            int at = slot(id) + 4;
            boolean still = isAt(table[at], from.pack, from.offset);
            if (still) {
                table[at] = (table[at] & ~PLACE) | place(to.pack, to.offset);
            }
            return still;
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** As if it had never been put, until it is put again. */
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

    private static boolean isThere(long word) {
        return word != EMPTY && word != LOST;
    }

    private static boolean isAt(long word, int pack, long offset) {
        return isThere(word) && (word & PLACE) == place(pack, offset);
    }

    private static long place(int pack, long offset) {
        return (long) pack << 31 | offset;
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

    private void set(ChunkId id, long word) {
        int at = slot(id);
        if (table[at + 4] == EMPTY) {
            taken++;
        }
        table[at] = id.first();
        table[at + 1] = id.second();
        table[at + 2] = id.third();
        table[at + 3] = id.fourth();
        table[at + 4] = word;
    }

    private void grow() {
        long[] old = table;
        table = new long[Math.multiplyExact(old.length, 2)];
        taken = 0;
        for (int at = 0; at < old.length; at += STRIDE) {
            if (isThere(old[at + 4])) {
                set(new ChunkId(old[at], old[at + 1], old[at + 2], old[at + 3]), old[at + 4]);
            }
        }
    }
}
