package firstlight.engine;

import firstlight.image.DiskFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import firstlight.image.safe.SafeData;
import firstlight.image.safe.SafeNetwork;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * What a restored system is to know of its own PC; a Windows is told its name alone.
 *
 * @param name its computer name
 * @param network its address; empty: as the image has it
 * @param mac of the card that the address is for
 * @param identity the device's; "" where the disk does not say
 */
record RestoredSystem(String name, Optional<SafeNetwork> network, String mac, String identity) {
    private static final Path BLOCK_DEVICES = Path.of("/sys/class/block");

    /** @param data of its disk, whose network settings may be anything */
    static RestoredSystem of(String name, SafeData data, String mac, Console console) {
        Optional<SafeNetwork> network = Optional.empty();
        try {
            network = data.get(SafeData.NETWORK).map(SafeNetwork::parse);
        } catch (IllegalArgumentException unfit) {
            console.line("the image-safe data's " + unfit.getMessage() + "; they are left as they are");
        }
        return new RestoredSystem(
                name, network, mac, data.get(SafeData.IDENTITY).orElse(""));
    }

    /** How a file system with a system on it is mounted: to be looked at without a change, and to be written to. */
    private record Way(String type, String look, String write) {}

    /** Where distributions have their root in a Btrfs: what it mounts by itself (openSUSE), Ubuntu, Debian, Fedora. */
    private static final List<String> SUBVOLUMES = List.of("", ",subvol=@", ",subvol=@rootfs", ",subvol=root");

    /** The inode of every subvolume's root (BTRFS_FIRST_FREE_OBJECTID), and of no other folder. */
    private static final Object SUBVOLUME_ROOT = 256L;

    /** Of EIO, which may be the disk's. */
    private static final String OF_THE_DISK = "Input/output error";

    /** Of EUCLEAN and EBADMSG: what the map of its used blocks did not meet at the capture. */
    private static final Set<String> DAMAGES = Set.of("Structure needs cleaning", "Bad message");

    /** Of EROFS: ext4 goes read-only when it meets damage, and when its disk takes nothing any more. */
    private static final String READ_ONLY = "Read-only file system";

    private static List<Way> ways(FileSystem kind) {
        return switch (kind) {
            case EXT2, EXT3, EXT4 -> List.of(new Way("ext4", "ro,noload", "rw"));
            // The disk that it was captured from may be in this PC as well.
            case XFS -> List.of(new Way("xfs", "ro,norecovery,nouuid", "rw,nouuid"));
            case BTRFS ->
                SUBVOLUMES.stream()
                        .map(subvolume -> new Way("btrfs", "ro,rescue=nologreplay" + subvolume, "rw" + subvolume))
                        .toList();
            case F2FS, FAT, EXFAT, NTFS, SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN ->
                List.of();
        };
    }

    /**
     * What was done, or empty when there is no system that can be mounted. What holds none is only looked at: a mount for writing changes
     * a file system with data, which has been verified, and "noload" keeps the kernel from replaying a journal.
     *
     * @param kind what was found on it; of kinds without a way nothing is mounted
     */
    Optional<String> applyTo(Naming.Device device, FileSystem kind) throws IOException {
        if (kind == FileSystem.NTFS) {
            return new RestoredWindows(name).applyTo(device);
        }
        List<Way> ways = new ArrayList<>(ways(kind));
        if (kind == FileSystem.BTRFS) {
            ways.addAll(others(device));
        }
        for (Way way : ways) {
            boolean isSystem = device.use(
                            Access.READ,
                            node -> mounted(
                                    node,
                                    way.type,
                                    way.look,
                                    root -> ComputerName.isIn(root) ? Optional.of("") : Optional.empty()))
                    .isPresent();
            if (isSystem) {
                return device.use(Access.READ_WRITE, node -> mounted(node, way.type, way.write, this::apply))
                        .or(() -> Optional.of(", its system was not named " + name
                                + ": it cannot be mounted to be written to (" + way.type + ")"));
            }
        }
        return Optional.empty();
    }

    /** A subvolume at the top by any other name, if it is the only one with a system: of several nobody can tell which one starts. */
    private static List<Way> others(Naming.Device device) throws IOException {
        List<Way> others = new ArrayList<>();
        device.use(
                Access.READ,
                node -> mounted(node, "btrfs", "ro,rescue=nologreplay,subvolid=5", top -> {
                    try (DirectoryStream<Path> all = Files.newDirectoryStream(top)) {
                        for (Path each : all) {
                            String name = String.valueOf(each.getFileName());
                            String subvolume = ",subvol=" + name;
                            boolean root = isSubvolume(each) && ComputerName.isIn(each);
                            if (root && !SUBVOLUMES.contains(subvolume) && name.matches("[^,\\\\\\s]+")) {
                                others.add(new Way("btrfs", "ro,rescue=nologreplay" + subvolume, "rw" + subvolume));
                            }
                        }
                    }
                    return Optional.empty();
                }));
        return others.size() == 1 ? others : List.of();
    }

    private static boolean isSubvolume(Path entry) throws IOException {
        try {
            return Files.getAttribute(entry, "unix:ino", LinkOption.NOFOLLOW_LINKS)
                    .equals(SUBVOLUME_ROOT);
        } catch (FileSystemException refused) {
            if (DAMAGES.contains(String.valueOf(refused.getReason()))) {
                return false; // as it was captured, and nothing that could start
            }
            throw refused;
        }
    }

    @FunctionalInterface
    private interface OnMount {
        Optional<String> use(Path root) throws IOException;
    }

    /** Empty as well when it cannot be mounted. */
    private static Optional<String> mounted(Path node, String type, String options, OnMount work) throws IOException {
        Path folder = Files.createTempDirectory("root");
        if (!Tool.run(List.of("mount", "-t", type, "-o", options, node.toString(), folder.toString()))
                .succeeded()) {
            Files.delete(folder);
            return Optional.empty();
        }
        try (Mounted root = new Mounted(folder)) {
            return work.use(root.folder());
        }
    }

    /** Each by itself: a file that may not be written takes nothing else with it. */
    Optional<String> apply(Path root) throws IOException {
        if (!ComputerName.isIn(root)) {
            return Optional.empty();
        }
        Parts parts = new Parts(root);
        boolean[] own = {true}; // where that cannot be told it keeps its machine-id
        String read = parts.orSaid(", its own name cannot be read", () -> {
            own[0] = ComputerName.isAlready(root, name);
            return "";
        });
        String named = parts.orSaid(", its system did not get all of its name " + name, () -> {
            ComputerName.apply(root, name);
            return ", named " + name;
        });
        String machine =
                parts.orSaid(", not with a machine-id of its own", () -> MachineId.apply(root, own[0], identity));
        String addressed = parts.orSaid(", not with its address", () -> {
            String words = network.isPresent() ? RestoredNetwork.apply(root, network.get(), mac) : "";
            return words.isEmpty() ? "" : ", " + words;
        });
        String listed =
                parts.orSaid(", LVM's list of disks was not looked at", () -> LvmDevices.apply(root, BLOCK_DEVICES));
        return Optional.of(read + named + machine + addressed + listed);
    }

    @FunctionalInterface
    private interface Part {
        String apply() throws IOException;
    }

    /** The parts of what is changed in one system. */
    private static final class Parts {
        private final Path root;
        private boolean isDamaged;

        Parts(Path root) {
            this.root = root;
        }

        /**
         * What a system's administrator forbade to all (chattr +i), or has no room for, or cannot be reached in a file system that was
         * damaged when it was captured, is no failure of the disk: that was read back, and would be the same at the next attempt.
         */
        String orSaid(String what, Part part) throws IOException {
            try {
                return part.apply();
            } catch (DiskFailure broken) {
                throw broken;
            } catch (IOException refused) {
                String reason = refused instanceof FileSystemException named && named.getReason() != null
                        ? named.getReason()
                        : String.valueOf(refused.getMessage());
                isDamaged |= DAMAGES.contains(reason);
                boolean readOnly = reason.contains(READ_ONLY);
                if (reason.contains(OF_THE_DISK) || (readOnly && !isDamaged)) {
                    throw refused;
                }
                return what + " (" + where(root, refused) + reason
                        + (readOnly || DAMAGES.contains(reason)
                                ? ": its file system is damaged; if this disk is sound, check the original (fsck) and capture it again"
                                : "")
                        + ")";
            }
        }
    }

    private static String where(Path root, IOException refused) {
        if (!(refused instanceof FileSystemException named) || named.getReason() == null || named.getFile() == null) {
            return "";
        }
        Path file = Path.of(named.getFile());
        return "/" + (file.startsWith(root) ? root.relativize(file) : file) + ": ";
    }

    private record Mounted(Path folder) implements Closeable {
        @Override
        public void close() throws IOException {
            Tool unmount = Tool.run(List.of("umount", folder.toString()));
            if (!unmount.succeeded()) {
                throw new IOException("the restored system cannot be unmounted: " + unmount.lastLine());
            }
            Files.delete(folder);
        }
    }
}
