package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.extents.SwapHeader;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
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
import java.util.stream.Stream;

/**
 * Writes an image onto disks and reads it back from them. What was there is lost, except that chunks which a disk holds
 * already are not fetched again. The partition table comes last: a restore that ends early leaves a disk without one.
 */
public final class Restore {
    /** Where old tables, and signatures of old arrays and volumes, would lead an operating system astray. */
    private static final long ENDS = 1L << 20;

    /** More cells than any disk has. */
    private static final long ALL = Long.MAX_VALUE / Chunk.SIZE;

    private final ChunkSource source;
    private final int threads;

    /** @param threads how many fetch, unpack, write and verify at once; each takes about 10 MB of memory */
    public Restore(ChunkSource source, int threads) {
        this.source = source;
        this.threads = threads;
    }

    /**
     * Restores the manifest's disks onto {@code disks}, the first onto the first.
     *
     * @throws ImageFailure before anything is written when a disk does not fit; later when a chunk or the disk is at
     *     fault
     */
    public RestoreSummary restore(Manifest manifest, List<Disk> disks, Progress progress) throws IOException {
        long start = System.nanoTime();
        List<Fit> fits = fit(manifest, disks);
        List<Target> targets = targets(fits, false);
        List<Target> last = targets(fits, true);
        RestoreStages stages = new RestoreStages();
        boolean compare = new Comparison().pays(targets);
        for (Fit fit : fits) {
            erase(fit.disk(), compare);
        }
        write(targets, compare, progress, stages);
        for (Fit fit : fits) {
            swap(fit);
            fit.disk().flush();
        }
        verify(targets, progress, stages);
        write(last, false, Progress.SILENT, stages);
        for (Fit fit : fits) {
            writeTable(fit);
        }
        verify(last, Progress.SILENT, stages);
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        long used = Stream.concat(targets.stream(), last.stream())
                .mapToLong(target -> target.range().used().octets())
                .sum();
        List<String> notes = fits.stream().flatMap(fit -> fit.notes().stream()).toList();
        return stages.summary(manifest.diskBytes(), used, time, notes);
    }

    private static List<Fit> fit(Manifest manifest, List<Disk> disks) throws ImageFailure {
        if (disks.size() < manifest.disks().size()) {
            throw new ImageFailure(
                    "The image does not fit this PC",
                    "it has " + manifest.disks().size() + " disks, the PC offers " + disks.size(),
                    "Name the disks in the work, or add a disk");
        }
        List<Fit> fits = new ArrayList<>();
        for (int i = 0; i < manifest.disks().size(); i++) {
            fits.add(Fit.of(manifest.disks().get(i), disks.get(i)));
        }
        return fits;
    }

    /**
     * What is to be written: all but what makes the disk look whole. That is the partition table, or, on a disk without
     * one, the file system's first chunk, which comes when {@code last}.
     */
    private static List<Target> targets(List<Fit> fits, boolean last) {
        List<Target> targets = new ArrayList<>();
        for (Fit fit : fits) {
            for (Region region : fit.regions()) {
                boolean bare = fit.table().isEmpty() && region.start() == 0;
                if (region.content() instanceof Content.Blocks blocks && (bare || !last)) {
                    Content.Blocks part = !bare ? blocks : last ? blocks.slice(0, 1) : blocks.slice(1, ALL);
                    String name = region.name() + " of " + fit.disk().name();
                    CellRange range = new CellRange(fit.disk(), name, region.start(), region.length(), part.used());
                    targets.add(new Target(range, part.chunks()));
                }
            }
        }
        return targets;
    }

    /** From here on the disk has no table, until all of it has been verified. */
    private static void erase(Disk disk, boolean keepContent) throws IOException {
        long ends = Math.min(disk.size() / 2, keepContent ? 34L * disk.sectorSize() : ENDS);
        disk.zero(0, ends);
        disk.zero(disk.size() - ends, ends);
        disk.flush();
    }

    private void write(List<Target> targets, boolean compare, Progress progress, RestoreStages stages)
            throws IOException {
        CellCursor cursor = new CellCursor(targets.stream().map(Target::range).toList());
        Meter meter = new Meter(progress, Progress.Phase.RESTORING, cursor.usedBytes());
        Workers.run(threads, "restore", cursor, () -> new WriteWorker(source, targets, compare, meter, stages));
        meter.end();
    }

    private void verify(List<Target> targets, Progress progress, RestoreStages stages) throws IOException {
        CellCursor cursor = new CellCursor(targets.stream().map(Target::range).toList());
        Meter meter = new Meter(progress, Progress.Phase.VERIFYING, cursor.usedBytes());
        Workers.run(threads, "verify", cursor, () -> new VerifyWorker(targets, meter, stages));
        meter.end();
    }

    private static void swap(Fit fit) throws IOException {
        for (Region region : fit.regions()) {
            if (region.content() instanceof Content.Swap swap) {
                SwapHeader header = new SwapHeader(swap.uuid(), swap.label(), swap.pageSize());
                write(fit.disk(), region.start(), header.page(region.length()));
            }
        }
    }

    private static void writeTable(Fit fit) throws IOException {
        for (Run run : fit.table()) {
            write(fit.disk(), run.offset(), run.octets().toArray());
        }
        fit.disk().flush();
        if (!fit.table().isEmpty()) {
            fit.disk().tableChanged();
        }
    }

    /** For what no chunk covers: written, and read back at once. */
    private static void write(Disk disk, long offset, byte[] octets) throws IOException {
        disk.write(offset, ByteBuffer.wrap(octets));
        disk.flush();
        ByteBuffer back = ByteBuffer.allocate(octets.length);
        disk.readBack(offset, back);
        if (!back.flip().equals(ByteBuffer.wrap(octets))) {
            throw new ImageFailure(
                    "The disk does not hold what was written to it",
                    disk.name() + " reads back differently at offset " + offset,
                    "Replace the disk, or check the PC's memory and cables");
        }
    }
}
