package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import firstlight.image.manifest.Content;

/** The cells of a region that have a chunk, with it. */
final class Cells {
    private Cells() {}

    interface Visitor {
        /** @param id {@link ChunkId#ZERO} for a chunk of zeros */
        void cell(long cell, ChunkId id);
    }

    static void forEach(Content.Blocks blocks, Visitor visitor) {
        int size = blocks.chunkSize();
        int index = 0;
        for (long cell = blocks.used().cellFrom(0, size);
                cell >= 0;
                cell = blocks.used().cellFrom(cell + 1, size)) {
            visitor.cell(cell, blocks.chunks().get(index++));
        }
    }
}
