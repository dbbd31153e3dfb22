package firstlight.image.capture;

import firstlight.image.Amount;
import firstlight.image.Disk;
import firstlight.image.extents.Extents;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.SwapHeader;
import firstlight.image.extents.UsedBlocks;
import firstlight.image.safe.SafeArea;
import firstlight.image.safe.SafeBlock;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * What of a disk is to be captured, and how.
 *
 * @param regions by rising start
 */
record DiskPlan(Disk disk, PartitionTable table, List<PlannedRegion> regions) {
    DiskPlan {
        regions = regions.stream()
                .sorted(Comparator.comparingLong(PlannedRegion::start))
                .toList();
    }

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
            Extents used) {
        /** For messages: {@code partition 2 (ext4) of /dev/sda}. */
        String name(Disk disk) {
            String what = fileSystem.word().isEmpty() ? "" : " (" + fileSystem.word() + ")";
            return partition == 0
                    ? disk.name() + what + " from offset " + start + " on"
                    : "partition " + partition + what + " of " + disk.name();
        }
    }

    /**
     * Boot loaders live between the table and the first partition; anything
     * may live elsewhere. Image-safe data are of this PC and of no image.
     */
    static List<PlannedRegion> gaps(Disk disk, PartitionTable table, List<String> notes) throws IOException {
        List<SafeBlock> safe = SafeArea.blocks(disk);
        List<long[]> taken = new ArrayList<>(table.occupied());
        table.partitions().forEach(partition -> taken.add(new long[] {partition.start(), partition.end()}));
        taken.add(new long[] {disk.size(), disk.size()});
        taken.sort(Comparator.comparingLong(range -> range[0]));
        List<Place> unknown = table.unknown(disk);
        List<PlannedRegion> gaps = new ArrayList<>();
        long end = 0;
        for (long[] range : taken) {
            if (range[0] > end) {
                String name = disk.name() + " at " + Amount.mib(end);
                UsedBlocks slack = slack(name, unknown, end, range[0]);
                notes.addAll(slack.notes());
                Extents taking = slack.extents().without(of(safe, end, range[0]));
                gaps.add(
                        new PlannedRegion(0, end, range[0] - end, FileSystem.UNKNOWN, Optional.empty(), false, taking));
            }
            end = Math.max(end, range[1]);
        }
        return gaps;
    }

    private static UsedBlocks slack(String name, List<Place> unknown, long start, long end) {
        boolean known = unknown.stream().noneMatch(each -> each.start() < end && start < each.end());
        return known || end - start <= 2 * UsedBlocks.SLACK
                ? UsedBlocks.slack(name, 0, end - start)
                : new UsedBlocks(
                        false,
                        Extents.of(0, end - start),
                        List.of(name + " has an extended partition that begins with something else than a record of"
                                + " logical partitions: all of its " + Amount.mib(end - start)
                                + " are in the image"));
    }

    /**
     * Of a disk that has lost its table, whose image-safe data are still there: what no file system's map says to be in use is
     * taken without them.
     */
    static List<PlannedRegion> withoutSafe(Disk disk, List<PlannedRegion> regions) throws IOException {
        List<SafeBlock> safe = SafeArea.blocks(disk);
        return regions.stream()
                .map(region -> region.mapped()
                        ? region
                        : new PlannedRegion(
                                region.partition(),
                                region.start(),
                                region.length(),
                                region.fileSystem(),
                                region.swap(),
                                false,
                                region.used().without(of(safe, region.start(), region.start() + region.length()))))
                .toList();
    }

    private static Extents of(List<SafeBlock> safe, long start, long end) {
        return Extents.union(safe.stream()
                .filter(block -> block.offset() >= start && block.offset() < end)
                .map(block -> new long[] {block.offset() - start, block.offset() - start + SafeBlock.LENGTH})
                .toList());
    }
}
