package firstlight.image.chunk;

import java.util.Arrays;
import java.util.function.Consumer;

/**
 * The ids of a region's chunks in their order, {@link ChunkId#ZERO} where a chunk is all zeros. One flat array, because
 * a disk with 500 GB in use has two million. They are all of one size, but for the region's last.
 */
public final class ChunkTable {
    private final byte[] ids;
    private final int chunkSize;

    private ChunkTable(byte[] ids, int chunkSize) {
        this.ids = ids;
        this.chunkSize = chunkSize;
    }

    /** Octets of a chunk's plain content. */
    public int chunkSize() {
        return chunkSize;
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
        return other instanceof ChunkTable that && chunkSize == that.chunkSize && Arrays.equals(ids, that.ids);
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
        private final int chunkSize;

        /** Of chunks of the usual size. */
        public Builder(int size) {
            this(size, Chunk.SIZE);
        }

        public Builder(int size, int chunkSize) {
            if (!Chunk.isSize(chunkSize)) {
                throw new IllegalArgumentException("chunks of " + chunkSize + " octets");
            }
            this.chunkSize = chunkSize;
            ids = new byte[Math.multiplyExact(size, ChunkId.LENGTH)];
        }

        public void set(int index, ChunkId id) {
            id.put(ids, index * ChunkId.LENGTH);
        }

        /** Call once, when all writing threads have ended. */
        public ChunkTable build() {
            return new ChunkTable(ids, chunkSize);
        }
    }
}
