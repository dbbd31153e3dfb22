package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.capture.IfUnreadable;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Disks that had another life before, from which superblocks are left. */
class OldMarksTest extends OnLoopDevices {
    private static final int SIZE = 40 << 20;

    private Path source;

    @BeforeEach
    void aBlankDisk() throws IOException {
        source = new Lab(folder).disk("source", "40M");
    }

    private Manifest capture() throws IOException {
        try (Disk disk = DiskFile.open(source, 512, Access.READ)) {
            return new Capture(store.sink(), 2, "test")
                    .capture(List.of(disk), Progress.SILENT)
                    .manifest();
        }
    }

    private void restore(Manifest manifest, Path target) throws IOException {
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            new Restore(store.source(), 2).restore(manifest, List.of(disk), Progress.SILENT);
        }
    }

    private static Content.Method method(Manifest manifest) {
        Region region = manifest.disks().getFirst().regions().getFirst();
        return ((Content.Blocks) region.content()).method();
    }

    private static void write(Path file, long offset, ByteBuffer octets) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(octets, offset);
        }
    }

    /** Version 1.x. */
    private static ByteBuffer raidSuperblock(long offset, int level) {
        ByteBuffer superblock = ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN);
        return superblock.putInt(0, 0xA92B_4EFC).putInt(4, 1).putInt(72, level).putLong(144, offset / 512);
    }

    private static long superblockAtEnd(long size) {
        return ((size / 512 - 16) & ~7L) * 512;
    }

    @Test
    void whatIsAnArrayNowAndWasSwapOnceIsTakenWhole() throws IOException {
        Shell.run("mkswap -q '%1$s'; head -c 5M /dev/urandom | dd of='%1$s' bs=1M seek=8 conv=notrunc status=none"
                .formatted(source));
        write(source, 4096, raidSuperblock(4096, 5));
        Manifest manifest = capture();
        assertThat(method(manifest)).isEqualTo(Content.Method.RAW);
        assertThat(manifest.notes()).singleElement().asString().contains("the marks of swap and linux_raid_member");
        Path target = new Lab(folder).disk("target", "40M");
        restore(manifest, target);
        Shell.run("cmp '%s' '%s'".formatted(source, target));
    }

    @Test
    void whatIsACacheNowAndWasSwapOnceIsTakenWhole() throws IOException {
        Shell.run("mkswap -q '%s'".formatted(source));
        write(source, 4096 + 24, ByteBuffer.wrap(new byte[] {
            (byte) 0xC6, (byte) 0x85, 0x73, (byte) 0xF6, 0x4E, 0x1A, 0x45, (byte) 0xCA
        }));
        assertThat(capture().notes()).singleElement().asString().contains("the marks of swap and bcache");
    }

    @Test
    void anExt4OverABtrfsIsNotTakenForIt() throws IOException {
        Shell.run("""
                truncate -s 200M '%1$s'
                mkfs.btrfs -q '%1$s'
                mkfs.ext4 -q -F -E nodiscard -O ^resize_inode '%1$s'
                """.formatted(source));
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(method(manifest)).isEqualTo(Content.Method.RAW);
        assertThat(manifest.notes()).singleElement().asString().contains("the marks of btrfs and ext4");
    }

    @Test
    void aMirrorWithItsSuperblockAtTheEndIsTakenByItsFileSystemAndKeepsItsSize() throws IOException {
        Shell.run("mkfs.ext4 -q -F '%s' 39M".formatted(source));
        write(source, superblockAtEnd(SIZE), raidSuperblock(superblockAtEnd(SIZE), 1));
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(manifest.notes()).singleElement().asString().contains("a part of a mirror");
        assertThat(manifest.usedBytes()).isLessThan(20L << 20);
        Path target = new Lab(folder).disk("target", "60M");
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            new Restore(store.source(), 2).restore(manifest, List.of(disk), Progress.SILENT);
        }
        Shell.run("cmp -n 40M '%s' '%s'".formatted(source, target));
    }

    @ParameterizedTest
    @ValueSource(strings = {"gpt", "dos"})
    void aDiskThatIsAPartOfAnArrayNowAndWasPartitionedOnceIsTakenWhole(String label) throws IOException {
        Shell.run("""
                printf 'label: %2$s\\n,20M\\n' | sfdisk -q '%1$s'
                head -c 30M /dev/urandom | dd of='%1$s' bs=1M seek=2 conv=notrunc status=none
                """.formatted(source, label));
        write(source, 4096, raidSuperblock(4096, 5));
        Manifest manifest = capture();
        assertThat(manifest.notes()).last().asString().contains("Linux raid of whole disks", "taken as it is");
        Path target = new Lab(folder).disk("target", "40M");
        restore(manifest, target);
        Shell.run("cmp '%s' '%s'".formatted(source, target));
    }

    private record Told(Disk disk, AtomicInteger times) implements DiskOver {
        @Override
        public void tableChanged() {
            times.incrementAndGet();
        }
    }

    /** Scripts and add-ons after the restore go by its nodes. */
    @Test
    void theKernelIsToldOfTheTableThatIsInWhatWasTakenWhole() throws IOException {
        Shell.run("printf 'label: dos\\nstart=8MiB, size=20M\\n' | sfdisk -q '%s'".formatted(source));
        write(source, 4096, raidSuperblock(4096, 5));
        Manifest manifest = capture();
        Path target = new Lab(folder).disk("target", "40M");
        AtomicInteger times = new AtomicInteger();
        try (Disk disk = new Told(DiskFile.open(target, 512, Access.READ_WRITE), times)) {
            new Restore(store.source(), 2).restore(manifest, List.of(disk), Progress.SILENT);
        }
        assertThat(times).hasValue(1);
    }

    @ParameterizedTest
    @CsvSource({"gpt, AF9B60A0-1431-4F62-BC68-3311714A69AD", "dos, 42"})
    void whatLiesBehindTheFirstVolumeOfADynamicDiskIsNotLost(String label, String type) throws IOException {
        Shell.run("""
                truncate -s 200M '%1$s'
                printf 'label: %2$s\\nsize=190M, type=%3$s\\n' | sfdisk -q '%1$s'
                mkfs.ext4 -q -F -E offset=1048576 '%1$s' 20M
                head -c 1M /dev/urandom | dd of='%1$s' bs=1M seek=80 conv=notrunc status=none
                """.formatted(source, label, type));
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(manifest.notes()).singleElement().asString().contains("partition 1", "dynamic disk of Windows");
        Path target = new Lab(folder).disk("target", "200M");
        restore(manifest, target);
        Shell.run("cmp '%s' '%s'".formatted(source, target));
    }

    /** VMFS begins at 1 MiB of its partition, and leaves the start as it was. */
    @ParameterizedTest
    @CsvSource({"gpt, AA31E02A-400F-11DB-9590-000C2911D1B8", "gpt, 4EB2EA39-7855-4790-A79E-FAE495E21F8D", "dos, fb"})
    void aDatastoreOfEsxiOverAnOlderFileSystemIsTakenWhole(String label, String type) throws IOException {
        Shell.run("""
                printf 'label: %2$s\\nsize=30M, type=%3$s\\n' | sfdisk -q '%1$s'
                mkfs.ext4 -q -F -E offset=1048576 '%1$s' 30M
                head -c 1M /dev/urandom | dd of='%1$s' bs=1M seek=20 conv=notrunc status=none
                """.formatted(source, label, type));
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(manifest.notes()).singleElement().asString().contains("partition 1", "(VMFS)", "(ext4) is left");
        Path target = new Lab(folder).disk("target", "40M");
        restore(manifest, target);
        Shell.run("cmp '%s' '%s'".formatted(source, target));
    }

    @Test
    void aStripeWithItsSuperblockAtTheEndIsTakenWhole() throws IOException {
        Shell.run("mkfs.ext4 -q -F '%s' 20M".formatted(source));
        write(source, superblockAtEnd(SIZE), raidSuperblock(superblockAtEnd(SIZE), 0));
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(manifest.notes()).singleElement().asString().contains("a part of an array");
        assertThat(manifest.usedBytes()).isEqualTo(SIZE);
    }

    /** How one boots from a mirror of whole disks: its GPT has the backup where the array ends, before the superblock. */
    @Test
    void aMirrorOfWholeDisksWithAGptOnItIsTakenWholeWithItsSuperblock() throws IOException {
        Shell.run("""
                truncate -s 39M '%1$s.array'; printf 'label: gpt\\n,20M\\n' | sfdisk -q '%1$s.array'
                dd if='%1$s.array' of='%1$s' conv=notrunc status=none
                """.formatted(source));
        write(source, superblockAtEnd(SIZE), raidSuperblock(superblockAtEnd(SIZE), 1));
        Manifest manifest = capture();
        assertThat(manifest.notes()).last().asString().contains("Linux raid of whole disks", "taken as it is");
        Path target = new Lab(folder).disk("target", "40M");
        restore(manifest, target);
        Shell.run("cmp '%s' '%s'".formatted(source, target));
    }

    /** Their table's backup is where the array ends; in its place at the disk's end a restore would write over what makes the array. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "GEOM::MIRROR, 1, a mirror of FreeBSD's",
        "'Intel Raid ISM Cfg Sig. 1.1.00', 2, a RAID of the firmware's"
    })
    void aMirrorOfWholeDisksOfAnotherKindIsTakenWholeWithItsMetadata(String mark, int fromEnd, String words)
            throws IOException {
        Shell.run("""
                truncate -s 39M '%1$s.array'; printf 'label: gpt\\n,20M\\n' | sfdisk -q '%1$s.array'
                dd if='%1$s.array' of='%1$s' conv=notrunc status=none
                """.formatted(source));
        write(source, SIZE - 512L * fromEnd, ByteBuffer.wrap(mark.getBytes(StandardCharsets.US_ASCII)));
        Manifest manifest = capture();
        assertThat(manifest.notes()).last().asString().contains("the metadata of " + words, "taken as it is");
        Path target = new Lab(folder).disk("target", "40M");
        restore(manifest, target);
        Shell.run("cmp '%s' '%s'".formatted(source, target));
    }

    /** A copy on a larger disk that was in use: what lies at its end is of no account. */
    @Test
    void aTableWhoseBackupIsNotAtTheDisksEndIsBelievedWhateverElseIsThere() throws IOException {
        Shell.run("""
                tr '\\0' z < '%1$s' > '%1$s.z'; mv '%1$s.z' '%1$s'
                truncate -s 39M '%1$s.copied'; printf 'label: gpt\\n,20M\\n' | sfdisk -q '%1$s.copied'
                dd if='%1$s.copied' of='%1$s' conv=notrunc status=none
                """.formatted(source));
        assertThat(capture().notes())
                .singleElement()
                .asString()
                .contains("the backup partition table", "not at its end");
    }

    /** ZFS leaves the first 8 KiB of a disk, UFS 64: also the table of another life. */
    @ParameterizedTest
    @CsvSource({"zfs_member, dos", "ufs, dos", "ufs, gpt"})
    void aPoolOrFileSystemOnTheBareDiskThatWasPartitionedOnceIsTakenWhole(String what, String label)
            throws IOException {
        Shell.run("printf 'label: %2$s\\n,20M\\n' | sfdisk -q '%1$s'; mkfs.ext4 -q -F -E offset=1048576 '%1$s' 20M"
                .formatted(source, label));
        if (what.equals("ufs")) {
            write(source, 65536 + 1372, ByteBuffer.wrap(new byte[] {0x19, 0x01, 0x54, 0x19}));
        } else {
            byte[] label0 = "\1\1\0\0........pool_guid".getBytes(StandardCharsets.US_ASCII);
            write(source, 16384, ByteBuffer.wrap(label0));
        }
        Manifest manifest = capture();
        assertThat(manifest.notes()).singleElement().asString().contains("the mark of " + what, "taken as it is");
        assertThat(manifest.usedBytes()).isEqualTo(SIZE);
        // What is told as the cure is one.
        String note = manifest.notes().getFirst();
        Shell.run(note.substring(note.indexOf('\'') + 1, note.lastIndexOf('\'')).replace("of=", "conv=notrunc of="));
        assertThat(capture().notes()).noneMatch(each -> each.contains("the mark of"));
    }

    @Test
    void aVolumeGroupOnAMirrorWithItsSuperblockAtTheEndKeepsItsSize() throws IOException {
        Lab.attached(source, 512, node -> {
            LvmResizeTest.lvm("pvcreate -q --setphysicalvolumesize 38M " + node, node);
            LvmResizeTest.lvm("vgcreate -q -s 1M flmirror " + node, node);
            LvmResizeTest.lvm("lvcreate -q --noudevsync -an -Zn -Wn -l 20 -n data flmirror", node);
        });
        write(source, superblockAtEnd(SIZE), raidSuperblock(superblockAtEnd(SIZE), 1));
        Manifest manifest = Lab.image(source, 512, store);
        Path target = new Lab(folder).disk("target", "60M");
        List<String> said = new ArrayList<>();
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            new Restore(store.source(), 2).restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add);
        }
        assertThat(said).anyMatch(words -> words.contains("a part of a mirror"));
        Shell.run("cmp -n 40M '%s' '%s'".formatted(source, target));
    }

    @Test
    void aVolumeGroupOnAStripeWithItsSuperblockAtTheEndIsTakenWhole() throws IOException {
        Lab.attached(source, 512, node -> {
            LvmResizeTest.lvm("pvcreate -q --setphysicalvolumesize 38M " + node, node);
            LvmResizeTest.lvm("vgcreate -q -s 1M flstripe " + node, node);
        });
        write(source, superblockAtEnd(SIZE), raidSuperblock(superblockAtEnd(SIZE), 0));
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(manifest.usedBytes()).isEqualTo(SIZE);
    }

    @Test
    void ofAMirrorNoFilesAreLeftOutAndThatIsSaid() throws IOException {
        Shell.run("mkfs.ext4 -q -F '%s' 39M".formatted(source));
        write(source, superblockAtEnd(SIZE), raidSuperblock(superblockAtEnd(SIZE), 1));
        CaptureOptions options = new CaptureOptions(IfLocked.RAW, List.of("/secret/*"), Passphrases.NONE);
        assertThat(Lab.captured(source, options, store).notes())
                .anyMatch(note -> note.contains("of what keeps its size none are left out"));
    }

    /** Half of an ESP's mirror: of a table with zeros in it clusters in use would count as free. */
    @Test
    void theMapOfAMirrorIsNotBelievedWhereItCouldNotBeRead() throws IOException {
        Shell.run("""
                mkfs.vfat -F 16 '%1$s' 39936 >/dev/null
                head -c 3000000 /dev/urandom > '%1$s.noise'; mcopy -i '%1$s' '%1$s.noise' ::noise
                """.formatted(source));
        write(source, superblockAtEnd(SIZE), raidSuperblock(superblockAtEnd(SIZE), 1));
        int reserved = Integer.parseInt(
                Shell.run("od -An -tu2 -j14 -N2 '%s'".formatted(source)).strip());
        CaptureOptions options = new CaptureOptions(IfLocked.RAW, IfUnreadable.ZERO, List.of(), Passphrases.NONE);
        try (Disk disk = new BadSectors(DiskFile.open(source, 512, Access.READ), List.of((long) reserved))) {
            Manifest manifest = new Capture(store.sink(), 2, "test")
                    .capture(Capture.plan(List.of(disk), options, Progress.SILENT), Progress.SILENT)
                    .manifest();
            assertThat(manifest.usedBytes()).isEqualTo(SIZE);
            assertThat(manifest.notes()).anyMatch(note -> note.contains("that tell what is in use cannot be read"));
        }
    }

    @Test
    void aSuperblockThatTheFileSystemReachesOverIsOfNoAccount() throws IOException {
        Shell.run("mkfs.ext4 -q -F '%s'".formatted(source));
        write(source, superblockAtEnd(SIZE), raidSuperblock(superblockAtEnd(SIZE), 1));
        Manifest manifest = Lab.image(source, 512, store);
        assertThat(method(manifest)).isEqualTo(Content.Method.USED_BLOCKS);
        assertThat(manifest.notes()).isEmpty();
    }

    @Test
    void swapOfAMirrorIsTakenWhole() throws IOException {
        Shell.run("mkswap -q '%s'".formatted(source));
        write(source, superblockAtEnd(SIZE), raidSuperblock(superblockAtEnd(SIZE), 1));
        assertThat(capture().notes()).singleElement().asString().contains("a part of an array");
    }

    @Test
    void whatIsLeftOnTheTargetWhereThePartitionIsFreeDoesNotComeBack() throws IOException {
        Shell.run("sgdisk -n 1:2048:+20M '%s' >/dev/null".formatted(source));
        Lab.attached(source, 512, node -> Shell.run("mkswap -q %sp1".formatted(node)));
        Path target = new Lab(folder).disk("target", "40M");
        Shell.run("head -c 40M /dev/urandom > '%s'".formatted(target));
        Manifest manifest = capture();
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            new Restore(store.source(), 2).restore(manifest, List.of(untrimmed(disk)), Progress.SILENT);
        }
        Shell.run("cmp -i %d:0 -n 512K '%s' /dev/zero".formatted((21 << 20) - (512 << 10), target));
    }

    @Test
    void aChosenPartitionThatStaysShorterThanTheDisksKeepsNoMarkAtTheDisksEnd() throws IOException {
        Shell.run("sgdisk -n 1:2048:+20M '%s' >/dev/null".formatted(source));
        Lab.attached(source, 512, node -> Shell.run("mkswap -q %sp1".formatted(node)));
        Manifest manifest = capture();
        Path target = new Lab(folder).disk("target", "40M");
        Shell.run("sgdisk -n 1:2048:+30M '%s' >/dev/null".formatted(target));
        long member = superblockAtEnd(31L << 20);
        write(target, member, raidSuperblock(member - (1 << 20), 1));
        byte[] behind = {1};
        write(target, 31L << 20, ByteBuffer.wrap(behind));
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            new Restore(store.source(), 2)
                    .restore(
                            manifest,
                            List.of(disk),
                            new Wishes(Set.of(1), Wishes.AS_IT_WAS.grow()),
                            Progress.SILENT,
                            _ -> {});
        }
        Shell.run("cmp -i %d:0 -n 256 '%s' /dev/zero".formatted(member, target));
        Shell.run("test $(od -An -tu1 -j %d -N 1 '%s') = 1".formatted(31 << 20, target));
        Lab.attached(target, 512, node -> Shell.run("blkid -p %sp1 | grep 'TYPE=\"swap\"'".formatted(node)));
    }

    @Test
    void whatAPcBecameSinceItsLastRestoreDoesNotComeBackWhereTheImageIsFree() throws IOException {
        Shell.run("sgdisk -n 1:2048:+10M -n 2:0:+20M '%s' >/dev/null".formatted(source));
        Shell.run("head -c 10M /dev/urandom | dd of='%s' bs=1M seek=1 conv=notrunc status=none".formatted(source));
        Lab.attached(source, 512, node -> Shell.run("mkswap -q %sp2".formatted(node)));
        Manifest manifest = capture();
        Path target = new Lab(folder).disk("target", "60M");
        restore(manifest, target);
        long member = superblockAtEnd(31L << 20);
        write(target, member, raidSuperblock(member - (11 << 20), 1));
        long array = (60L << 20) - (64 << 10);
        write(
                target,
                array,
                ByteBuffer.allocate(256).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 0xA92B_4EFC));
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            var summary = new Restore(store.source(), 2).restore(manifest, List.of(untrimmed(disk)), Progress.SILENT);
            assertThat(summary.keptBytes()).isGreaterThan(9L << 20);
        }
        Shell.run("cmp -i %d:0 -n 256 '%s' /dev/zero".formatted(member, target));
        Shell.run("cmp -i %d:0 -n 256 '%s' /dev/zero".formatted(array, target));
        Shell.run("sgdisk --verify '%s' | grep 'No problems'".formatted(target));
        Lab.attached(target, 512, node -> Shell.run("blkid -p %sp2 | grep 'TYPE=\"swap\"'".formatted(node)));
    }

    /** Most disks that turn know no TRIM. */
    private static Disk untrimmed(Disk disk) {
        return (Disk) Proxy.newProxyInstance(
                Disk.class.getClassLoader(),
                new Class<?>[] {Disk.class},
                (_, method, arguments) -> method.getName().equals("discard") ? null : method.invoke(disk, arguments));
    }
}
