package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.extents.FileSystem;
import firstlight.image.extents.Signatures;
import firstlight.image.extents.SwapHeader;
import firstlight.image.extents.Volume;
import firstlight.image.luks.KeyRing;
import firstlight.image.luks.LuksDisk;
import firstlight.image.luks.LuksKey;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Swap space in which a Linux is hibernated. When it is started it goes on with what it had in memory of its file systems and of the partition
 * table: whatever was written to the disk since is destroyed by it, and what moved too (Linux, Documentation/power/swsusp.rst). One
 * that hibernates into a file cannot be told.
 *
 * @param name of the partition or volume
 */
public record Hibernated(String name, Disk swap, SwapHeader header) {
    /** Those on {@code disks}, in volumes of LVM and what {@code keys} open as well. */
    public static List<Hibernated> on(List<Disk> disks, KeyRing keys) throws IOException {
        List<Disk> places = new ArrayList<>();
        List<String> names = new ArrayList<>();
        for (Disk disk : disks) {
            List<Partition> partitions = PartitionTable.read(disk).partitions();
            for (Partition each : partitions) {
                places.add(new Slice(disk, each.start(), each.length()));
                names.add("partition " + each.number() + " of " + disk.name());
            }
            if (partitions.isEmpty()) {
                places.add(new Slice(disk, 0, disk.size()));
                names.add(disk.name());
            }
        }
        List<Hibernated> found = new ArrayList<>();
        for (int i = 0; i < places.size(); i++) {
            find(places.get(i), names.get(i), places, keys, found);
        }
        return found;
    }

    private static void find(Disk place, String name, List<Disk> places, KeyRing keys, List<Hibernated> found)
            throws IOException {
        Volume volume = new Volume.OfDisk(place, place.name(), 0, 0, place.size());
        byte[] window = volume.window();
        FileSystem kind = Signatures.recognise(window);
        if (kind == FileSystem.SWAP) {
            SwapHeader.read(window)
                    .filter(header -> !header.isClean(window))
                    .ifPresent(header -> found.add(new Hibernated(name, place, header)));
        } else if (kind == FileSystem.LVM) {
            for (MappedDisk each : MappedDisk.on(place, places)) {
                find(each, each.name(), places, keys, found);
            }
        } else if (kind == FileSystem.LUKS) {
            Optional<LuksKey> key = keys.of(volume, window);
            if (key.isPresent()) {
                find(new LuksDisk(place, key.get()), name, places, keys, found);
            }
        }
    }

    /** Its Linux starts anew then; its file systems are as after a power cut, which they are made for. */
    void giveUp() throws IOException {
        ByteBuffer page = ByteBuffer.allocate(header.pageSize());
        swap.read(0, page);
        header.clean(page.clear());
        Restore.writeThrough(swap, 0, page);
    }
}
