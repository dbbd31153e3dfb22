package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.ChunkStream;
import firstlight.image.extents.SwapHeader;
import firstlight.image.luks.KeyRing;
import firstlight.image.manifest.ChunkOrder;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.DiskLayout;
import firstlight.image.resize.Placement;
import firstlight.image.resize.Resize;
import firstlight.image.resize.Shortest;
import firstlight.image.resize.Wishes;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors.Run;
import firstlight.image.work.CellCursor;
import firstlight.image.work.CellRange;
import firstlight.image.work.Meter;
import firstlight.image.work.Workers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Writes an image onto disks and reads it back from them. What was there is lost, except that chunks which a disk holds
 * already are not fetched again. The partition table comes last: a restore that ends early leaves a disk without one, from
 * which a BIOS starts the {@link UnfinishedNotice}.
 */
public final class Restore {
    private final ChunkSource source;
    private final int threads;
    private final Optional<ChunkStream> stream;
    private final ReadBack readBack;
    private final KeyRing keys;
    private final Check check;

    /** Whether disks may be laid out so. */
    @FunctionalInterface
    public interface Check {
        /** @throws ImageFailure where they may not */
        void of(List<DiskLayout> layouts) throws IOException;
    }

    /** @param threads how many fetch, unpack, write and verify at once; each takes about 10 MB of memory */
    public Restore(ChunkSource source, int threads) {
        this(source, threads, Optional.empty(), ReadBack.FULL, KeyRing.empty(), _ -> {});
    }

    private Restore(
            ChunkSource source,
            int threads,
            Optional<ChunkStream> stream,
            ReadBack readBack,
            KeyRing keys,
            Check check) {
        this.source = source;
        this.threads = threads;
        this.stream = stream;
        this.readBack = readBack;
        this.keys = keys;
        this.check = check;
    }

    /** The same, which reads so much back. */
    public Restore reading(ReadBack much) {
        return new Restore(source, threads, stream, much, keys, check);
    }

    /** The same, which gives what is encrypted another size if {@code with} opens it. */
    public Restore opening(KeyRing with) {
        return new Restore(source, threads, stream, readBack, with, check);
    }

    /** Takes from {@code heard} what comes, in whatever order, and fetches only the rest. */
    public Restore hearing(ChunkStream heard) {
        return new Restore(source, threads, Optional.of(heard), readBack, keys, check);
    }

    /** The same, which asks {@code first} before anything is written. */
    public Restore asking(Check first) {
        return new Restore(source, threads, stream, readBack, keys, first);
    }

    /** Restores the manifest's disks onto {@code disks}, the first onto the first, with partitions as they were. */
    public RestoreSummary restore(Manifest manifest, List<Disk> disks, Progress progress) throws IOException {
        return restore(manifest, disks, Wishes.AS_IT_WAS, progress, words -> {});
    }

    /**
     * As {@code wishes} say, with other lengths where the disks are larger or smaller.
     *
     * @param say hears what will be done before it is done
     * @throws ImageFailure before anything is written when a disk does not fit; later when a chunk or the disk is at
     *     fault
     */
    public RestoreSummary restore(
            Manifest manifest, List<Disk> disks, Wishes wishes, Progress progress, Consumer<String> say)
            throws IOException {
        long start = System.nanoTime();
        progress.progress(Progress.Phase.MAPPING, 0, 0); // to look at both may take minutes
        List<Fit> fits = KeptSafe.around(Fit.of(manifest, disks, wishes, new Shortest(source, keys), say), source);
        fits.forEach(fit -> fit.layout().words().forEach(say));
        check.of(fits.stream().map(Fit::layout).toList());
        List<Target> targets = targets(fits, Turn.FIRST);
        List<Target> last = targets(fits, Turn.LAST);
        RestoreStages stages = new RestoreStages();
        // Before the erasure, which takes from the disk what could be compared.
        boolean compare = new Comparison().pays(targets);
        CellCursor cursor = new CellCursor(targets.stream().map(Target::range).toList());
        Optional<FetchAhead> ahead = compare || stream.isPresent()
                ? Optional.empty()
                : Optional.of(FetchAhead.begin(source, targets, cursor, Workers.affordable(threads), stages)
                        .withHeadStart());
        try {
            // The last moment at which nothing is lost: whoever took the work back meanwhile ends it here.
            progress.stillWanted();
            for (Fit fit : fits) {
                Erasure.erase(fit, compare);
            }
            Meter meter = new Meter(progress, Progress.Phase.RESTORING, cursor.usedBytes());
            if (stream.isPresent()) {
                writeStreamed(stream.get(), ChunkOrder.of(manifest), targets, compare, meter, stages);
            } else if (ahead.isPresent()) {
                writeFetched(targets, ahead.get(), meter, stages);
            } else {
                Workers.run(threads, "restore", cursor, () -> new WriteWorker(source, targets, true, meter, stages));
            }
            meter.end();
            return finish(fits, targets, last, compare, new Terms(start, progress, say, stages));
        } catch (DiskFailure failure) {
            Erasure.tellThatItFailed(fits, failure);
            throw failure;
        } finally {
            ahead.ifPresent(FetchAhead::close);
        }
    }

    private record Terms(long start, Progress progress, Consumer<String> say, RestoreStages stages) {}

    private RestoreSummary finish(List<Fit> fits, List<Target> targets, List<Target> last, boolean compare, Terms terms)
            throws IOException {
        Progress progress = terms.progress();
        RestoreStages stages = terms.stages();
        for (Fit fit : fits) {
            if (compare) {
                Unused.discard(fit, Erasure.ours(fit), targets);
                Unused.eraseMarks(fit, Erasure.ours(fit), targets);
            }
            swap(fit);
            fit.disk().flush();
        }
        Verification verification = new Verification(threads, stages);
        Optional<RestoreSummary.Sampled> sampled = verification.of(targets, readBack, progress);
        if (readsBehind(targets, compare)) {
            VerifyWorker.again(targets, stages);
        }
        Copied anew = new Copied(progress, stages);
        // After the verification: tools work on octets that are known to be right.
        List<Pending> pending = resize(fits, terms.say(), stages, anew);
        writeLast(last, stages);
        List<String> notes = new ArrayList<>(anew.notes());
        for (Fit fit : fits) {
            notes.addAll(fit.layout().notes());
            BootSectors.follow(fit, Turn.FIRST);
            for (Pending each : pending) {
                if (each.disk() == fit.disk()) {
                    writeThrough(each.disk(), each.offset(), each.octets());
                }
            }
        }
        notes.addAll(WindowsStart.follow(fits, Turn.FIRST)); // a Windows on one disk knows partitions of another
        verification.all(last, Progress.SILENT);
        for (Fit fit : fits) {
            BootSectors.follow(fit, Turn.LAST);
        }
        notes.addAll(WindowsStart.follow(fits, Turn.LAST));
        // Before a table makes a disk one that starts: a PC that goes off now must not go on with its old memory.
        notes.addAll(new HibernatedHere(keys).giveUp(fits));
        writeTables(fits);
        notes.addAll(new HibernatedHere(keys).beside(fits));
        Duration time = Duration.ofNanos(System.nanoTime() - terms.start());
        long used = Stream.concat(targets.stream(), last.stream())
                        .mapToLong(target -> target.range().used().octets())
                        .sum()
                + stages.copied.sum();
        return stages.summary(used, time, Workers.affordable(threads), notes, sampled);
    }

    /** A resized file system's first cell, which nothing but its place on the disk is missing to. */
    private record Pending(Disk disk, long offset, ByteBuffer octets) {}

    private List<Pending> resize(List<Fit> fits, Consumer<String> say, RestoreStages stages, Copied anew)
            throws IOException {
        List<Pending> pending = new ArrayList<>();
        ChunkSource counted = new CountedSource(source, stages);
        for (List<Resize.Piece> pieces : Fit.resized(fits)) {
            boolean files = pieces.getFirst().placement().anew();
            for (Resize.Piece each : pieces) {
                String name =
                        each.placement().region().name() + " of " + each.disk().name();
                say.accept(files ? "copying the files of " + name : "giving " + name + " its new size");
            }
            long begun = System.nanoTime();
            long before = stages.copied.sum();
            List<Optional<byte[]>> firsts = new Resize(counted).resize(pieces, anew);
            if (stages.copied.sum() > before) {
                anew.took(begun);
            }
            for (int i = 0; i < pieces.size(); i++) {
                Resize.Piece piece = pieces.get(i);
                firsts.get(i)
                        .ifPresent(octets -> pending.add(
                                new Pending(piece.disk(), piece.placement().start(), ByteBuffer.wrap(octets))));
            }
        }
        return pending;
    }

    /**
     * All but what makes the disk look whole. That is the partition table, or, where none is written, the file system's
     * first chunk, which comes {@link Turn#LAST}.
     */
    private static List<Target> targets(List<Fit> fits, Turn turn) {
        List<Target> targets = new ArrayList<>();
        for (Fit fit : fits) {
            for (Placement placement : fit.layout().placements()) {
                if (turn == Turn.FIRST || !fit.isResized(placement)) {
                    targets.addAll(fit.targets(placement, turn));
                }
            }
        }
        return targets;
    }

    /** While it writes: not where a head would go to and fro, nor before what is unused was trimmed (docs/adr/0030). */
    private boolean readsBehind(List<Target> targets, boolean compare) {
        return !compare
                && readBack == ReadBack.FULL
                && stream.isEmpty()
                && targets.stream().noneMatch(target -> target.range().disk().seeks());
    }

    /** What makes the disk look whole: little, of which nobody is told. */
    private void writeLast(List<Target> last, RestoreStages stages) throws IOException {
        CellCursor cursor = new CellCursor(last.stream().map(Target::range).toList());
        Meter unheard = new Meter(Progress.SILENT, Progress.Phase.RESTORING, cursor.usedBytes());
        try (FetchAhead ahead = FetchAhead.begin(source, last, cursor, Workers.affordable(threads), stages)) {
            writeFetched(last, ahead, unheard, stages);
        }
    }

    private void writeFetched(List<Target> targets, FetchAhead ahead, Meter meter, RestoreStages stages)
            throws IOException {
        Optional<ReadBehind> behind =
                readsBehind(targets, false) ? Optional.of(ReadBehind.of(threads)) : Optional.empty();
        long used = targets.stream()
                .mapToLong(target -> target.range().used().octets())
                .sum();
        Meter unheard = new Meter(Progress.SILENT, Progress.Phase.VERIFYING, used);
        Workers.run(
                threads,
                "restore",
                () -> behind.isPresent() ? behind.get().next(ahead) : ahead.next(),
                () -> new StepWorker(
                        new WriteWorker(source, targets, false, meter, stages),
                        new VerifyWorker(targets, unheard, stages),
                        behind));
    }

    private void writeStreamed(
            ChunkStream stream,
            ChunkOrder order,
            List<Target> targets,
            boolean compare,
            Meter meter,
            RestoreStages stages)
            throws IOException {
        List<CellRange> ranges = targets.stream().map(Target::range).toList();
        Workers.run(
                threads,
                "restore",
                new CellCursor(ranges),
                () -> new WriteWorker(source, targets, compare, WriteWorker.Part.BEFORE_THE_STREAM, meter, stages));
        Destinations destinations = new Destinations(order, targets);
        stream.want(destinations.wanted());
        Workers.run(
                threads,
                "stream",
                stream::next,
                () -> new StreamWorker(order, destinations, new WriteWorker(source, targets, false, meter, stages)));
        Workers.run(
                threads,
                "restore",
                new CellCursor(ranges),
                () -> new WriteWorker(source, targets, false, WriteWorker.Part.AFTER_THE_STREAM, meter, stages));
    }

    /** Made anew, with the UUID that fstab knows and the partition's new length. */
    private static void swap(Fit fit) throws IOException {
        for (Placement placement : fit.layout().placements()) {
            if (placement.region().content() instanceof Content.Swap swap) {
                SwapHeader header = new SwapHeader(swap.uuid(), swap.label(), swap.pageSize());
                writeThrough(fit.disk(), placement.start(), ByteBuffer.wrap(header.page(placement.length())));
            }
        }
    }

    /** The first disk's last, and the kernel is asked when all are there: what starts from it finds the others whole. */
    private static void writeTables(List<Fit> fits) throws IOException {
        for (Fit fit : fits.reversed()) {
            writeTable(fit);
        }
        for (Fit fit : fits) {
            if (!fit.layout().table().isEmpty() || hasTableWithin(fit)) {
                fit.disk().tableChanged();
            }
        }
    }

    /** What was captured whole may have one that was not believed. */
    private static boolean hasTableWithin(Fit fit) throws IOException {
        return !fit.layout().ownTable()
                && !PartitionTable.read(fit.disk()).partitions().isEmpty();
    }

    private static void writeTable(Fit fit) throws IOException {
        // What is at 0 comes last: until then firmware finds the notice, or nothing, and not half a table.
        for (boolean first : new boolean[] {false, true}) {
            for (Run run : fit.layout().table()) {
                if ((run.offset() == 0) == first) {
                    writeThrough(
                            fit.disk(),
                            run.offset(),
                            ByteBuffer.wrap(run.octets().toArray()));
                }
            }
        }
        fit.disk().flush();
    }

    /** For what no chunk covers: written, and read back at once. */
    static void writeThrough(Disk disk, long offset, ByteBuffer octets) throws IOException {
        disk.write(offset, octets.duplicate());
        disk.flush();
        ByteBuffer back = ByteBuffer.allocate(octets.remaining());
        disk.readBack(offset, back);
        if (!back.flip().equals(octets)) {
            throw new DiskFailure(
                    disk.name(),
                    "The disk does not hold what was written to it",
                    disk.name() + " reads back differently at offset " + offset,
                    "Replace the disk, or check the PC's memory and cables");
        }
    }
}
