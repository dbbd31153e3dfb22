package firstlight.image.capture;

import firstlight.image.Disk;
import firstlight.image.extents.Extents;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.SwapHeader;
import firstlight.image.extents.UsedBlocks;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * What of a disk is to be captured, and how.
 *
 * @param regions by rising start
 */
record DiskPlan(Disk disk, PartitionTable table, List<PlannedRegion> regions) {

    /**
     * @param swap present for swap space, of which no octet is taken
     * @param mapped whether {@code used} is the file system's own map
     */
    record PlannedRegion(
            int partition,
            long start,
            long length,
            FileSystem fileSystem,
            Optional<SwapHeader> swap,
            boolean mapped,
            Extents used,
            List<String> notes) {}

    List<String> notes() {
        List<String> notes = new ArrayList<>(table.notes());
        regions.forEach(region -> notes.addAll(region.notes()));
        return notes;
    }

    /** Looks at each partition, several at once: partclone needs two seconds for the smallest. */
    static DiskPlan of(Disk disk) throws IOException {
        PartitionTable table = PartitionTable.read(disk);
        List<Future<PlannedRegion>> looking = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            if (table.sectors().kind() == Kind.NONE) {
                looking.add(threads.submit(() -> look(disk, 0, 0, disk.size())));
            }
            for (Partition partition : table.partitions()) {
                looking.add(
                        threads.submit(() -> look(disk, partition.number(), partition.start(), partition.length())));
            }
        }
        List<PlannedRegion> regions = new ArrayList<>();
        for (Future<PlannedRegion> each : looking) {
            regions.add(result(each));
        }
        if (table.sectors().kind() != Kind.NONE) {
            gaps(disk, table, regions);
        }
        regions.sort(Comparator.comparingLong(PlannedRegion::start));
        return new DiskPlan(disk, table, List.copyOf(regions));
    }

    private static PlannedRegion look(Disk disk, int partition, long start, long length) throws IOException {
        byte[] window = UsedBlocks.window(disk, start, length);
        FileSystem fileSystem = Signatures.recognise(window);
        Optional<SwapHeader> swap = fileSystem == FileSystem.SWAP ? SwapHeader.read(window) : Optional.empty();
        if (swap.isPresent()) {
            return new PlannedRegion(partition, start, length, fileSystem, swap, false, Extents.NONE, List.of());
        }
        String name = (partition == 0 ? disk.name() : "partition " + partition + " of " + disk.name())
                + (fileSystem.word().isEmpty() ? "" : " (" + fileSystem.word() + ")");
        UsedBlocks used = UsedBlocks.find(disk, name, partition, start, length, fileSystem, window);
        return new PlannedRegion(
                partition, start, length, fileSystem, swap, used.mapped(), used.extents(), used.notes());
    }

    /** Boot loaders live between the table and the first partition; anything may live elsewhere. */
    private static void gaps(Disk disk, PartitionTable table, List<PlannedRegion> regions) {
        List<long[]> taken = new ArrayList<>(table.occupied());
        table.partitions().forEach(partition -> taken.add(new long[] {partition.start(), partition.end()}));
        taken.add(new long[] {disk.size(), disk.size()});
        taken.sort(Comparator.comparingLong(range -> range[0]));
        long end = 0;
        for (long[] range : taken) {
            if (range[0] > end) {
                String name = disk.name() + " at " + (end >> 20) + " MiB";
                UsedBlocks slack = UsedBlocks.slack(name, 0, range[0] - end);
                regions.add(new PlannedRegion(
                        0,
                        end,
                        range[0] - end,
                        FileSystem.UNKNOWN,
                        Optional.empty(),
                        false,
                        slack.extents(),
                        slack.notes()));
            }
            end = Math.max(end, range[1]);
        }
    }

    private static PlannedRegion result(Future<PlannedRegion> look) throws IOException {
        try {
            return look.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        }
    }
}
