package firstlight.image.tree;

import firstlight.image.ImageFailure;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** A partition or a logical volume, mounted while it is open. Nobody else looks at it meanwhile. */
public final class MountedSystem implements Closeable {
    private final Path device;
    private final Path point;
    private final FileTree tree;
    private final Closeable behind;

    private MountedSystem(Path device, Path point, FileTree tree, Closeable behind) {
        this.device = device;
        this.point = point;
        this.tree = tree;
        this.behind = behind;
    }

    /** What for. */
    public enum Use {
        /**
         * To see what it is: nothing is written, no journal replayed. It may be one that a hibernated Linux has in use: what its
         * kernel has in memory fits the disk as it left it, and no journal that was replayed since.
         */
        LOOK,
        READ,
        WRITE
    }

    /** @param subvolume of Btrfs; "" for the one that it mounts by itself */
    public static MountedSystem open(Path device, FileSystem system, String subvolume, Use use) throws IOException {
        return open(device, system, subvolume, use, () -> {});
    }

    /** @param behind is closed with it; not when it cannot be mounted */
    public static MountedSystem open(Path device, FileSystem system, String subvolume, Use use, Closeable behind)
            throws IOException {
        // In the imaging environment nothing else loads them; where they are built in there is nothing to load.
        Tool.run(List.of("modprobe", "-a", "-q", "fuse", "exfat"));
        Path point = Files.createTempDirectory("add-on");
        Tool mount = mount(device, point, system, subvolume, use);
        if (!mount.succeeded()) {
            Files.delete(point);
            throw new ImageFailure(
                    device + " (" + system.word() + ") cannot be mounted", reason(mount), "Look at its file system");
        }
        FileTree tree;
        try {
            tree = FileTree.open(point, isCaseless(system));
        } catch (IOException refused) {
            unmount(point);
            throw refused;
        }
        if (use == Use.WRITE && tree.room().readOnly()) {
            new MountedSystem(device, point, tree, () -> {}).close();
            // ntfs-3g says why on its output and mounts all the same.
            throw new ImageFailure(
                    device + " (" + system.word() + ") can only be read",
                    mount.output().isBlank() ? "its file system is not clean" : reason(mount),
                    "Capture the base image from a Windows that was shut down for good (shutdown /s /t 0), or check"
                            + " the file system");
        }
        return new MountedSystem(device, point, tree, behind);
    }

    /** To names of other case a file of it answers too. */
    private static boolean isCaseless(FileSystem system) {
        return system == FileSystem.NTFS || system == FileSystem.EXFAT || system == FileSystem.FAT;
    }

    private static String reason(Tool mount) {
        return mount.output().replaceAll("\\s*\n\\s*", " ");
    }

    private static Tool mount(Path device, Path point, FileSystem system, String subvolume, Use use)
            throws IOException {
        List<String> options = new ArrayList<>(List.of(use == Use.WRITE ? "rw" : "ro", "noatime"));
        if (use == Use.LOOK) {
            options.addAll(withoutReplay(system));
        }
        String type = switch (system) {
            // One driver for all three; it knows what each can.
            case EXT2, EXT3, EXT4 -> "ext4";
            case XFS -> {
                options.add("nouuid"); // the disk it was captured from may be in this PC as well
                yield "xfs";
            }
            case BTRFS -> {
                if (!subvolume.isEmpty()) {
                    options.add("subvol=" + subvolume);
                }
                yield "btrfs";
            }
            case FAT -> {
                options.add("utf8"); // not iocharset=utf8, with which names would have case
                yield "vfat";
            }
            case F2FS, EXFAT, NTFS, SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN ->
                system.word();
        };
        if (system == FileSystem.NTFS) {
            // What is new gets the rights that Windows would give it, from its folder. Without norecover ntfs-3g throws
            // away the journal of one that is not clean, which Windows would replay.
            return Tool.run(List.of(
                    "ntfs-3g",
                    device.toString(),
                    point.toString(),
                    "-o",
                    String.join(",", options) + ",permissions,inherit" + (use == Use.WRITE ? ",norecover" : "")));
        }
        Tool mount = Tool.run(
                List.of("mount", "-t", type, "-o", String.join(",", options), device.toString(), point.toString()));
        if (!mount.succeeded() && system == FileSystem.EXFAT) {
            // Kernels of micro virtual machines have none; the imaging environment's has.
            Tool fuse = Tool.run(
                    List.of("mount.exfat-fuse", "-o", String.join(",", options), device.toString(), point.toString()));
            return fuse.exit() == Tool.NOT_INSTALLED ? mount : fuse;
        }
        return mount;
    }

    private static List<String> withoutReplay(FileSystem system) {
        return switch (system) {
            case EXT2, EXT3, EXT4 -> List.of("noload");
            case XFS -> List.of("norecovery");
            case BTRFS -> List.of("rescue=nologreplay");
            // ntfs-3g and FAT's write nothing when they read; the others are mounted by nobody.
            case F2FS, FAT, EXFAT, NTFS, SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN ->
                List.of();
        };
    }

    /** Where its root is. */
    public Path point() {
        return point;
    }

    public FileTree tree() {
        return tree;
    }

    private static void unmount(Path point) throws IOException {
        Tool unmount = Tool.run(List.of("umount", point.toString()));
        if (!unmount.succeeded()) {
            throw new ImageFailure("The restored system cannot be unmounted", unmount.lastLine(), "Restore it again");
        }
        Files.delete(point);
    }

    /** Returns when all is on the medium and no cache holds any of it. */
    @Override
    public void close() throws IOException {
        try (behind) {
            tree.close();
            unmount(point);
            Tool.run(List.of("blockdev", "--flushbufs", device.toString()));
        }
    }
}
