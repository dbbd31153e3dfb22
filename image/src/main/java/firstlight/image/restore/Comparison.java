package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkId;
import firstlight.image.work.CellBatch;
import firstlight.image.work.CellReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** Reads a batch from the medium and compares it with the image. Belongs to one thread. */
final class Comparison {
    /** Few enough to cost nothing on a blank disk, enough to notice one that was half restored. */
    private static final int SAMPLES = 64;

    private final CellReader reader = new CellReader();
    private final Mark mark = new Mark();

    /** By SHA-256; what cannot be read holds nothing: writing gives a worn sector new life, or fails. */
    boolean[] matchesBefore(Target target, CellBatch batch) {
        try {
            return matches(target, batch, false);
        } catch (IOException unreadable) {
            return new boolean[batch.cells().length];
        }
    }

    /** Element i: whether cell i of {@code batch} holds what was written there. */
    boolean[] matchesWritten(Target target, CellBatch batch) throws IOException {
        return matches(target, batch, true);
    }

    private boolean[] matches(Target target, CellBatch batch, boolean written) throws IOException {
        ByteBuffer content = reader.read(batch, Disk::readBack);
        boolean[] matches = new boolean[batch.cells().length];
        for (int i = 0; i < matches.length; i++) {
            int index = batch.firstIndex() + i;
            ChunkId wanted = target.chunks().get(index);
            int length = batch.length(i);
            long expected = written ? target.marks().get(index) : 0;
            if (written && target.isDone(index)) {
                matches[i] = true; // read and found right in this restore already
            } else if (wanted.isZero()) {
                matches[i] = ChunkCodec.isZero(content, batch.at(i), length);
            } else if (expected != 0) {
                matches[i] = mark.of(content, batch.at(i), length) == expected;
            } else {
                matches[i] = ChunkId.of(content, batch.at(i), length).equals(wanted);
            }
        }
        return matches;
    }

    /**
     * Whether it pays to compare the whole disk before fetching: when an eighth of some chunks, spread over the image,
     * are there already. So it is after an interrupted restore, and on a PC that had an earlier version.
     */
    boolean pays(List<Target> targets) {
        List<CellBatch> some = spread(targets, SAMPLES);
        long found = some.stream()
                .filter(one -> matchesBefore(targets.get(one.region()), one)[0])
                .count();
        return !some.isEmpty() && found * 8 >= some.size();
    }

    /** Whether the one cell of {@code batch} still holds what was written there, also when it was found right before. */
    boolean stillMatches(Target target, CellBatch one) throws IOException {
        long expected = target.marks().get(one.firstIndex());
        return expected == 0 || mark.of(reader.read(one, Disk::readBack), 0, one.length(0)) == expected;
    }

    /** About {@code count} single cells, none of zeros alone, at even distances over all regions. */
    static List<CellBatch> spread(List<Target> targets, int count) {
        long chunks =
                targets.stream().mapToLong(target -> target.chunks().size()).sum();
        long step = Math.max(1, chunks / count);
        List<CellBatch> some = new ArrayList<>();
        long next = step / 2;
        long before = 0;
        for (int region = 0; region < targets.size(); region++) {
            Target target = targets.get(region);
            long cell = -1;
            for (int index = 0; index < target.chunks().size(); index++) {
                cell = target.range().cellFrom(cell + 1);
                if (before + index >= next && !target.chunks().get(index).isZero()) {
                    some.add(new CellBatch(region, target.range(), index, new long[] {cell}));
                    next = before + index + step;
                }
            }
            before += target.chunks().size();
        }
        return some;
    }
}
