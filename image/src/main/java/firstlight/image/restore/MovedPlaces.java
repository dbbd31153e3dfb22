package firstlight.image.restore;

import firstlight.image.extents.FileSystem;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.resize.Placement;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors;
import firstlight.image.windows.Moved;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Where the partitions of an MBR disk lie now that a Windows of the image knows elsewhere.
 *
 * @param moved empty when all lie where they lay
 * @param matters whether one of them moved that a Windows can know
 */
record MovedPlaces(Fit fit, Moved moved, boolean matters) {
    private static final int SIGNATURE = 440;

    /** What no Windows gives a letter or starts from. */
    private static final Set<FileSystem> OTHERS = Set.of(
            FileSystem.EXT2,
            FileSystem.EXT3,
            FileSystem.EXT4,
            FileSystem.XFS,
            FileSystem.BTRFS,
            FileSystem.F2FS,
            FileSystem.SWAP,
            FileSystem.LUKS,
            FileSystem.LVM,
            FileSystem.APFS,
            FileSystem.ZFS,
            FileSystem.RAID);

    /** Empty where Windows does not know partitions by their places. */
    static Optional<MovedPlaces> of(Fit fit) throws IOException {
        DiskImage image = fit.image();
        if (image.table().kind() != TableSectors.Kind.MBR) {
            return Optional.empty();
        }
        int signature = signature(image.table());
        Map<Long, Long> places = fit.layout().ownTable() ? beside(fit, signature) : placed(fit);
        boolean matters = image.regions().stream()
                .anyMatch(region -> region.partition() > 0 && places.containsKey(region.start()) && isKnown(region));
        return Optional.of(new MovedPlaces(fit, new Moved(signature, places), matters));
    }

    private static int signature(TableSectors mbr) {
        byte[] first = mbr.runs().getFirst().octets().toArray();
        return ByteBuffer.wrap(first).order(ByteOrder.LITTLE_ENDIAN).getInt(SIGNATURE);
    }

    private static boolean isKnown(Region region) {
        return !OTHERS.contains(region.kind());
    }

    private static Map<Long, Long> placed(Fit fit) {
        Map<Long, Long> places = new HashMap<>();
        for (Placement placement : fit.layout().placements()) {
            if (placement.region().partition() > 0 && placement.moves()) {
                places.put(placement.region().start(), placement.start());
            }
        }
        return places;
    }

    /**
     * Where the disk keeps its table: what a restored partition knows of all others is as the image had them, which an earlier
     * restore may have laid elsewhere.
     */
    private static Map<Long, Long> beside(Fit fit, int signature) throws IOException {
        Map<Long, Long> places = new HashMap<>();
        PartitionTable there = PartitionTable.read(fit.disk());
        if (there.sectors().kind() != TableSectors.Kind.MBR || signature(there.sectors()) != signature) {
            return places; // another disk's: told by ChosenPartitions
        }
        for (Partition old : PartitionTable.partitions(fit.image().table(), fit.imageSectorSize())) {
            for (Partition now : there.partitions()) {
                if (now.number() == old.number() && now.type().equals(old.type()) && now.start() != old.start()) {
                    places.put(old.start(), now.start());
                }
            }
        }
        return places;
    }

    /** Whether a Windows on that disk means these partitions: where two disks have one signature, it means those of its own disk. */
    boolean isMeantOn(Fit other, List<MovedPlaces> all) {
        return !moved.places().isEmpty()
                && (fit.disk().equals(other.disk())
                        || all.stream()
                                .noneMatch(each -> each.fit.disk().equals(other.disk())
                                        && each.moved.signature() == moved.signature()));
    }
}
