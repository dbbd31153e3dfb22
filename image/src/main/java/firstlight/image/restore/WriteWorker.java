package firstlight.image.restore;

import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.extents.Extents;
import firstlight.image.work.CellBatch;
import firstlight.image.work.CellRange;
import firstlight.image.work.CellReader;
import firstlight.image.work.Meter;
import firstlight.image.work.Workers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One thread of a restore: compares if that pays, fetches what differs unless that was done, unpacks, verifies, writes. */
final class WriteWorker implements Workers.Worker<CellBatch> {
    /** Free space up to this length is written through, with zeros, rather than in two writes around it. */
    private static final int BRIDGE = 64 * 1024;

    private final ChunkSource source;
    private final List<Target> targets;
    /** Where what the disk holds is looked at before anything is fetched. */
    private final Optional<Comparison> comparison;

    private final Part part;
    private final Meter meter;
    private final RestoreStages stages;
    private final ChunkCodec codec = new ChunkCodec(1);
    private final Mark mark = new Mark();
    /** A batch's cells, each at the place that {@link CellBatch#at} tells: unpacked there, and written from there. */
    private final ByteBuffer content = CellReader.alignedBuffer();

    /** What of a restore is done, when a stream does some of it. */
    enum Part {
        ALL,
        /** Compares and zeroes; fetches nothing. */
        BEFORE_THE_STREAM,
        /** Fetches what did not come. */
        AFTER_THE_STREAM
    }

    WriteWorker(ChunkSource source, List<Target> targets, boolean compare, Meter meter, RestoreStages stages) {
        this(source, targets, compare, Part.ALL, meter, stages);
    }

    WriteWorker(
            ChunkSource source, List<Target> targets, boolean compare, Part part, Meter meter, RestoreStages stages) {
        this.part = part;
        this.source = source;
        this.targets = targets;
        this.comparison = compare ? Optional.of(new Comparison()) : Optional.empty();
        this.meter = meter;
        this.stages = stages;
    }

    @Override
    public void work(CellBatch batch) throws IOException {
        Target target = targets.get(batch.region());
        List<Integer> zero = new ArrayList<>();
        List<Integer> wanted = new ArrayList<>();
        long dealtWith = sort(target, batch, zero, wanted);
        List<byte[]> frames = List.of();
        if (!wanted.isEmpty()) {
            long now = System.nanoTime();
            frames = source.get(wanted.stream()
                    .map(i -> target.chunks().get(batch.firstIndex() + i))
                    .toList());
            stages.fetch.since(now);
        }
        write(target, batch, wanted, frames, zero);
        meter.add(dealtWith);
    }

    /** Of what was fetched ahead of it: all of the batch. */
    void write(Step.Write step) throws IOException {
        CellBatch batch = step.batch();
        Target target = targets.get(batch.region());
        List<Integer> zero = new ArrayList<>();
        List<Integer> wanted = new ArrayList<>();
        long dealtWith = sort(target, batch, zero, wanted);
        write(target, batch, wanted, step.frames(), zero);
        meter.add(dealtWith);
    }

    private void write(Target target, CellBatch batch, List<Integer> wanted, List<byte[]> frames, List<Integer> zero)
            throws IOException {
        unpack(target, batch, wanted, frames);
        long now = System.nanoTime();
        write(target, batch, wanted);
        zero(target, batch, zero);
        stages.write.since(now);
    }

    /** Unpacks what {@link #arrived} writes. */
    int unpack(ChunkId id, byte[] frame) throws DamagedChunk {
        long now = System.nanoTime();
        int length = codec.unpack(id, frame, content, 0);
        stages.unpack.since(now);
        stages.fetched.add(frame.length);
        return length;
    }

    /** Writes the chunk that was unpacked just now into one cell. */
    void arrived(Target target, CellBatch cell, int length) throws IOException {
        ChunkId id = target.chunks().get(cell.firstIndex());
        checkLength(id, length, cell, 0);
        long now = System.nanoTime();
        write(target, cell, List.of(0));
        target.marks().set(cell.firstIndex(), mark.of(content, 0, length));
        stages.written.add(cell.usedBytes());
        meter.add(cell.usedBytes());
        stages.write.since(now);
    }

    private static void checkLength(ChunkId id, int length, CellBatch batch, int cell) throws DamagedChunk {
        if (length != batch.length(cell)) {
            throw new DamagedChunk(id, "it has " + length + " octets in a place of another length");
        }
    }

    /**
     * Which cells have to become zero, and which have to be fetched; the others are on the disk already. Answers the octets of
     * all three.
     */
    private long sort(Target target, CellBatch batch, List<Integer> zero, List<Integer> wanted) {
        boolean[] there = new boolean[batch.cells().length];
        if (comparison.isPresent()) {
            long now = System.nanoTime();
            there = comparison.get().matchesBefore(target, batch);
            stages.verify.since(now);
        }
        long dealtWith = 0;
        for (int i = 0; i < there.length; i++) {
            int index = batch.firstIndex() + i;
            int used = batch.range().usedIn(batch.cells()[i]);
            boolean isZero = target.chunks().get(index).isZero();
            boolean isFor = switch (part) {
                case ALL -> true;
                case BEFORE_THE_STREAM -> isZero || there[i];
                case AFTER_THE_STREAM -> !isZero && !target.isFinished(index);
            };
            if (!isFor) {
                continue;
            }
            dealtWith += used;
            if (there[i]) {
                target.setDone(index);
                stages.kept.add(used);
                stages.verified.add(used);
            } else {
                stages.written.add(used);
                (isZero ? zero : wanted).add(i);
            }
        }
        return dealtWith;
    }

    private void unpack(Target target, CellBatch batch, List<Integer> wanted, List<byte[]> frames) throws IOException {
        long now = System.nanoTime();
        for (int k = 0; k < frames.size(); k++) {
            int cell = wanted.get(k);
            int index = batch.firstIndex() + cell;
            ChunkId id = target.chunks().get(index);
            int length = unpack(id, frames.get(k), batch.at(cell));
            checkLength(id, length, batch, cell);
            target.marks().set(index, mark.of(content, batch.at(cell), length));
            stages.fetched.add(frames.get(k).length);
        }
        stages.unpack.since(now);
    }

    /** What comes damaged is asked for once more: another server may have it whole. */
    private int unpack(ChunkId id, byte[] frame, int offset) throws IOException {
        try {
            return codec.unpack(id, frame, content, offset);
        } catch (DamagedChunk damaged) {
            return codec.unpack(id, source.again(id), content, offset);
        }
    }

    /** Writes runs of side by side cells, only what is in use of them, small free gaps included. */
    private void write(Target target, CellBatch batch, List<Integer> wanted) throws IOException {
        CellRange range = batch.range();
        int bridge = target.around() ? 0 : BRIDGE;
        for (int k = 0; k < wanted.size(); ) {
            int first = wanted.get(k);
            int count = 1;
            while (k + count < wanted.size()
                    && wanted.get(k + count) == first + count
                    && batch.cells()[first + count] == batch.cells()[first] + count) {
                count++;
            }
            long base = batch.start(first);
            long end = batch.start(first + count - 1) + batch.length(first + count - 1);
            for (long from = base; from < end && hasUsed(range, from, end); ) {
                long start = range.firstUsed(from);
                long to = stretch(range, start, end, bridge);
                int at = batch.at(first) + (int) (start - base);
                range.disk().write(range.start() + start, content.slice(at, (int) (to - start)));
                from = to;
            }
            k += count;
        }
    }

    private static boolean hasUsed(CellRange range, long from, long end) {
        int index = range.used().firstEndingAfter(from);
        return index < range.used().count() && range.used().start(index) < end;
    }

    /** The end of what is written in one go from {@code start}. */
    private static long stretch(CellRange range, long start, long end, int bridge) {
        int index = range.used().firstEndingAfter(start);
        long to = Math.min(end, range.used().end(index));
        while (++index < range.used().count()
                && range.used().start(index) < end
                && range.used().start(index) - to <= bridge) {
            to = Math.min(end, range.used().end(index));
        }
        return to;
    }

    private static void zero(Target target, CellBatch batch, List<Integer> zero) throws IOException {
        CellRange range = batch.range();
        for (int k = 0; k < zero.size(); ) {
            long first = batch.cells()[zero.get(k)];
            int count = 1;
            while (k + count < zero.size() && batch.cells()[zero.get(k + count)] == first + count) {
                count++;
            }
            int last = zero.get(k + count - 1);
            long from = range.firstUsed(batch.start(zero.get(k)));
            long to = range.lastUsed(batch.start(last) + batch.length(last));
            Extents zeros = target.around() ? range.used().within(from, to) : Extents.of(from, to);
            for (int i = 0; i < zeros.count(); i++) {
                range.disk().zero(range.start() + zeros.start(i), zeros.end(i) - zeros.start(i));
            }
            k += count;
        }
    }

    @Override
    public void close() {
        codec.close();
    }
}
