package firstlight.image.resize;

import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.manifest.Region;

/** Whether the tools can give a file system another size. */
public enum Elasticity {
    /** Nobody knows what it is, it was not clean when it was captured, or no tool of ours can. */
    FIXED,
    GROWS_AND_SHRINKS;

    private static final long MIB = 1L << 20;

    public static Elasticity of(Region region) {
        return of(OldFileSystem.of(region));
    }

    static Elasticity of(OldFileSystem old) {
        if (!old.mapped()) {
            return FIXED; // a file system that was taken raw had a journal to replay, or is hibernated
        }
        return switch (old.kind()) {
            case EXT2, EXT3, EXT4, NTFS, BTRFS, XFS, F2FS, FAT, EXFAT -> GROWS_AND_SHRINKS;
            case SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN -> FIXED;
        };
    }

    /**
     * The least octets that {@code old} can be made to take, as far as its used blocks tell: never too many, and too
     * few by what only the file system's own tool knows.
     */
    static long leastByMap(OldFileSystem old) {
        if (of(old) != GROWS_AND_SHRINKS) {
            return old.length();
        }
        if (Anew.isPossible(old)) {
            return Math.min(old.length(), MIB); // clusters and tables become others
        }
        return Math.min(old.length(), Math.ceilDiv(old.usedBytes(), MIB) * MIB);
    }
}
