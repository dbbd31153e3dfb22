package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.KernelDisk;
import firstlight.image.disk.LoopDevice;
import firstlight.image.disk.Tool;
import firstlight.image.luks.KeyRing;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Disks as distributions lay them out, made by LVM's and the file systems' own tools. */
class NamingTest {
    private static final String PLANT =
            "mkdir -p \"$0\"/%1$s/etc && echo master > \"$0\"/%1$s/etc/hostname && mkdir \"$0\"/home";

    @TempDir
    Path folder;

    private static String run(String... command) throws IOException {
        Tool tool = Tool.run(List.of(command));
        assertThat(tool.succeeded()).as(tool.output()).isTrue();
        return tool.output();
    }

    @FunctionalInterface
    private interface OnNode {
        void use(Path node) throws IOException;
    }

    /** Whatever {@code options} mount of it. */
    private String mounted(String options, Path node, String script) throws IOException {
        Path point = Files.createTempDirectory(folder, "mount");
        run("mount", "-o", options, node.toString(), point.toString());
        try {
            return run("sh", "-ec", script, point.toString());
        } finally {
            run("umount", point.toString());
        }
    }

    private Path disk(OnNode work) throws IOException {
        Path file = folder.resolve("disk");
        run("truncate", "-s", "400M", file.toString());
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE)) {
            work.use(loop.node());
            run("blockdev", "--flushbufs", loop.node().toString());
        }
        return file;
    }

    private static void lvm(String command, Object node, String words) throws IOException {
        run(
                "sh",
                "-ec",
                command + " --driverloaded n --nohints --config 'backup{backup=0 archive=0}' --devices " + node + " "
                        + words);
    }

    /** A group of a volume with swap and one for a system, and no table around it. */
    private Path group(OnNode system) throws IOException {
        return disk(node -> {
            lvm("pvcreate", node, "-q " + node);
            lvm("vgcreate", node, "-q flr " + node);
            lvm("lvcreate", node, "-q --noudevsync -an -Zn -Wn -l 4 -n swap flr");
            lvm("lvcreate", node, "-q --noudevsync -an -Zn -Wn -l 90 -n root flr");
            run("blockdev", "--flushbufs", node.toString());
            root(node, Access.READ_WRITE, system);
        });
    }

    private static void root(Path node, Access access, OnNode work) throws IOException {
        try (Disk disk = BlockDevice.open(node, access);
                KernelDisk root = KernelDisk.attach(MappedDisk.on(disk).getLast(), access)) {
            work.use(root.node());
        }
    }

    private static String named(Path file) throws IOException {
        return named(file, KeyRing.empty());
    }

    private static String named(Path file, KeyRing keys) throws IOException {
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            return named(List.of(disk), keys);
        }
    }

    private static String named(List<Disk> disks, KeyRing keys) throws IOException {
        List<DiskImage> images = new ArrayList<>();
        for (Disk disk : disks) {
            Region all = new Region(0, 0, disk.size(), "", new Content.Swap(new UUID(0, 1), "", 4096));
            images.add(new DiskImage(disk.size(), 512, PartitionTable.read(disk).sectors(), List.of(all)));
        }
        return new Naming(new RestoredSystem("room12-pc7", Optional.empty(), "", ""), keys)
                .apply(new Manifest(Instant.EPOCH, "test", images, List.of()), disks, Set.of());
    }

    /** Its table may be what the disk had before it became a part of an array. */
    @Test
    void whatWasCapturedWholeIsNotNamedByTheTableThatIsThere() throws IOException {
        Path file = disk(node -> run("sh", "-ec", "printf 'label: gpt\\nsize=300M\\n' | sfdisk -q " + node));
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            Region all = new Region(0, 0, disk.size(), "", new Content.Swap(new UUID(0, 1), "", 4096));
            DiskImage image = new DiskImage(disk.size(), 512, TableSectors.NONE, List.of(all));
            assertThat(new Naming(new RestoredSystem("room12-pc7", Optional.empty(), "", ""), KeyRing.empty())
                            .apply(
                                    new Manifest(Instant.EPOCH, "test", List.of(image), List.of()),
                                    List.of(disk),
                                    Set.of()))
                    .startsWith(", no system on it to be named room12-pc7: " + loop.node() + " was captured whole");
        }
    }

    /** As when a second disk was added to a server's group: the volume goes on there. */
    @Test
    void aSystemInAVolumeOnTwoDisksGetsItsName() throws IOException {
        Path file = disk(node -> {});
        Path other = folder.resolve("other");
        run("truncate", "-s", "100M", other.toString());
        try (LoopDevice one = LoopDevice.attach(file, 512, Access.READ_WRITE);
                LoopDevice two = LoopDevice.attach(other, 512, Access.READ_WRITE)) {
            String both = one.node() + "," + two.node();
            lvm("pvcreate", both, "-q " + one.node() + " " + two.node());
            lvm("vgcreate", both, "-q flr " + one.node() + " " + two.node());
            lvm("lvcreate", both, "-q --noudevsync -an -Zn -Wn -l 4 -n swap flr " + two.node());
            lvm("lvcreate", both, "-q --noudevsync -an -Zn -Wn -l 30 -i 2 -n root flr");
            run("blockdev", "--flushbufs", one.node().toString(), two.node().toString());
            try (Disk first = BlockDevice.open(one.node(), Access.READ_WRITE);
                    Disk second = BlockDevice.open(two.node(), Access.READ_WRITE)) {
                List<MappedDisk> found = new ArrayList<>(MappedDisk.on(first, List.of(second)));
                found.addAll(MappedDisk.on(second, List.of(first)));
                assertThat(found).extracting(MappedDisk::name).containsExactlyInAnyOrder("flr/swap", "flr/root");
                MappedDisk volume = found.stream()
                        .filter(each -> each.name().equals("flr/root"))
                        .findFirst()
                        .orElseThrow();
                try (KernelDisk root = KernelDisk.attach(volume, Access.READ_WRITE)) {
                    run("mkfs.ext4", "-q", root.node().toString());
                    mounted("rw", root.node(), PLANT.formatted("."));
                }
                assertThat(named(List.of(first), KeyRing.empty()))
                        .contains("those with a part on a disk that was not restored or on one of two clones, are not");
                assertThat(named(List.of(second, first), KeyRing.empty()))
                        .isEqualTo(", named room12-pc7 (in flr/root)");
                try (KernelDisk root = KernelDisk.attach(volume, Access.READ_WRITE)) {
                    assertThat(mounted("ro", root.node(), "cat \"$0\"/etc/hostname"))
                            .contains("room12-pc7");
                }
            }
        }
    }

    /** Which of four disks belong together nothing tells: no name rather than one that goes to half of each. */
    @Test
    void ofAVolumeOnTwoDisksAndItsCloneNeitherGetsAName() throws IOException {
        run(
                "truncate",
                "-s",
                "100M",
                folder.resolve("a").toString(),
                folder.resolve("b").toString());
        try (LoopDevice one = LoopDevice.attach(folder.resolve("a"), 512, Access.READ_WRITE);
                LoopDevice two = LoopDevice.attach(folder.resolve("b"), 512, Access.READ_WRITE)) {
            String both = one.node() + "," + two.node();
            lvm("pvcreate", both, "-q " + one.node() + " " + two.node());
            lvm("vgcreate", both, "-q flr " + one.node() + " " + two.node());
            lvm("lvcreate", both, "-q --noudevsync -an -Zn -Wn -l 30 -i 2 -n root flr");
            run("blockdev", "--flushbufs", one.node().toString(), two.node().toString());
            try (Disk first = BlockDevice.open(one.node(), Access.READ_WRITE);
                    Disk second = BlockDevice.open(two.node(), Access.READ_WRITE);
                    KernelDisk root = KernelDisk.attach(
                            MappedDisk.on(first, List.of(second)).getFirst(), Access.READ_WRITE)) {
                run("mkfs.ext4", "-q", root.node().toString());
                mounted("rw", root.node(), PLANT.formatted("."));
            }
        }
        run("sh", "-ec", "cd '%s'; cp --sparse=always a c; cp --sparse=always b d".formatted(folder));
        List<Path> files = Stream.of("a", "b", "c", "d").map(folder::resolve).toList();
        List<byte[]> before = new ArrayList<>();
        try (Disk a = DiskFile.open(files.get(0), 512, Access.READ_WRITE);
                Disk b = DiskFile.open(files.get(1), 512, Access.READ_WRITE);
                Disk c = DiskFile.open(files.get(2), 512, Access.READ_WRITE);
                Disk d = DiskFile.open(files.get(3), 512, Access.READ_WRITE)) {
            for (Path file : files) {
                before.add(Files.readAllBytes(file));
            }
            assertThat(named(List.of(a, b, c, d), KeyRing.empty())).contains("no system", "one of two clones");
        }
        for (int i = 0; i < files.size(); i++) {
            assertThat(Files.readAllBytes(files.get(i))).isEqualTo(before.get(i));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"mkfs.ext4 -q", "mkfs.xfs -q"})
    void aSystemInALogicalVolumeGetsItsName(String make) throws IOException {
        Path file = group(node -> {
            run("sh", "-c", make + " " + node);
            mounted("rw", node, PLANT.formatted("."));
        });
        assertThat(named(file)).isEqualTo(", named room12-pc7 (in flr/root)");
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE)) {
            root(
                    loop.node(),
                    Access.READ_WRITE,
                    node -> assertThat(mounted("ro", node, "cat \"$0\"/etc/hostname"))
                            .contains("room12-pc7"));
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"@, @", "root, root", "@rootfs, @rootfs", "tree/now, ''", "linux, linux"})
    void aSystemInASubvolumeGetsItsName(String subvolume, String option) throws IOException {
        boolean isDefault = option.isEmpty();
        Path file = disk(node -> {
            run("mkfs.btrfs", "-q", node.toString());
            mounted(
                    "rw",
                    node,
                    ("""
                            case %1$s in tree/*) btrfs subvolume create "$0"/tree;; esac
                            btrfs subvolume create "$0"/%1$s
                            """ + PLANT).formatted(subvolume)
                            + (isDefault ? "; btrfs subvolume set-default \"$0\"/" + subvolume : ""));
        });
        assertThat(named(file)).isEqualTo(", named room12-pc7");
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE)) {
            assertThat(mounted("ro,subvol=/" + subvolume, loop.node(), "cat \"$0\"/etc/hostname"))
                    .contains("room12-pc7");
        }
    }

    @Test
    void ofAnEncryptedPartitionItIsSaidThatNobodyCanLookIntoIt() throws IOException {
        Path file = disk(node -> run(
                "sh",
                "-ec",
                "echo secret | cryptsetup luksFormat -q --type luks2 --pbkdf pbkdf2 --pbkdf-force-iterations 1000 "
                        + node));
        assertThat(named(file)).isEqualTo(", no system on it to be named room12-pc7: the whole disk is encrypted");
    }

    /** Deciphered afterwards by cryptsetup, not by our own cipher. */
    @Test
    void aSystemInAnEncryptedPartitionGetsItsNameWhereItsKeyIsKnown() throws IOException {
        Path file = disk(node -> {
            run("mkfs.ext4", "-q", "-b", "4096", node.toString());
            mounted("rw", node, PLANT.formatted("."));
        });
        run("sh", "-ec", """
                cd '%s'; printf secret > key; truncate -s +32M disk
                cryptsetup reencrypt -q --encrypt --type luks2 --reduce-device-size 32M --pbkdf pbkdf2 \
                    --pbkdf-force-iterations 1000 --key-file key disk
                """.formatted(folder));
        assertThat(named(file, new KeyRing(uuid -> List.of("secret".getBytes(StandardCharsets.UTF_8)))))
                .isEqualTo(", named room12-pc7");
        run(
                "sh",
                "-ec",
                "cd '%s'; cryptsetup reencrypt -q --decrypt --force-offline-reencrypt --header header --key-file key disk"
                        .formatted(folder));
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE)) {
            run("e2fsck", "-f", "-n", loop.node().toString());
            assertThat(mounted("ro", loop.node(), "cat \"$0\"/etc/hostname")).contains("room12-pc7");
        }
    }

    /** Its kernel would go on with what it had in memory of its file systems, and write over what was written since. */
    @Test
    void aSystemThatIsHibernatedStaysAsItIs() throws IOException {
        Path file = group(node -> {
            run("mkfs.ext4", "-q", node.toString());
            mounted("rw", node, PLANT.formatted("."));
        });
        try (LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE);
                KernelDisk swap = KernelDisk.attach(MappedDisk.on(disk).getFirst(), Access.READ_WRITE)) {
            run("sh", "-ec", """
                    mkswap -q %1$s
                    printf 'S1SUSPEND\\0' | dd of=%1$s bs=1 seek=4086 conv=notrunc,fsync status=none
                    """.formatted(swap.node()));
        }
        String before = run("sha256sum", file.toString());
        assertThat(named(file))
                .startsWith(", not named room12-pc7: a Linux is hibernated in flr/swap")
                .contains("shut down");
        assertThat(run("sha256sum", file.toString())).isEqualTo(before);
    }

    /** The other half would not have it, and nothing would tell. */
    @ParameterizedTest(name = "a file system of {0}")
    @CsvSource({"mkfs.ext4 -q, 390M, true", "mkfs.ext4 -q, '', false", "mkfs.btrfs -q -b 390M, '', true"})
    void halfOfAMirrorStaysAsItIs(String make, String length, boolean isHalf) throws IOException {
        Path file = disk(node -> {
            run("sh", "-ec", make + " " + node + " " + length);
            mounted("rw", node, PLANT.formatted("."));
        });
        long at = (((400L << 20) / 512 - 16) & ~7L) * 512;
        try (FileChannel disk = FileChannel.open(file, StandardOpenOption.WRITE)) {
            ByteBuffer superblock = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
            superblock.putInt(0, 0xA92B_4EFC).putInt(4, 1).putInt(72, 1).putLong(144, at / 512);
            disk.write(superblock, at);
        }
        String before = run("sha256sum", file.toString());
        if (isHalf) {
            assertThat(named(file)).contains("no system", "the whole disk is a part of an array (Linux raid)");
            assertThat(run("sha256sum", file.toString())).isEqualTo(before);
        } else {
            assertThat(named(file)).as("the superblock is left from earlier").isEqualTo(", named room12-pc7");
        }
    }

    @Test
    void aGroupWithoutASystemStaysAsItIs() throws IOException {
        Path file = group(node -> {
            run("mkfs.ext4", "-q", node.toString());
            mounted("rw", node, "echo data > \"$0\"/data");
        });
        String before = run("sha256sum", file.toString());
        assertThat(named(file))
                .isEqualTo(", no system on it to be named room12-pc7: thin volumes, and those with a part on a"
                        + " disk that was not restored or on one of two clones, are not looked into (the whole disk)");
        assertThat(run("sha256sum", file.toString())).isEqualTo(before);
    }
}
