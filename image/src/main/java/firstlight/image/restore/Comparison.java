package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkId;
import firstlight.image.work.CellBatch;
import firstlight.image.work.CellReader;
import java.io.IOException;
import java.util.List;

/** Reads a batch from the medium and compares it with the image. Belongs to one thread. */
final class Comparison {
    /** Few enough to cost nothing on a blank disk, enough to notice one that was half restored. */
    private static final int SAMPLES = 64;

    private final CellReader reader = new CellReader();

    /** Like {@link #matches}; what cannot be read holds nothing: writing gives a worn sector new life, or fails. */
    boolean[] matchesBefore(Target target, CellBatch batch) {
        try {
            return matches(target, batch);
        } catch (IOException unreadable) {
            return new boolean[batch.cells().length];
        }
    }

    /** Element i: whether cell i of {@code batch} holds what {@code target} says. */
    boolean[] matches(Target target, CellBatch batch) throws IOException {
        byte[] content = reader.read(batch, Disk::readBack);
        boolean[] matches = new boolean[batch.cells().length];
        for (int i = 0; i < matches.length; i++) {
            ChunkId wanted = target.chunks().get(batch.firstIndex() + i);
            int length = batch.range().cellLength(batch.cells()[i]);
            matches[i] = wanted.isZero()
                    ? ChunkCodec.isZero(content, i * Chunk.SIZE, length)
                    : ChunkId.of(content, i * Chunk.SIZE, length).equals(wanted);
        }
        return matches;
    }

    /**
     * Whether it pays to compare the whole disk before fetching: when an eighth of some chunks, spread over the image,
     * are there already. So it is after an interrupted restore, and on a PC that had an earlier version.
     */
    boolean pays(List<Target> targets) {
        long chunks =
                targets.stream().mapToLong(target -> target.chunks().size()).sum();
        long step = Math.max(1, chunks / SAMPLES);
        int asked = 0;
        int found = 0;
        long next = step / 2;
        long before = 0;
        for (int region = 0; region < targets.size(); region++) {
            Target target = targets.get(region);
            long cell = -1;
            for (int index = 0; index < target.chunks().size(); index++) {
                cell = target.range().used().cellFrom(cell + 1);
                if (before + index >= next && !target.chunks().get(index).isZero()) {
                    CellBatch one = new CellBatch(region, target.range(), index, new long[] {cell});
                    asked++;
                    found += matchesBefore(target, one)[0] ? 1 : 0;
                    next = before + index + step;
                }
            }
            before += target.chunks().size();
        }
        return asked > 0 && found * 8 >= asked;
    }
}
