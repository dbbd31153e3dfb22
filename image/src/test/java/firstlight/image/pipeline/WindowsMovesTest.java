package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.Progress;
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
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
                .anyMatch(note -> note.startsWith("partition 2 (ntfs): the boot entries") && note.contains("bcdboot"));
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
                .anyMatch(note -> note.startsWith("partition 2 (ntfs): the boot entries") && note.contains("bcdboot"))
                .anyMatch(note -> note.startsWith("partitions moved, rewritten for Windows"));
        assertThat(Shell.run("sfdisk -d '%s'".formatted(folder.resolve("target"))))
                .containsPattern("start= *411648, size= *40960");
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
