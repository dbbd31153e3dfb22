package firstlight.image.capture;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.capture.DiskPlan.PlannedRegion;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.SwapHeader;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.work.CellCursor;
import firstlight.image.work.CellRange;
import firstlight.image.work.Meter;
import firstlight.image.work.Workers;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Consumer;

/**
 * Takes an image of disks. Nothing is written to them. When it returns, every chunk has been put into the sink; the
 * manifest still has to be published.
 */
public final class Capture {
    private final ChunkSink sink;
    private final int threads;
    private final String maker;

    /**
     * @param threads how many read, hash, compress and send at once; each takes about 10 MB of memory
     * @param maker the program and version that the manifest names
     */
    public Capture(ChunkSink sink, int threads, String maker) {
        this.sink = sink;
        this.threads = threads;
        this.maker = maker;
    }

    public record Captured(Manifest manifest, CaptureSummary summary) {}

    /** Plans and captures, with the usual options. */
    public Captured capture(List<Disk> disks, Progress progress) throws IOException {
        return capture(plan(disks, CaptureOptions.USUAL, progress), progress);
    }

    /**
     * Looks what is to be captured; no chunk is taken yet.
     *
     * @throws ImageFailure when a disk cannot be read (its table in any case), or something is locked and the options say to stop then,
     *     or when more is in use than one image can hold
     */
    public static CapturePlan plan(List<Disk> disks, CaptureOptions options, Progress progress) throws IOException {
        return plan(disks, options, progress, words -> {});
    }

    /**
     * The same.
     *
     * @param say hears what takes long
     */
    public static CapturePlan plan(List<Disk> disks, CaptureOptions options, Progress progress, Consumer<String> say)
            throws IOException {
        progress.progress(Progress.Phase.MAPPING, 0, disks.size());
        try (Planner planner = new Planner(options, say)) {
            CapturePlan plan = planner.plan(disks);
            int _ = plan.chunkSize();
            progress.progress(Progress.Phase.MAPPING, disks.size(), disks.size());
            return plan;
        }
    }

    /** @throws ImageFailure when a disk cannot be read or the sink refuses */
    public Captured capture(CapturePlan plan, Progress progress) throws IOException {
        Instant made = Instant.now();
        long start = System.nanoTime();
        List<DiskPlan> plans = plan.disks();
        int chunkSize = plan.chunkSize();
        List<CellRange> ranges = new ArrayList<>();
        List<ChunkTable.Builder> tables = new ArrayList<>();
        List<Salvage> disks = plans.stream()
                .map(disk ->
                        disk.disk() instanceof Salvage begun ? begun : new Salvage(disk.disk(), plan.ifUnreadable()))
                .toList();
        for (int i = 0; i < plans.size(); i++) {
            Salvage disk = disks.get(i);
            for (PlannedRegion region : plans.get(i).regions()) {
                ranges.add(new CellRange(
                        disk, region.name(disk), region.start(), region.length(), region.used(), chunkSize));
                tables.add(new ChunkTable.Builder(region.used().cells(chunkSize), chunkSize));
            }
        }
        CellCursor cursor = new CellCursor(ranges);
        Meter meter = new Meter(progress, Progress.Phase.CAPTURING, cursor.usedBytes());
        CaptureStages stages = new CaptureStages();
        LostSectors lost = new LostSectors(plan.ifUnreadable());
        Workers.run(threads, "capture", cursor, () -> new CaptureWorker(sink, tables, lost, meter, stages));
        meter.end();

        Iterator<ChunkTable.Builder> filled = tables.iterator();
        List<DiskImage> images = new ArrayList<>();
        List<String> notes = new ArrayList<>(plan.notes());
        for (int i = 0; i < plans.size(); i++) {
            images.add(image(plans.get(i), filled, disks.get(i)));
            notes.addAll(LostSectors.notes(disks.get(i), plans.get(i).regions(), plan.lostFiles()));
        }
        Manifest manifest = new Manifest(made, maker, images, notes);
        Duration time = Duration.ofNanos(System.nanoTime() - start);
        return new Captured(manifest, stages.summary(manifest, time, Workers.affordable(threads)));
    }

    private static DiskImage image(DiskPlan plan, Iterator<ChunkTable.Builder> filled, Salvage disk) {
        List<Region> regions = new ArrayList<>();
        for (PlannedRegion region : plan.regions()) {
            regions.add(new Region(
                    region.partition(),
                    region.start(),
                    region.length(),
                    region.fileSystem().word(),
                    content(region, filled.next().build())));
        }
        return new DiskImage(
                disk.size(),
                disk.sectorSize(),
                plan.table().sectors(),
                regions,
                LostSectors.places(disk, plan.regions()));
    }

    private static Content content(PlannedRegion region, ChunkTable chunks) {
        if (region.swap().isPresent()) {
            SwapHeader swap = region.swap().get();
            return new Content.Swap(swap.uuid(), swap.label(), swap.pageSize());
        }
        Content.Method method = region.mapped() ? Content.Method.USED_BLOCKS : Content.Method.RAW;
        return new Content.Blocks(method, region.used(), chunks);
    }
}
