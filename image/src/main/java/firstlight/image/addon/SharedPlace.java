package firstlight.image.addon;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.extents.RaidAtEnd;
import firstlight.image.extents.Volume;
import firstlight.image.luks.KeyRing;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.restore.Hibernated;
import firstlight.image.table.PartitionTable;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** Places to which nobody may write alone: others know what was there before, and write over it. */
public final class SharedPlace {
    private SharedPlace() {}

    /**
     * @param keys of what is encrypted: a Linux that is hibernated in it has its /boot in use, which is not
     * @throws ImageFailure where {@code place}, on one of {@code disks}, is such a place
     */
    public static void refuse(List<Disk> disks, AddOnPlace place, KeyRing keys) throws IOException {
        List<Hibernated> hibernated = Hibernated.on(disks, keys);
        if (!hibernated.isEmpty()) {
            throw new ImageFailure(
                    "The add-on cannot be laid on " + place,
                    "a Linux is hibernated in " + hibernated.getFirst().name()
                            + ", and would write over what is written before it goes on",
                    "Capture the base image after it was shut down; or start it on this PC and shut it down (swap that is"
                            + " used no more: mkswap)");
        }
        List<Disk> parts =
                new ArrayList<>(place.volume().map(MappedDisk::physical).orElse(List.of()));
        for (Disk disk : disks) {
            if (disk.node(place.partition()).filter(place.node()::equals).isPresent()) {
                parts.add(slice(disk, place.partition()));
            }
        }
        for (Disk part : parts) {
            if (isPart(part)) {
                throw new ImageFailure(
                        "The add-on cannot be laid on " + place,
                        "it is a part of an array (Linux raid), and the others would not have what is written to it",
                        "Lay it on another partition (--add-on-partition), or write the files in the running system");
            }
        }
    }

    private static Slice slice(Disk disk, int number) throws IOException {
        return PartitionTable.read(disk).partitions().stream()
                .filter(partition -> partition.number() == number)
                .findFirst()
                .map(partition -> new Slice(disk, partition.start(), partition.length()))
                .orElseGet(() -> new Slice(disk, 0, disk.size()));
    }

    private static boolean isPart(Disk slice) throws IOException {
        Volume volume = new Volume.OfDisk(slice, slice.name(), 0, 0, slice.size());
        return RaidAtEnd.isPart(volume, volume.window());
    }
}
