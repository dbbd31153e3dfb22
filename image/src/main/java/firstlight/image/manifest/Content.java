package firstlight.image.manifest;

import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import java.util.UUID;

/** What a region holds. */
public sealed interface Content {
    /**
     * Blocks, cut into cells of {@link firstlight.image.chunk.Chunk#SIZE} octets from the region's start. There is one
     * chunk for each cell that {@code used} touches; within a chunk, octets that are not used are zero.
     */
    record Blocks(Method method, Extents used, ChunkTable chunks) implements Content {}

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
