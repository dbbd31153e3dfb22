package firstlight.image.files;

import firstlight.image.disk.PrivateMounts;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * How a file system can be mounted: the best way first. The kernel's own has all of a file's properties; where the kernel
 * has none, programs for FUSE are next; GRUB reads nearly every file system, but shows only content and times, and follows
 * symbolic links by itself, within the file system.
 */
sealed interface WayIn {
    String TREE = PrivateMounts.TREE;

    /** What GRUB's reader does not tell. */
    String POOR =
            "this host's kernel lacks it; GRUB's reader tells no owners, permissions, extended attributes or links";

    /** For a person, when less than all is seen; empty otherwise. */
    String note();

    Tool mount(PrivateMounts mounts, int sectorSize) throws IOException;

    /** @param options besides those that hold for all */
    record Kernel(String type, String options, String note) implements WayIn {
        @Override
        public Tool mount(PrivateMounts mounts, int sectorSize) throws IOException {
            String all = "ro,nosuid,nodev,noexec,nosymfollow" + options;
            return mounts.runWithDevice("mount -i -t %s -o %s DEVICE %s".formatted(type, all, TREE), sectorSize);
        }
    }

    /** @param command of a program that mounts a file and goes on in the background */
    record Program(String command, String note) implements WayIn {
        @Override
        public Tool mount(PrivateMounts mounts, int sectorSize) throws IOException {
            return mounts.run(command + " " + PrivateMounts.DISK + " " + TREE + " && mountpoint -q " + TREE);
        }
    }

    static List<WayIn> into(FileSystem fileSystem) {
        List<WayIn> ways = new ArrayList<>();
        switch (fileSystem) {
            // Its superblock may ask for a panic at the first error: not on this host.
            case EXT2, EXT3, EXT4 -> replayed(ways, "ext4", ",errors=continue", ",noload");
            // Two versions of an image, and the host itself, may carry the same UUID.
            case XFS -> replayed(ways, "xfs", ",nouuid", ",norecovery");
            // The top level: every subvolume is a folder in it, whatever the default one is.
            case BTRFS -> replayed(ways, "btrfs", ",subvolid=5", ",rescue=nologreplay");
            case F2FS -> replayed(ways, "f2fs", "", ",norecovery");
            // Neither FAT nor exFAT has anything that GRUB would not tell.
            case FAT -> ways.add(new Kernel("vfat", ",utf8,tz=UTC,errors=continue", ""));
            // Not exfat-fuse: a mount of its kind waits at its end
            // for the program that is being ended with it, for ever.
            case EXFAT -> ways.add(new Kernel("exfat", ",iocharset=utf8,errors=continue", ""));
            case NTFS -> {
                // Read-only, it never replays the journal, and takes a hibernated volume as it is.
                ways.add(new Program("ntfs-3g -o ro", ""));
                ways.add(new Kernel("ntfs3", ",force,iocharset=utf8", ""));
            }
            case SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN -> {
                return List.of();
            }
        }
        if (fileSystem != FileSystem.BTRFS) { // whose subvolumes GRUB shows otherwise
            boolean all = fileSystem == FileSystem.FAT || fileSystem == FileSystem.EXFAT;
            ways.add(new Program("grub-mount", all ? "" : POOR));
        }
        return ways;
    }

    private static void replayed(List<WayIn> ways, String type, String options, String without) {
        ways.add(new Kernel(type, options, ""));
        ways.add(new Kernel(
                type,
                options + without,
                "its journal could not be replayed: the newest changes before the capture may be missing"));
    }
}
