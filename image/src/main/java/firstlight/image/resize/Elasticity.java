package firstlight.image.resize;

import firstlight.image.anew.Anew;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Region;

/** Whether the tools can give a file system another size. */
public enum Elasticity {
    /** Nobody knows what it is, it was not clean when it was captured, or no tool of ours can. */
    FIXED,
    GROWS_AND_SHRINKS;

    private static final long MIB = 1L << 20;

    public static Elasticity of(Region region) {
        boolean known =
                region.content() instanceof Content.Blocks blocks && blocks.method() == Content.Method.USED_BLOCKS;
        if (!known) {
            return FIXED; // a file system that was taken raw had a journal to replay, or is hibernated
        }
        return switch (region.fileSystem()) {
            case "ext2", "ext3", "ext4", "ntfs", "btrfs", "xfs", "f2fs", "vfat", "exfat" -> GROWS_AND_SHRINKS;
            default -> FIXED;
        };
    }

    /**
     * The least octets that {@code region} can be made to take, as far as its used blocks tell: never too many, and too
     * few by what only the file system's own tool knows.
     */
    public static long leastByMap(Region region) {
        if (of(region) != GROWS_AND_SHRINKS) {
            return region.length();
        }
        if (Anew.isPossible(region)) {
            return Math.min(region.length(), MIB); // clusters and tables become others
        }
        return Math.min(region.length(), Math.ceilDiv(region.usedBytes(), MIB) * MIB);
    }
}
