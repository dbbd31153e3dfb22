package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors.Kind;
import firstlight.image.table.TableSectors.Run;
import java.util.ArrayList;
import java.util.List;

/**
 * Whether an image fits a disk, and what of it goes there.
 *
 * @param table the sectors of the partition table for this disk
 * @param regions what is to be written; the space behind the last partition may have lost its end
 */
record Fit(Disk disk, List<Run> table, List<Region> regions, List<String> notes) {

    static Fit of(DiskImage image, Disk disk) throws ImageFailure {
        if (image.table().kind() != Kind.NONE && image.sectorSize() != disk.sectorSize()) {
            throw new ImageFailure(
                    "The image does not fit " + disk.name(),
                    "it was taken from a disk with sectors of " + image.sectorSize() + " octets, this one has "
                            + disk.sectorSize(),
                    "Use a disk with sectors of " + image.sectorSize() + " octets");
        }
        long needed = needed(image);
        if (disk.size() < needed) {
            throw new ImageFailure(
                    "The image does not fit " + disk.name(),
                    "it needs " + size(needed) + ", the disk has " + size(disk.size()) + ": "
                            + size(needed - disk.size()) + " too few",
                    "Use a larger disk, or make the last partition of the original smaller and capture it again");
        }
        List<Run> table = PartitionTable.runsFor(image.table(), image.sectorSize(), disk.size());
        long limit = image.table().kind() == Kind.GPT ? backupStart(table, disk.size()) : disk.size();
        List<Region> regions = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Region region : image.regions()) {
            if (region.end() <= limit) {
                regions.add(region);
            } else if (region.start() < limit) {
                regions.add(cut(region, limit, disk, notes));
            }
        }
        return new Fit(disk, table, List.copyOf(regions), List.copyOf(notes));
    }

    /** Partitions and the table must fit; of the space behind the last partition nobody misses the end. */
    private static long needed(DiskImage image) {
        long partitions = image.regions().stream()
                .filter(region -> region.partition() > 0 || image.table().kind() == Kind.NONE)
                .mapToLong(Region::end)
                .max()
                .orElse(0);
        return Math.max(partitions, PartitionTable.minimalSize(image.table(), image.sectorSize()));
    }

    private static long backupStart(List<Run> table, long size) {
        return table.stream()
                .mapToLong(Run::offset)
                .filter(offset -> offset > size / 2)
                .min()
                .orElse(size);
    }

    private static Region cut(Region region, long limit, Disk disk, List<String> notes) {
        if (!(region.content() instanceof Content.Blocks blocks)) {
            return region;
        }
        long cells = (limit - region.start()) / Chunk.SIZE; // whole chunks only: half a chunk has no hash
        Content.Blocks kept = blocks.slice(0, cells);
        boolean[] lost = {false};
        blocks.slice(cells, Long.MAX_VALUE / Chunk.SIZE).chunks().forEachStored(id -> lost[0] = true);
        if (lost[0]) {
            notes.add("data in the unpartitioned space behind the last partition did not fit " + disk.name());
        }
        return new Region(region.partition(), region.start(), limit - region.start(), region.fileSystem(), kept);
    }

    static String size(long octets) {
        if (octets < 10L << 20) {
            return octets + " octets";
        }
        return octets < 10L << 30 ? (octets >> 20) + " MiB" : (octets >> 30) + " GiB";
    }
}
