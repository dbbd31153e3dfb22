package firstlight.image.manifest;

import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import java.util.UUID;

/** What a region holds. */
public sealed interface Content {
    /**
     * Blocks, cut into cells of the image's chunk size from the region's start. There is one chunk for each cell that {@code
     * used} touches; within a chunk, octets that are not used are zero.
     *
     * @param used octets from the region's start
     * @param chunks in the order of their cells
     */
    record Blocks(Method method, Extents used, ChunkTable chunks) implements Content {
        /** Octets of a cell, the same in all of an image. */
        public int chunkSize() {
            return chunks.chunkSize();
        }

        /** What lies in the cells from {@code first} to before {@code end}. */
        public Blocks slice(long first, long end) {
            int size = chunkSize();
            Extents.Builder slice = new Extents.Builder();
            for (int i = 0; i < used.count(); i++) {
                long from = Math.clamp(used.start(i), first * size, end * size);
                slice.add(from, Math.clamp(used.end(i), from, end * size));
            }
            Extents kept = slice.build();
            int skipped = first == 0 ? 0 : slice(0, first).chunks().size();
            int cells = kept.cells(size);
            ChunkTable.Builder table = new ChunkTable.Builder(cells, size);
            for (int i = 0; i < cells; i++) {
                table.set(i, chunks.get(skipped + i));
            }
            return new Blocks(method, kept, table.build());
        }
    }

    /**
     * Swap space: nothing of it is kept but what others know it by.
     *
     * @param label "" for none
     * @param pageSize in octets
     */
    record Swap(UUID uuid, String label, int pageSize) implements Content {}

    /** How the used blocks were found. */
    enum Method {
        /** The file system's own map of its blocks. */
        USED_BLOCKS,
        /** Every octet. */
        RAW
    }
}
