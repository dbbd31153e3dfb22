package firstlight.image.resize;

import static firstlight.image.resize.ToolRun.failed;
import static firstlight.image.resize.ToolRun.find;
import static firstlight.image.resize.ToolRun.finding;
import static firstlight.image.resize.ToolRun.little;
import static firstlight.image.resize.ToolRun.mounted;
import static firstlight.image.resize.ToolRun.number;
import static firstlight.image.resize.ToolRun.refusal;
import static firstlight.image.resize.ToolRun.run;
import static firstlight.image.resize.ToolRun.size;

import firstlight.image.ImageFailure;
import firstlight.image.disk.Tool;
import firstlight.image.extents.FileSystem;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What the tools of a kind of file system do to one on {@code node}, a device that belongs to nobody else. */
enum FileSystemTool {
    EXT {
        @Override
        long shortest(Path node) throws IOException {
            String said = run("resize2fs", "-P", node.toString());
            long blocks = number(said, "minimum size of the filesystem: (\\d+)");
            return blocks * number(run("dumpe2fs", "-h", node.toString()), "Block size: +(\\d+)");
        }

        @Override
        void resize(Path node, long length) throws IOException {
            repair(node); // resize2fs insists on a check, and a clean file system costs little
            run("resize2fs", node.toString(), length / 1024 + "K");
        }

        @Override
        void check(Path node) throws IOException {
            run("e2fsck", "-f", "-n", node.toString());
        }

        // What resize2fs knows of is found in the capture (Soundness); features that it does not know, made by a newer
        // one, are not.
        @Override
        void ask(Path node, long length) throws IOException {
            Tool fsck = Tool.run(List.of("e2fsck", "-n", node.toString()));
            if (fsck.exit() >= 8) { // below that there is something that it would mend
                throw failed("e2fsck", fsck);
            }
        }

        private void repair(Path node) throws IOException {
            Tool fsck = Tool.run(List.of("e2fsck", "-f", "-y", node.toString()));
            if (fsck.exit() > 1) { // 1: there was something, and it is mended
                throw failed("e2fsck", fsck);
            }
        }
    },
    NTFS {
        // Of a volume that lists bad clusters, from the disk that it was on, it does nothing unless told.
        private static final String BAD = "--bad-sectors";

        @Override
        long shortest(Path node) throws IOException {
            // A volume that is full says so in other words, and then it cannot shrink at all.
            Tool info = Tool.run(List.of("ntfsresize", "--info", "--force", BAD, "--no-progress-bar", node.toString()));
            Optional<String> least = find(info.output(), "You might resize at (\\d+) bytes");
            if (least.isEmpty() && !info.succeeded()) {
                throw failed("ntfsresize", info);
            }
            return least.map(Long::parseLong).orElse(Long.MAX_VALUE);
        }

        @Override
        void resize(Path node, long length) throws IOException {
            // Twice forced: no questions. It leaves the volume marked, so that Windows checks it at its next start.
            run(
                    "ntfsresize",
                    "--force",
                    "--force",
                    BAD,
                    "--no-progress-bar",
                    "--size",
                    String.valueOf(length),
                    node.toString());
        }

        // It reads all file records, and refuses what Windows should check first.
        @Override
        void ask(Path node, long length) throws IOException {
            run(
                    "ntfsresize",
                    "--no-action",
                    "--force",
                    "--force",
                    BAD,
                    "--no-progress-bar",
                    "--size",
                    String.valueOf(length),
                    node.toString());
        }

        @Override
        void check(Path node) throws IOException {
            run("ntfsresize", "--info", "--force", BAD, "--no-progress-bar", node.toString());
        }
    },
    BTRFS {
        // The superblock, at 64 KiB, has there which of its devices this is.
        private static final int DEVICE = (64 << 10) + 0xC9;

        @Override
        long shortest(Path node) throws IOException {
            String device = device(node);
            return mounted(
                    node,
                    "btrfs",
                    "ro",
                    point -> Math.max(
                            LEAST_BTRFS,
                            number(
                                    run("btrfs", "inspect-internal", "min-dev-size", "--id", device, point.toString()),
                                    "(\\d+) bytes")));
        }

        @Override
        void resize(Path node, long length) throws IOException {
            String device = device(node);
            mounted(node, "btrfs", WRITABLE_BTRFS, point -> {
                run("btrfs", "filesystem", "resize", device + ":" + length, point.toString());
                return 0L;
            });
        }

        @Override
        Optional<String> unmountable(Path node) throws IOException {
            return refusal(node, "btrfs", WRITABLE_BTRFS);
        }

        @Override
        void ask(Path node, long length) throws IOException {
            try {
                if (size(node) == length) {
                    resize(node, length);
                }
                check(node);
            } finally {
                // Else the kernel takes the restored Btrfs for an older copy of the one it saw here, and refuses it
                // (btrfs device_list_add).
                Tool.run(List.of("btrfs", "device", "scan", "--forget", node.toString()));
            }
        }

        // The tool means device 1 when it is not told: one that moved to another disk (replace) has another number.
        private static String device(Path node) throws IOException {
            return Long.toUnsignedString(little(node, DEVICE, Long.BYTES).getLong(0));
        }

        @Override
        void check(Path node) throws IOException {
            run("btrfs", "check", "--readonly", node.toString());
        }
    },
    XFS {
        private static final String WRITABLE = "rw,nouuid";
        // Of the superblock, big-endian: octets of a block, blocks of an allocation group, and how many groups there
        // are.
        private static final int BLOCK_SIZE = 4;

        private static final int GROUP_BLOCKS = 84;
        private static final int GROUPS = 88;

        // A rehearsal keeps 24 KiB of each in memory, and the checker takes minutes for thousands.
        private static final int MOST_NEW_GROUPS = 256;

        @Override
        long shortest(Path node) {
            return Long.MAX_VALUE;
        }

        @Override
        void resize(Path node, long length) throws IOException { // to all of the device, whatever the length
            mounted(node, "xfs", WRITABLE, point -> {
                run("xfs_growfs", "-d", point.toString());
                return 0L;
            });
        }

        @Override
        Optional<String> unmountable(Path node) throws IOException {
            return refusal(node, "xfs", WRITABLE);
        }

        @Override
        void ask(Path node, long length) throws IOException {
            long group = big(node, GROUP_BLOCKS);
            long blocks = Math.min(length / big(node, BLOCK_SIZE), (big(node, GROUPS) + MOST_NEW_GROUPS) * group);
            mounted(node, "xfs", WRITABLE, point -> {
                run("xfs_growfs", "-D", String.valueOf(blocks), point.toString());
                return 0L;
            });
            check(node);
        }

        private static long big(Path node, int field) throws IOException {
            return Integer.reverseBytes(little(node, field, Integer.BYTES).getInt(0)) & 0xFFFF_FFFFL;
        }

        @Override
        void check(Path node) throws IOException {
            Tool repair = Tool.run(List.of("xfs_repair", "-n", node.toString()));
            if (!repair.succeeded()) {
                throw failed("xfs_repair -n", repair.exit(), finding(repair));
            }
        }
    },
    F2FS {
        // For the sections that it keeps free to clean up with, which grow with its length: the tool tells none.
        private static final long ROOM = 64L << 20;

        private static final int BLOCK = 4096;
        // Of the superblock, at 1024: segments of a section, all blocks, the block where files begin.
        private static final int SEGMENTS_OF_A_SECTION = 1024 + 24;

        private static final int BLOCKS = 1024 + 36;
        private static final int MAIN_AREA = 1024 + 92;

        @Override
        long shortest(Path node) throws IOException {
            // resize.f2fs (1.15) writes on in the middle of a section then, which fsck.f2fs calls corrupt.
            if (little(node, SEGMENTS_OF_A_SECTION, Integer.BYTES).getInt(0) != 1) {
                return Long.MAX_VALUE;
            }
            String said = run("fsck.f2fs", "-f", "--dry-run", node.toString());
            long valid = Long.parseLong(
                    find(said, "valid_block_count matching with CP +\\[Ok\\.\\.\\] +\\[0x([0-9a-f]+)\\]")
                            .orElseThrow(() -> new IOException("fsck.f2fs does not tell the blocks in use: " + said)),
                    16);
            long tables = little(node, MAIN_AREA, Integer.BYTES).getInt(0); // blocks
            return (tables + valid) * BLOCK + valid * BLOCK / 8 + ROOM;
        }

        // To shrink it is a "safe" resize, which leaves the tables as long as they are; to grow these must grow too.
        @Override
        void resize(Path node, long length) throws IOException {
            long sectors = length / sectorSize(node);
            if (length < size(node)) {
                run("resize.f2fs", "-s", "-t", String.valueOf(sectors), node.toString());
            } else {
                run("resize.f2fs", "-t", String.valueOf(sectors), node.toString());
            }
            // Where it has no room to shrink, the tool (1.15) does nothing, and says that all went well.
            if (little(node, BLOCKS, Long.BYTES).getLong(0) > length / BLOCK) {
                throw failed("resize.f2fs", 0, "it left the file system as long as it was, without a word");
            }
        }

        // The tool has no dry run, and ends in the midst of its work (SIGSEGV) where the file system is read-only (-O
        // ro).
        @Override
        void ask(Path node, long length) throws IOException {
            check(node);
            resize(node, length);
            check(node);
        }

        private static long sectorSize(Path node) throws IOException {
            return Long.parseLong(
                    Files.readString(Path.of("/sys/block", node.getFileName().toString(), "queue/logical_block_size"))
                            .strip());
        }

        @Override
        void check(Path node) throws IOException {
            run("fsck.f2fs", "-f", "--dry-run", node.toString());
        }
    };

    /** The kernel gives a Btrfs no other size below this, whether that is less or more (btrfs_ioctl_resize). */
    static final long LEAST_BTRFS = 256L << 20;

    /** A balance would go on by itself, and so do discards since Linux 6.2: within LUKS these would be zeros, written enciphered. */
    static final String WRITABLE_BTRFS = "rw,skip_balance,nodiscard";

    /** How short the file system can become, by its own reckoning. */
    abstract long shortest(Path node) throws IOException;

    /** Makes the file system {@code length} octets long; the device is at least as long. */
    abstract void resize(Path node, long length) throws IOException;

    /** Why this kernel does not mount what must be mounted to be written to; it may read what it does not write. */
    Optional<String> unmountable(Path node) throws IOException {
        return Optional.empty();
    }

    /**
     * Whether the tool would do that, as far as it can be asked, and would find it sound; on an overlay, as long as the longer one of both.
     *
     * @throws ImageFailure when it would not, with its words
     */
    abstract void ask(Path node, long length) throws IOException;

    /** Looks for damage and mends nothing. */
    abstract void check(Path node) throws IOException;

    /** Only for a file system of which {@link Elasticity} says that it is not fixed. */
    static FileSystemTool of(FileSystem fileSystem) {
        return switch (fileSystem) {
            case EXT2, EXT3, EXT4 -> EXT;
            case NTFS -> NTFS;
            case BTRFS -> BTRFS;
            case XFS -> XFS;
            case F2FS -> F2FS;
            case FAT, EXFAT, SWAP, LUKS, BITLOCKER, LVM, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN ->
                throw new IllegalArgumentException("no tool for " + fileSystem);
        };
    }
}
