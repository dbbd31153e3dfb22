package firstlight.image.manifest;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import java.util.UUID;

/** What a region holds. */
public sealed interface Content {
    /**
     * Blocks, cut into cells of {@link Chunk#SIZE} octets from the region's start. There is one
     * chunk for each cell that {@code used} touches; within a chunk, octets that are not used are zero.
     */
    record Blocks(Method method, Extents used, ChunkTable chunks) implements Content {
        /** What lies in the cells from {@code first} to before {@code end}. */
        public Blocks slice(long first, long end) {
            Extents.Builder slice = new Extents.Builder();
            for (int i = 0; i < used.count(); i++) {
                long from = Math.clamp(used.start(i), first * Chunk.SIZE, end * Chunk.SIZE);
                slice.add(from, Math.clamp(used.end(i), from, end * Chunk.SIZE));
            }
            Extents kept = slice.build();
            int skipped = first == 0 ? 0 : slice(0, first).chunks().size();
            ChunkTable.Builder table = new ChunkTable.Builder(kept.cells());
            for (int i = 0; i < kept.cells(); i++) {
                table.set(i, chunks.get(skipped + i));
            }
            return new Blocks(method, kept, table.build());
        }
    }

    /** Swap space: nothing of it is kept but what others know it by. */
    record Swap(UUID uuid, String label, int pageSize) implements Content {}

    /** How the used blocks were found. */
    enum Method {
        /** The file system's own map of its blocks. */
        USED_BLOCKS,
        /** Every octet. */
        RAW
    }
}
