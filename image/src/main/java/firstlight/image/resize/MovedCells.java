package firstlight.image.resize;

import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.image.lvm.Rearranged.Move;
import firstlight.image.manifest.Content;
import java.util.List;

/** What is in use with stretches of it moved: the same chunks in other cells. */
final class MovedCells {
    private MovedCells() {}

    /**
     * @param moves by rising place, of whole cells; what none of them names is left out
     */
    static Content.Blocks of(Content.Blocks blocks, List<Move> moves) {
        int size = blocks.chunkSize();
        Extents.Builder used = new Extents.Builder();
        for (Move move : moves) {
            Extents part = blocks.used().within(move.from(), move.from() + move.length());
            for (int i = 0; i < part.count(); i++) {
                used.add(part.start(i) - move.from() + move.to(), part.end(i) - move.from() + move.to());
            }
        }
        Extents moved = used.build();
        ChunkTable.Builder chunks = new ChunkTable.Builder(moved.cells(size), size);
        int at = 0;
        for (Move move : moves) {
            if (move.from() % size != 0 || move.to() % size != 0 || move.length() % size != 0) {
                throw new IllegalArgumentException("cells cannot be cut: " + move);
            }
            int from = blocks.used().within(0, move.from()).cells(size);
            int count = blocks.used()
                    .within(move.from(), move.from() + move.length())
                    .cells(size);
            for (int i = 0; i < count; i++) {
                chunks.set(at++, blocks.chunks().get(from + i));
            }
        }
        return new Content.Blocks(blocks.method(), moved, chunks.build());
    }
}
