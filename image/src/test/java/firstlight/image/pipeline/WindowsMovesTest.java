package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.windows.Moved;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** An MBR disk laid out as Windows does, with the hives that name its partitions and nothing else of Windows. */
class WindowsMovesTest {
    private static final long MIB = 1 << 20;
    private static final Moved MOVED = new Moved(0xB3EBA8F1, Map.of(101 * MIB, 201 * MIB));
    private static final String BCD = "Boot/BCD";
    private static final String SYSTEM = "Windows/System32/config/SYSTEM";

    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @Test
    void itsBootEntriesAndDriveLettersFollow() throws IOException {
        byte[] bcd = hive("bcd");
        byte[] system = hive("system");
        List<String> notes = restored(bcd, system);
        assertThat(notes)
                .singleElement()
                .asString()
                .startsWith(
                        "partitions moved, rewritten for Windows: BCD {fde483f1-1482-11e2-90a1-00505698002c} 11000001")
                .contains("MountedDevices \\DosDevices\\C:");
        assertThat(MOVED.follow(bcd)).hasSize(3);
        assertThat(MOVED.follow(system)).hasSize(2);
        isThere(bcd, system);
    }

    @Test
    void aHiveThatWindowsHadNotFinishedStaysAsItIs() throws IOException {
        byte[] bcd = hive("bcd");
        byte[] system = hive("system");
        system[4] ^= 1;
        system[0x1FC] ^= 1;
        assertThat(restored(bcd, system))
                .anyMatch(note -> note.startsWith(
                                "partition 2 (ntfs): the drive letters of a Windows in Windows\\System32\\config\\SYSTEM")
                        && note.contains("Disk Management"))
                .noneMatch(note -> note.contains("bcdboot"));
        assertThat(MOVED.follow(bcd)).hasSize(3);
        isThere(bcd, system);
    }

    /** Its index entry is there, its file record is not: the original was damaged, and the image has it so. */
    @Test
    void aFolderThatCannotBeReadIsToldAndTheDiskIsFinished() throws IOException {
        List<String> notes = restored(hive("bcd"), hive("system"), """
                blockdev --flushbufs ${1}p2
                record=$(ntfsinfo -f -F Windows/System32/config ${1}p2 | sed -n 's/^Dumping Inode \\([0-9]*\\).*/\\1/p')
                dd if=/dev/zero of=${1}p2 bs=1024 seek=$((16 + record)) count=1 conv=notrunc status=none
                """);
        assertThat(notes)
                .anyMatch(note -> note.startsWith("partition 2 (ntfs): the drive letters"))
                .anyMatch(note -> note.startsWith("partitions moved, rewritten for Windows"));
        assertThat(Shell.run("sfdisk -d '%s'".formatted(folder.resolve("target"))))
                .containsPattern("start= *411648, size= *40960");
    }

    /** Where Windows has one partition. */
    @Test
    void aBootEntryThatCannotBeRewrittenKeepsNoDriveLetterBack() throws IOException {
        byte[] bcd = hive("bcd");
        byte[] system = hive("system");
        bcd[0x30]++;
        Path source = source(
                "mkntfs -q -Q -F -p 206848 ${1}p2",
                root -> {
                    put(root.resolve(BCD), bcd);
                    put(root.resolve(SYSTEM), system);
                });
        assertThat(restored(source))
                .anyMatch(note -> note.startsWith("partition 1 (ntfs): the boot entries of a Windows in Boot\\BCD")
                        && note.contains("bcdboot"))
                .anyMatch(note -> note.contains("MountedDevices \\DosDevices\\C:"));
    }

    @Test
    void aDataVolumeThatCannotBeWrittenIsOfNoAccount() throws IOException {
        List<String> notes = restored(source("""
                mkntfs -q -Q -F -p 206848 ${1}p2; point=$(mktemp -d); ntfs-3g ${1}p2 $point
                (printf hibr; head -c 8188 /dev/zero) > $point/hiberfil.sys; umount $point; rmdir $point
                """, root -> put(root.resolve(BCD), hive("bcd"))));
        assertThat(notes).singleElement().asString().startsWith("partitions moved, rewritten for Windows: BCD {");
    }

    @Test
    void aHiveThatIsTooLargeIsTold() throws IOException {
        List<String> notes = restored(source(
                "mkntfs -q -Q -F -p 206848 ${1}p2",
                root -> {
                    put(root.resolve(SYSTEM), new byte[1]);
                    Shell.run("truncate -s 300M '%s'".formatted(root.resolve(SYSTEM)));
                }));
        assertThat(notes)
                .singleElement()
                .asString()
                .startsWith("partition 1 (ntfs): the drive letters")
                .contains("it has 300 MiB", "Disk Management");
    }

    /** Windows knows it by its place as any other, though nothing here can look into it. */
    @ParameterizedTest
    @ValueSource(
            strings = {"printf '\\353\\130\\220-FVE-FS-' | dd of=${1}p2 conv=notrunc status=none", "mkfs.exfat ${1}p2"})
    void whatIsNoNtfsMovesAsWell(String make) throws IOException {
        byte[] system = hive("system");
        assertThat(restored(source(make, root -> put(root.resolve(SYSTEM), system))))
                .singleElement()
                .asString()
                .contains("MountedDevices \\DosDevices\\C:");
    }

    @Test
    void whatMovedOnOneDiskIsToldToTheWindowsOnAnother() throws IOException {
        byte[] system = hive("system");
        Path first = new Lab(folder).disk("first", "40M");
        Lab.attached(first, 512, node -> {
            Shell.run("""
                    printf 'label: gpt\\nsize=30MiB\\n' | sfdisk -q %1$s
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s; mkntfs -q -Q -F %1$sp1
                    """.formatted(node));
            Lab.mounted("-t ntfs-3g", node + "p1", root -> put(root.resolve(SYSTEM), system));
        });
        Path second = source("mkntfs -q -Q -F -p 206848 ${1}p2", root -> {});
        List<Path> targets = List.of(new Lab(folder).disk("target1", "40M"), new Lab(folder).disk("target2", "230M"));
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                Disks from = Disks.of(List.of(first, second));
                Disks to = Disks.of(targets)) {
            Manifest manifest = new Capture(store.sink(), 2, "test")
                    .capture(from.disks(), Progress.SILENT)
                    .manifest();
            assertThat(new Restore(store.source(), 2)
                            .restore(manifest, to.disks(), Wishes.of(Map.of("grow", "1")), Progress.SILENT, said -> {})
                            .notes())
                    .anyMatch(note -> note.contains("MountedDevices \\DosDevices\\C:"));
        }
        assertThat(MOVED.follow(system)).hasSize(2);
        Lab.attached(
                targets.getFirst(),
                512,
                node -> Lab.mounted(
                        "-t ntfs-3g -o ro",
                        node + "p1",
                        root -> assertThat(Files.readAllBytes(root.resolve(SYSTEM)))
                                .isEqualTo(system)));
    }

    /** It comes with what the image knows, while an earlier restore has laid the others elsewhere. */
    @Test
    void aPartitionThatIsRestoredAloneIsToldWhereTheOthersAre() throws IOException {
        byte[] bcd = hive("bcd");
        Path source = source("mkntfs -q -Q -F -p 206848 ${1}p2", root -> put(root.resolve(BCD), bcd));
        Path target = new Lab(folder).disk("target", "230M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            try (Disks to = Disks.of(List.of(target))) {
                Restore restore = new Restore(store.source(), 2);
                assertThat(restore.restore(
                                        manifest,
                                        to.disks(),
                                        Wishes.of(Map.of("grow", "1")),
                                        Progress.SILENT,
                                        said -> {})
                                .notes())
                        .hasSize(1);
                assertThat(restore.restore(
                                        manifest,
                                        to.disks(),
                                        Wishes.of(Map.of("grow", "none", "partitions", "1")),
                                        Progress.SILENT,
                                        said -> {})
                                .notes())
                        .singleElement()
                        .asString()
                        .startsWith("partitions moved, rewritten for Windows: BCD {");
            }
        }
        assertThat(MOVED.follow(bcd)).isNotEmpty();
        Lab.attached(
                target,
                512,
                node -> Lab.mounted(
                        "-t ntfs-3g -o ro",
                        node + "p1",
                        root -> assertThat(Files.readAllBytes(root.resolve(BCD)))
                                .isEqualTo(bcd)));
    }

    /** Disks in files, as the kernel's. */
    private record Disks(List<LoopDevice> loops, List<Disk> disks) implements AutoCloseable {
        static Disks of(List<Path> files) throws IOException {
            Disks made = new Disks(new ArrayList<>(), new ArrayList<>());
            for (Path file : files) {
                LoopDevice loop = LoopDevice.attach(file, 512, Access.READ_WRITE);
                made.loops.add(loop);
                made.disks.add(BlockDevice.open(loop.node(), Access.READ_WRITE));
            }
            return made;
        }

        @Override
        public void close() throws IOException {
            for (Disk disk : disks) {
                disk.close();
            }
            for (LoopDevice loop : loops) {
                loop.close();
            }
        }
    }

    /** Some PC makers have the partition that a BIOS starts from in FAT32. */
    @Test
    void bootEntriesOnFatFollowAsWell() throws IOException {
        byte[] bcd = hive("bcd");
        Path source = new Lab(folder).disk("source", "130M");
        Files.write(folder.resolve("store.bcd"), bcd);
        Shell.run("""
                cd '%s'
                sfdisk -q source <<END
                label: dos
                label-id: 0xb3eba8f1
                start=1MiB, size=100MiB, type=c, bootable
                start=101MiB, size=20MiB, type=7
                END
                truncate -s 100M fat; mkfs.vfat -F 32 -h 2048 fat >/dev/null
                head -c 3000 /dev/urandom > noise; mcopy -i fat noise ::gap; mmd -i fat ::boot; mcopy -i fat noise ::boot/a
                mdel -i fat ::gap; mcopy -i fat store.bcd ::boot/bcd
                truncate -s 20M ntfs; mkntfs -q -Q -F -p 206848 ntfs
                dd if=fat of=source bs=1M seek=1 conv=notrunc status=none
                dd if=ntfs of=source bs=1M seek=101 conv=notrunc status=none
                """.formatted(folder));
        assertThat(restored(source))
                .singleElement()
                .asString()
                .startsWith("partitions moved, rewritten for Windows: BCD {");
        assertThat(MOVED.follow(bcd)).isNotEmpty();
        Shell.run("""
                cd '%s'; dd if=target of=back bs=1M skip=1 count=200 status=none
                fsck.vfat -n back; mcopy -i back ::boot/bcd back.bcd; mcopy -i back ::boot/a back.noise; cmp back.noise noise
                """.formatted(folder));
        assertThat(Files.readAllBytes(folder.resolve("back.bcd"))).isEqualTo(bcd);
    }

    /** Restores to a larger disk, where the first partition grows and the second moves; returns the notes. */
    private List<String> restored(byte[] bcd, byte[] system) throws IOException {
        return restored(bcd, system, "");
    }

    /** @param damage a script, to which the partitions' nodes are {@code ${1}p1} and {@code ${1}p2} */
    private List<String> restored(byte[] bcd, byte[] system, String damage) throws IOException {
        Path source = new Lab(folder).disk("source", "130M");
        Lab.attached(source, 512, node -> {
            Shell.run("""
                    sfdisk -q %1$s <<END
                    label: dos
                    label-id: 0xb3eba8f1
                    start=1MiB, size=100MiB, type=7, bootable
                    start=101MiB, size=20MiB, type=7
                    END
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    mkntfs -q -Q -F -p 2048 %1$sp1; mkntfs -q -Q -F -p 206848 %1$sp2
                    """.formatted(node));
            Lab.mounted("-t ntfs-3g", node + "p1", root -> put(root.resolve(BCD), bcd));
            Lab.mounted("-t ntfs-3g", node + "p2", root -> put(root.resolve(SYSTEM), system));
            Shell.run("set -- %s; %s".formatted(node, damage));
        });
        return restored(source);
    }

    /** @param second a script that makes {@code ${1}p2}; {@code fill} fills the first partition */
    private Path source(String second, Lab.OnNode fill) throws IOException {
        Path source = new Lab(folder).disk("source", "130M");
        Lab.attached(source, 512, node -> {
            Shell.run("""
                    set -- %s
                    sfdisk -q $1 <<END
                    label: dos
                    label-id: 0xb3eba8f1
                    start=1MiB, size=100MiB, type=7, bootable
                    start=101MiB, size=20MiB, type=7
                    END
                    partx -d $1 2>/dev/null || true; partx -a $1
                    mkntfs -q -Q -F -p 2048 ${1}p1; %s
                    """.formatted(node, second));
            Lab.mounted("-t ntfs-3g", node + "p1", fill);
        });
        return source;
    }

    private List<String> restored(Path source) throws IOException {
        Path target = new Lab(folder).disk("target", "230M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                    Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
                return new Restore(store.source(), 2)
                        .restore(manifest, List.of(disk), Wishes.of(Map.of("grow", "1")), Progress.SILENT, said -> {})
                        .notes();
            }
        }
    }

    private void isThere(byte[] bcd, byte[] system) throws IOException {
        Lab.attached(folder.resolve("target"), 512, node -> {
            Shell.run("partx -d %1$s 2>/dev/null || true; partx -a %1$s".formatted(node));
            assertThat(Shell.run("sfdisk -d " + node)).containsPattern("start= *411648, size= *40960");
            Lab.mounted(
                    "-t ntfs-3g -o ro",
                    node + "p1",
                    root -> assertThat(Files.readAllBytes(root.resolve(BCD))).isEqualTo(bcd));
            Lab.mounted(
                    "-t ntfs-3g -o ro",
                    node + "p2",
                    root -> assertThat(Files.readAllBytes(root.resolve(SYSTEM))).isEqualTo(system));
            Shell.run("ntfsfix -n %1$sp1 && ntfsfix -n %1$sp2".formatted(node));
        });
    }

    private static void put(Path file, byte[] octets) throws IOException {
        Files.createDirectories(file.getParent());
        Files.write(file, octets);
    }

    private static byte[] hive(String name) throws IOException {
        try (InputStream file = WindowsMovesTest.class.getResourceAsStream("/hives/" + name)) {
            return Objects.requireNonNull(file).readAllBytes();
        }
    }
}
