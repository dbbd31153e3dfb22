package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Predicate;

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
        return on(disks, keys, _ -> true, _ -> {});
    }

    /**
     * The same where others' partitions may be on worn sectors.
     *
     * @param ours what was written; that it cannot be read is a failure
     * @param unread hears of what else cannot be read, in words
     */
    public static List<Hibernated> on(List<Disk> disks, KeyRing keys, Predicate<Slice> ours, Consumer<String> unread)
            throws IOException {
        return in(names(disks), keys, ours, unread, _ -> {});
    }

    /**
     * Those outside of what was {@code written}: a session that was restored with what it has in use goes on.
     *
     * @param closed hears the names of those that are encrypted and that no key opens
     */
    static List<Hibernated> beside(List<Disk> disks, KeyRing keys, Predicate<Slice> written, Consumer<String> closed)
            throws IOException {
        Map<Slice, String> names = names(disks);
        List<Hibernated> found = new ArrayList<>();
        find(names, new ArrayList<>(names.keySet()), keys, written, found, _ -> {}, closed);
        return found;
    }

    private static Map<Slice, String> names(List<Disk> disks) throws IOException {
        Map<Slice, String> names = new LinkedHashMap<>();
        for (Disk disk : disks) {
            List<Partition> partitions = PartitionTable.read(disk).partitions();
            for (Partition each : partitions) {
                names.put(
                        new Slice(disk, each.start(), each.length()),
                        "partition " + each.number() + " of " + disk.name());
            }
            if (partitions.isEmpty()) {
                names.put(new Slice(disk, 0, disk.size()), disk.name());
            }
        }
        return names;
    }

    /**
     * The same in places of which no table need tell yet.
     *
     * @param names what messages call each
     * @param closed hears the names of those that are encrypted and that no key opens
     */
    static List<Hibernated> in(
            Map<Slice, String> names,
            KeyRing keys,
            Predicate<Slice> ours,
            Consumer<String> unread,
            Consumer<String> closed)
            throws IOException {
        List<Disk> places = new ArrayList<>(names.keySet());
        List<Hibernated> found = new ArrayList<>();
        find(names, places, keys, ours, found, unread, closed);
        for (Map.Entry<Slice, String> each : names.entrySet()) {
            if (ours.test(each.getKey())) {
                find(each.getKey(), each.getValue(), places, keys, found, closed);
            }
        }
        return found;
    }

    /** In others' places: one that cannot be read is taken out of {@code places}, and is nobody's physical volume. */
    private static void find(
            Map<Slice, String> names,
            List<Disk> places,
            KeyRing keys,
            Predicate<Slice> ours,
            List<Hibernated> found,
            Consumer<String> unread,
            Consumer<String> closed)
            throws IOException {
        for (Map.Entry<Slice, String> other : names.entrySet()) {
            if (!ours.test(other.getKey())) {
                try {
                    find(other.getKey(), other.getValue(), places, keys, found, closed);
                } catch (DiskFailure worn) {
                    places.remove(other.getKey());
                    unread.accept(other.getValue() + " cannot be read, and was not looked into (" + worn.cause() + ")");
                }
            }
        }
    }

    private static void find(
            Disk place, String name, List<Disk> places, KeyRing keys, List<Hibernated> found, Consumer<String> closed)
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
                find(each, each.name(), places, keys, found, closed);
            }
        } else if (kind == FileSystem.LUKS) {
            Optional<LuksKey> key = keys.of(volume, window);
            if (key.isPresent()) {
                find(new LuksDisk(place, key.get()), name, places, keys, found, closed);
            } else {
                closed.accept(name);
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
