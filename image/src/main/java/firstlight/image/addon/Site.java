package firstlight.image.addon;

import firstlight.image.extents.FileSystem;
import java.nio.file.Path;

/**
 * A partition that files can be laid on.
 *
 * @param partition its number; 0 for a disk without a table
 * @param subvolume of Btrfs, where the system's root is; "" for the usual one
 */
public record Site(Path node, int partition, FileSystem system, String subvolume) {
    @Override
    public String toString() {
        return (partition == 0 ? node.toString() : "partition " + partition) + " (" + system.word() + ")";
    }
}
