package firstlight.image.addon;

import firstlight.image.extents.FileSystem;
import firstlight.image.lvm.MappedDisk;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A partition that files can be laid on, or a logical volume.
 *
 * @param node the partition's
 * @param partition its number; 0 for a disk without a table
 * @param subvolume of Btrfs, where the system's root is; "" for the usual one
 * @param volume the logical one, in that partition
 */
public record AddOnPlace(Path node, int partition, FileSystem system, String subvolume, Optional<MappedDisk> volume) {
    public AddOnPlace(Path node, int partition, FileSystem system, String subvolume) {
        this(node, partition, system, subvolume, Optional.empty());
    }

    AddOnPlace in(String other) {
        return new AddOnPlace(node, partition, system, other, volume);
    }

    /** What an image's files are found by. */
    String imageVolume() {
        return volume.map(MappedDisk::name).orElse(partition == 0 ? "disk1" : String.valueOf(partition));
    }

    @Override
    public String toString() {
        String where = partition == 0 ? node.toString() : "partition " + partition;
        return volume.map(each -> "volume " + each.name()).orElse(where) + " (" + system.word() + ")";
    }
}
