package firstlight.image.anew;

import firstlight.image.extents.FileSystem;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;

/**
 * A file system as the image has it, in a partition or in a logical volume of one.
 *
 * @param name for messages
 * @param mapped it was taken by its map of used blocks, and is whole by itself
 * @param length of what it lies in, in octets
 */
public record OldFileSystem(String name, FileSystem kind, boolean mapped, long length, long usedBytes) {
    public static OldFileSystem of(Region region) {
        boolean mapped =
                region.content() instanceof Content.Blocks blocks && blocks.method() == Content.Method.USED_BLOCKS;
        return new OldFileSystem(region.name(), region.kind(), mapped, region.length(), region.usedBytes());
    }
}
