package firstlight.image.chunk;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The ids of a region's chunks in their order, {@link ChunkId#ZERO} where a chunk is all zeros. One flat array, because
 * a disk with 500 GB in use has two million.
 */
public final class ChunkTable {
    private final byte[] ids;

    private ChunkTable(byte[] ids) {
        this.ids = ids;
    }

    /** Takes the array over; nobody may write to it afterwards. */
    static ChunkTable over(byte[] ids) {
        return new ChunkTable(ids);
    }

    public int size() {
        return ids.length / ChunkId.LENGTH;
    }

    public ChunkId get(int index) {
        return ChunkId.at(ids, index * ChunkId.LENGTH);
    }

    /** Each id that must be stored, in order, duplicates included, zeros left out. */
    public void forEachStored(Consumer<ChunkId> consumer) {
        for (int index = 0; index < size(); index++) {
            ChunkId id = get(index);
            if (!id.isZero()) {
                consumer.accept(id);
            }
        }
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ChunkTable that && Arrays.equals(ids, that.ids);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(ids);
    }

    @Override
    public String toString() {
        return "ChunkTable[" + size() + "]";
    }

    /** Filled in any order by several threads, each index by one of them. */
    public static final class Builder {
        private final byte[] ids;

        public Builder(int size) {
            ids = new byte[Math.multiplyExact(size, ChunkId.LENGTH)];
        }

        public void set(int index, ChunkId id) {
            id.put(ids, index * ChunkId.LENGTH);
        }

        /** Call once, when all writing threads have ended. */
        public ChunkTable build() {
            return ChunkTable.over(ids);
        }
    }
}
