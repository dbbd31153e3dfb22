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
     * What moves, of whole cells.
     *
     * @param of where it lay, which has cells of the same size as all others
     */
    record Stretch(Content.Blocks of, Move move) {}

    /**
     * @param moves by rising place; what none of them names is left out
     */
    static Content.Blocks of(Content.Blocks blocks, List<Move> moves) {
        return of(
                blocks.method(),
                blocks.chunkSize(),
                moves.stream().map(move -> new Stretch(blocks, move)).toList());
    }

    /** @param stretches by rising place */
    static Content.Blocks of(Content.Method method, int size, List<Stretch> stretches) {
        Extents.Builder used = new Extents.Builder();
        for (Stretch stretch : stretches) {
            Move move = stretch.move();
            Extents part = stretch.of().used().within(move.from(), move.from() + move.length());
            for (int i = 0; i < part.count(); i++) {
                used.add(part.start(i) - move.from() + move.to(), part.end(i) - move.from() + move.to());
            }
        }
        Extents moved = used.build();
        ChunkTable.Builder chunks = new ChunkTable.Builder(moved.cells(size), size);
        int at = 0;
        for (Stretch stretch : stretches) {
            Move move = stretch.move();
            if (move.from() % size != 0 || move.to() % size != 0 || move.length() % size != 0) {
                throw new IllegalArgumentException("cells cannot be cut: " + move);
            }
            Content.Blocks of = stretch.of();
            int from = of.used().within(0, move.from()).cells(size);
            int count =
                    of.used().within(move.from(), move.from() + move.length()).cells(size);
            for (int i = 0; i < count; i++) {
                chunks.set(at++, of.chunks().get(from + i));
            }
        }
        return new Content.Blocks(method, moved, chunks.build());
    }
}
