package firstlight.engine;

import firstlight.image.Disk;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Disks that stay in the PC beside the restored ones and have partitions of the image's names: the disk that had an earlier version, or the one
 * that was captured. Firmware (HD(1,GPT,GUID)), GRUB and root=UUID= mean either of the two then; LVM starts no group of two physical volumes with
 * one id, and Windows takes one of the disks offline.
 */
record Clones(List<BlockDevices.Device> devices) {
    /** How a disk's signature and a GUID begin that nobody drew. */
    private static final String NOBODYS = "00000000-";

    /**
     * Among the internal disks but {@code chosen}: what is plugged in was not looked into at the start, either.
     *
     * @param say hears of one that cannot be read: the restore does not need it
     */
    static Clones beside(
            List<BlockDevices.Device> chosen,
            Manifest manifest,
            BlockDevices devices,
            DiskOpener opener,
            Consumer<String> say) {
        Set<String> names = names(manifest);
        return new Clones(devices.all().stream()
                .filter(BlockDevices.Device::internal)
                .filter(device -> chosen.stream().noneMatch(each -> isSame(each, device)))
                .filter(device -> !names.isEmpty() && hasAny(device, names, opener, say))
                .toList());
    }

    /** The second way to it, or the other half of a mirror that the firmware makes: nobody is to wipe that. */
    private static boolean isSame(BlockDevices.Device chosen, BlockDevices.Device device) {
        return chosen.name().equals(device.name())
                || (!device.serial().isEmpty()
                        && chosen.serial().equals(device.serial())
                        && chosen.bytes() == device.bytes());
    }

    private static Set<String> names(Manifest manifest) {
        Set<String> names = new HashSet<>();
        for (DiskImage image : manifest.disks()) {
            for (Partition each : PartitionTable.partitions(image.table(), image.sectorSize())) {
                names.add(PartitionTable.partUuid(image.table(), image.sectorSize(), each.number()));
            }
        }
        names.removeIf(name -> name.startsWith(NOBODYS));
        return names;
    }

    private static boolean hasAny(
            BlockDevices.Device device, Set<String> names, DiskOpener opener, Consumer<String> say) {
        try (Disk disk = opener.open(device.node(), false)) {
            PartitionTable table = PartitionTable.read(disk);
            return table.partitions().stream()
                    .map(each -> PartitionTable.partUuid(table.sectors(), disk.sectorSize(), each.number()))
                    .anyMatch(names::contains);
        } catch (IOException | RuntimeException unreadable) { // an odd table, too: the restore does not need it
            say.accept(
                    device.node() + " cannot be read for partitions of the image's names: " + unreadable.getMessage());
            return false;
        }
    }

    /** In words; empty without any. */
    String words() {
        if (devices.isEmpty()) {
            return "";
        }
        return String.join(
                        ", ", devices.stream().map(BlockDevices.Device::words).toList())
                + (devices.size() == 1 ? " has" : " have")
                + " partitions of the same names as the image: this PC may start the older system, and with LVM neither; take "
                + (devices.size() == 1
                        ? "that disk out, or wipe it if nothing on it is needed"
                        : "those disks out, or wipe them if nothing on them is needed");
    }
}
