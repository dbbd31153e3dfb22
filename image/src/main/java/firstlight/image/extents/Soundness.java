package firstlight.image.extents;

import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.LoopDevice;
import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/**
 * Whether a file system's map of its blocks can be believed. With a journal that has still to be replayed it cannot: the
 * replay may take blocks that the map calls free. partclone 0.3.23 looks at NTFS's dirty flag, but not at ext4's
 * needs_recovery nor at a hibernated Windows.
 */
final class Soundness {
    /** Where ext's superblock begins; behind it names of features, which are bits of three fields (ext4's disk layout, "Super Block"). */
    private static final int EXT = 1024;

    private static final int HAS_JOURNAL = 0x4;
    private static final int SPARSE_SUPER2 = 0x200;
    private static final int STABLE_INODES = 0x800;
    private static final int NEEDS_RECOVERY = 0x4;
    private static final int BIGALLOC = 0x200;
    private static final int VALID = 1;
    private static final int ERRORS = 2;
    /** Where Btrfs' superblock begins. */
    private static final int BTRFS = 64 * 1024;

    private static final long BTRFS_SEED = 1L << 32;
    /**
     * Offsets in XFS' superblock, big-endian (struct xfs_dsb): blocks, realtime blocks, the log's start, version, incompatible features.
     */
    private static final int XFS_BLOCKS = 8;

    private static final int XFS_REALTIME = 16;
    private static final int XFS_LOG = 48;
    private static final int XFS_VERSION = 100;
    private static final int XFS_INCOMPATIBLE = 216;
    private static final int XFS_NEEDS_REPAIR = 0x10;
    /** Up to parent pointers (Linux 6.10). Later ones put quotas elsewhere, and file content where no map of partclone's reaches (zoned). */
    private static final int XFS_KNOWN = 0xFF;

    /** VolumeFlags, and its VolumeDirty (section 3.1.13). */
    private static final int EXFAT_FLAGS = 106;

    private static final int EXFAT_DIRTY = 2;

    private Soundness() {}

    /** Why the map of {@code fileSystem} is not to be trusted; empty when it is. In words that stand in notes behind "is taken whole: ". */
    static Optional<String> doubt(FileSystem fileSystem, Volume volume, byte[] window) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
        return switch (fileSystem) {
            case EXT2, EXT3, EXT4 -> ext(in);
            case NTFS -> ntfs(volume, window);
            case XFS -> xfs(ByteBuffer.wrap(window), volume);
            case BTRFS -> btrfs(in);
            case F2FS -> F2fsCheckpoint.doubt(volume, window);
            case FAT -> Optional.empty(); // its table is its map: no file reaches beyond what is in it
            case EXFAT ->
                (in.getShort(EXFAT_FLAGS) & EXFAT_DIRTY) == 0
                        ? Optional.empty()
                        : Optional.of("it was not unmounted cleanly (its map may lag behind its folders)");
            case LUKS -> Optional.of("it is encrypted with LUKS, and no key for it was given");
            case BITLOCKER ->
                Optional.of("it is encrypted with BitLocker (to have it taken by used blocks: manage-bde -off;"
                        + " on another PC than its own it wants its recovery key)");
            case APFS, REFS -> Optional.of("nothing here can look into this file system");
            case ZFS, RAID, STORAGE_SPACES -> Optional.of("it is a part of an array, which nothing here can look into");
            case SWAP, LVM -> Optional.empty();
            case UNKNOWN -> Signatures.contradiction(window);
        };
    }

    /** Why no tool here can give another size to a file system whose map can be believed. */
    static Optional<String> bound(FileSystem fileSystem, byte[] window) {
        ByteBuffer in = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
        return switch (fileSystem) {
            case EXT2, EXT3, EXT4 -> boundExt(in);
            case XFS ->
                in.order(ByteOrder.BIG_ENDIAN).getLong(XFS_REALTIME) != 0
                        ? Optional.of("a part of it is on a realtime device")
                        : Optional.empty();
            case BTRFS ->
                (in.getLong(BTRFS + 0x38) & BTRFS_SEED) != 0
                        ? Optional.of("it is a seed, to which nothing is written")
                        : Optional.empty();
            case F2FS, FAT, EXFAT, NTFS, SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN ->
                Optional.empty();
        };
    }

    @FunctionalInterface
    private interface Probe {
        Optional<String> doubt(Path path) throws IOException;
    }

    /** Without a node {@link UsedBlocks} has its own reason. */
    private static Optional<String> probed(Volume volume, Probe probe) throws IOException {
        Optional<Path> path = volume.path();
        return path.isEmpty() ? Optional.empty() : probe.doubt(path.get());
    }

    private static Optional<String> ext(ByteBuffer in) {
        // s_feature_incompat; below s_state (0x3A) and s_feature_ro_compat (0x64).
        if ((in.getInt(EXT + 0x60) & NEEDS_RECOVERY) != 0) {
            return Optional.of("it was not unmounted cleanly (its journal is not replayed)");
        }
        if ((in.getShort(EXT + 0x3A) & VALID) == 0) {
            return Optional.of("it is marked as not clean; e2fsck would repair it");
        }
        if ((in.getShort(EXT + 0x3A) & ERRORS) != 0) {
            return Optional.of("it is marked as having errors; e2fsck would repair it");
        }
        if ((in.getInt(EXT + 0x64) & BIGALLOC) != 0) {
            return Optional.of("it uses bigalloc, which partclone does not know");
        }
        return Optional.empty();
    }

    private static Optional<String> boundExt(ByteBuffer in) {
        int compat = in.getInt(EXT + 0x5C);
        if ((compat & HAS_JOURNAL) != 0 && in.getInt(EXT + 0xE0) == 0) {
            return Optional.of("its journal is on another device");
        }
        if ((compat & STABLE_INODES) != 0) {
            return Optional.of(
                    "its files are encrypted by their numbers (stable_inodes), which a new size would change");
        }
        return (compat & SPARSE_SUPER2) != 0
                ? Optional.of("it uses sparse_super2, which resize2fs (1.47) does not leave sound when it grows")
                : Optional.empty();
    }

    private static Optional<String> btrfs(ByteBuffer in) {
        long devices = in.getLong(BTRFS + 0x88);
        if (devices != 1) {
            return Optional.of("it is one of " + devices + " devices of a Btrfs, whose map tells of no single one");
        }
        return in.getLong(BTRFS + 0x60) == 0
                ? Optional.empty()
                : Optional.of("it was not unmounted cleanly (its log is not replayed)");
    }

    /** The probe is content with one that is marked for a check, whose map partclone does not give. */
    private static Optional<String> ntfs(Volume volume, byte[] window) throws IOException {
        Optional<String> probed = probed(volume, Soundness::ntfs);
        return probed.isEmpty() && NtfsMark.isForCheck(volume, window)
                ? Optional.of(
                        "it is marked for a check (chkdsk /f in Windows; one that got another size at a restore is checked"
                                + " at its next start)")
                : probed;
    }

    /**
     * The node is read-only while we have it, so the probe cannot write; it looks whether one could mount for writing.
     * Exit codes are those of ntfs-3g(8).
     */
    private static Optional<String> ntfs(Path node) throws IOException {
        Tool probe = Tool.run(List.of("ntfs-3g.probe", "--readwrite", node.toString()));
        return switch (probe.exit()) {
            case 0 -> Optional.empty();
            case 14 -> Optional.of("Windows is hibernated in it (shut Windows down fully: shutdown /s /t 0)");
            // With fast start all volumes of a Windows but its own are so.
            case 15 ->
                Optional.of("Windows was not shut down cleanly (shutdown /s /t 0 in it; after a crash chkdsk as well)");
            case Tool.NOT_INSTALLED ->
                Optional.of("ntfs-3g.probe, which tells whether Windows is hibernated, is missing");
            default -> Optional.of("ntfs-3g.probe says: " + probe.lastLine());
        };
    }

    private static Optional<String> xfs(ByteBuffer in, Volume volume) throws IOException {
        boolean v5 = (in.getShort(XFS_VERSION) & 0xF) == 5;
        if (v5 && (in.getInt(XFS_INCOMPATIBLE) & XFS_NEEDS_REPAIR) != 0) {
            return Optional.of("it is marked as in need of xfs_repair");
        }
        if (v5 && (in.getInt(XFS_INCOMPATIBLE) & ~XFS_KNOWN) != 0) {
            return Optional.of("it has features that are newer than partclone (0.3.23)");
        }
        if (in.getLong(XFS_LOG) == 0) {
            return Optional.of("its log is on another device, so that nobody can tell whether it is replayed");
        }
        // partclone 0.3.23 numbers blocks in 32 bits: free ones beyond would free others at the start.
        return in.getLong(XFS_BLOCKS) > 1L << 32
                ? Optional.of("it has more than 2^32 blocks, of which partclone loses count")
                : probed(volume, Soundness::xfs);
    }

    private static Optional<String> xfs(Path node) throws IOException {
        if (!Files.isRegularFile(node)) {
            return log(node);
        }
        // Of a file with -f, xfs_logprint 6.1 takes all to be log and finds none.
        Tool.run(List.of("modprobe", "-q", "loop"));
        try (LoopDevice loop = LoopDevice.attachPart(node, 0, Files.size(node), 512, Access.READ)) {
            return log(loop.node());
        } catch (ImageFailure none) {
            return Optional.of("nothing can look at its log: " + none.cause());
        }
    }

    private static Optional<String> log(Path node) throws IOException {
        Tool log = Tool.run(List.of("xfs_logprint", "-t", node.toString()));
        if (log.output().contains("<CLEAN>")) {
            return Optional.empty();
        }
        return Optional.of(
                log.exit() == Tool.NOT_INSTALLED
                        ? "xfs_logprint, which tells whether it was unmounted cleanly, is missing"
                        : "it was not unmounted cleanly (its log is not replayed)");
    }
}
