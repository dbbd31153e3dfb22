package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.model.StageTime;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** File systems that are made anew where nothing can resize them: the same files, by the tools of others. */
class AnewTest {
    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    /** A partition of {@code mebibytes} and one behind it. */
    private String source(Path disk, int sectorSize, Format format, int mebibytes, String how) throws IOException {
        String[] tree = {""};
        Lab.attached(disk, sectorSize, node -> {
            Shell.run("""
                    sfdisk -q %1$s <<END
                    label: gpt
                    size=%2$dMiB, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name="data"
                    size=4MiB, type=E3C9E316-0B5C-4DB8-817D-F92DF00215AE, name="reserved"
                    END
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    head -c 4M /dev/urandom > %1$sp2
                    %3$s %1$sp1 >/dev/null
                    """.formatted(node, mebibytes, how));
            format.fill(Path.of(node + "p1"));
            tree[0] = format.describe(Path.of(node + "p1"));
        });
        return tree[0];
    }

    /** Such a file would have been met when the disk was erased and half of it written. */
    @Test
    void anExfatWithASizeBelowZeroStaysAsLongAsItIs() throws IOException {
        Path source = new Lab(folder).disk("source", "40M");
        source(source, 512, Format.EXFAT, 24, "mkfs.exfat");
        try (FileChannel file = FileChannel.open(source, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer octets = ByteBuffer.allocate(24 << 20);
            file.read(octets, 1 << 20);
            int at = 0;
            while (octets.get(at) != (byte) 0x85 || octets.get(at + 32) != (byte) 0xC0) { // a file, its stream
                at += 32;
            }
            file.write(ByteBuffer.wrap(new byte[] {(byte) 0x80}), (1 << 20) + at + 63);
        }
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            restored(Lab.image(source, 512, store), store, "80M", 512);
        }
        assertThat(said).anyMatch(words -> words.contains("size below zero"));
    }

    /** Not that the FAT is damaged, which would be no reason to begin with its disk. */
    @Test
    void whereTheServerIsGoneWhileAFatIsLookedThroughTheDiskStaysAsItWas() throws IOException {
        Path source = new Lab(folder).disk("source", "60M");
        source(source, 512, Format.FAT16, 40, "mkfs.vfat -F 16");
        Path target = new Lab(folder).usedDisk("target", "120M");
        String before = Lab.sha256(target);
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            Manifest manifest = Lab.image(source, 512, store);
            Restore restore = new Restore(
                    _ -> {
                        throw new ImageFailure("There is no server", "it does not answer", "Start it");
                    },
                    3);
            assertThatThrownBy(() -> restore.restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add))
                    .hasMessageContaining("There is no server");
        }
        assertThat(said).isEmpty();
        assertThat(Lab.sha256(target)).isEqualTo(before);
    }

    /** Its boot sector says where ldlinux.sys begins, and that where its other sectors are. */
    @Test
    void aFatThatStartsBySyslinuxDoesNotGrowAndWhereItShrinksTheResultSaysWhatToDo() throws IOException {
        Path source = new Lab(folder).disk("source", "60M");
        Shell.run("printf 'label: dos\nsize=50MiB, type=e, bootable\n' | sfdisk -q '%s'".formatted(source));
        Lab.attached(
                source,
                512,
                node -> Shell.run("mkfs.vfat -F 16 %1$sp1; printf SYSLINUX | dd of=%1$sp1 bs=1 seek=3 conv=notrunc"
                        .formatted(node)));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            Path larger = new Lab(folder).disk("larger", "120M");
            assertThat(notes(manifest, store, larger)).isEmpty();
            assertThat(said)
                    .anyMatch(words ->
                            words.startsWith("partition 1 (vfat) stays as long as it is: it starts by SYSLINUX"));
            Shell.run("cmp -i 1M -n 50M '%s' '%s'".formatted(source, larger));
            Path smaller = new Lab(folder).disk("smaller", "40M");
            assertThat(notes(manifest, store, smaller))
                    .singleElement()
                    .asString()
                    .contains("partition 1 (vfat) was made anew", "'syslinux --install'");
        }
    }

    private List<String> notes(Manifest manifest, ImageStore store, Path target) throws IOException {
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            said.clear();
            return new Restore(store.source(), 3)
                    .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add)
                    .notes();
        }
    }

    private Path restored(Manifest manifest, ImageStore store, String size, int sectorSize) throws IOException {
        Path target = new Lab(folder).usedDisk("target", size);
        try (LoopDevice loop = LoopDevice.attach(target, sectorSize, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            said.clear();
            RestoreSummary done = new Restore(store.source(), 3)
                    .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add);
            assertThat(done.verified()).isTrue();
            assertThat(done.fetchedBytes()).isPositive();
            StageTime last = done.stageTimes().getLast();
            boolean byFiles = String.join("\n", said).contains("file by file");
            assertThat(last.stage()).isEqualTo(byFiles ? "files" : "verify");
            assertThat(done.copiedBytes()).isEqualTo(byFiles ? last.octets() : 0);
            assertThat(last.millis()).isPositive();
        }
        return target;
    }

    private void isRight(Path target, Path source, int sectorSize, int oldSectorSize, Format format, String tree)
            throws IOException {
        Lab.attached(target, sectorSize, node -> {
            assertThat(Shell.run("sgdisk --verify " + node)).contains("No problems found");
            format.check(Path.of(node + "p1"));
            assertThat(format.describe(Path.of(node + "p1"))).isEqualTo(tree);
            Lab.attached(source, oldSectorSize, old -> {
                Shell.run("cmp %sp2 %sp2".formatted(node, old));
                String known = "blkid -p -o value -s UUID -s LABEL -s VERSION %sp1";
                assertThat(Shell.run(known.formatted(node))).isEqualTo(Shell.run(known.formatted(old)));
            });
        });
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"FAT12, FAT12, mkfs.vfat -F 12 -n TWELVE, 14, 512", "exFAT, EXFAT, mkfs.exfat -L data, 24, 512"})
    void growsAndShrinks(String name, Format format, String make, int mebibytes, int sectorSize) throws IOException {
        Path source = new Lab(folder).disk("source", mebibytes + 6 + "M");
        String tree = source(source, sectorSize, format, mebibytes, make);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, sectorSize, store);
            assertThat(manifest.notes()).isEmpty();
            for (String size : List.of(mebibytes - 2 + "M", 3 * mebibytes + "M")) {
                Path target = restored(manifest, store, size, sectorSize);
                assertThat(String.join("\n", said)).contains("is made anew, file by file", "partition 2 moves");
                isRight(target, source, sectorSize, sectorSize, format, tree);
            }
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "FAT16, FAT16, mkfs.vfat -F 16 -n SIXTEEN, 40, 512",
        "FAT32, FAT32, mkfs.vfat -F 32 -n THIRTYTWO, 80, 512",
        "FAT32 on 4Kn, FAT32, mkfs.vfat -F 32 -n THIRTYTWO, 300, 4096",
        "exFAT on 4Kn, EXFAT, mkfs.exfat -L data, 60, 4096",
    })
    @EnabledIfSystemProperty(named = "firstlight.matrix", matches = "all")
    void growsAndShrinksOfTheLongMatrix(String name, Format format, String make, int mebibytes, int sectorSize)
            throws IOException {
        growsAndShrinks(name, format, make, mebibytes, sectorSize);
    }

    @ParameterizedTest(name = "{0} from sectors of {4}")
    @CsvSource({
        "FAT12, FAT12, mkfs.vfat -F 12 -n TWELVE, 14, 4096",
        "FAT16, FAT16, mkfs.vfat -F 16 -n SIXTEEN, 40, 512",
    })
    void goesToOtherSectors(String name, Format format, String make, int mebibytes, int sectorSize) throws IOException {
        int other = 4096 + 512 - sectorSize;
        Path source = new Lab(folder).disk("source", mebibytes + 6 + "M");
        String tree = source(source, sectorSize, format, mebibytes, make);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, sectorSize, store);
            Path target = restored(manifest, store, mebibytes + 6 + "M", other);
            assertThat(String.join("\n", said)).contains("is made anew for sectors of " + other);
            isRight(target, source, other, sectorSize, format, tree);
        }
    }

    @ParameterizedTest(name = "{0} from sectors of {4}")
    @CsvSource({
        "FAT16, FAT16, mkfs.vfat -F 16 -n SIXTEEN -s 1, 40, 4096",
        "FAT32, FAT32, mkfs.vfat -F 32 -n THIRTYTWO, 300, 512",
        "FAT32, FAT32, mkfs.vfat -F 32 -n THIRTYTWO, 300, 4096",
        "exFAT, EXFAT, mkfs.exfat -L data, 60, 512",
        "exFAT, EXFAT, mkfs.exfat -L data, 60, 4096",
    })
    @EnabledIfSystemProperty(named = "firstlight.matrix", matches = "all")
    void goesToOtherSectorsOfTheLongMatrix(String name, Format format, String make, int mebibytes, int sectorSize)
            throws IOException {
        goesToOtherSectors(name, format, make, mebibytes, sectorSize);
    }

    /** What cp -a loses, or a careless copy: raw names, nanoseconds, projects, flags, access lists, rooms set aside, capabilities. */
    private static void plantHard(Path root) throws IOException {
        Tree.plant(root);
        Tree.plantAttributes(root);
        Shell.run("""
                cd '%s'
                printf x > "$(printf 'latin-\\344')"
                touch -d '2031-02-03 04:05:06.123456789' noise; touch -h -d '1999-01-01 00:00:00.5' deep/er/link
                setfattr -n system.posix_acl_access -v 0x0200000001000600ffffffff02000600d204000004000400ffffffff10000600ffffffff20000400ffffffff text
                setfattr -n system.posix_acl_default -v 0x0200000001000700ffffffff04000700ffffffff080007004d00000010000700ffffffff20000500ffffffff deep
                setfattr -n security.capability -v 0x0100000200200000000000000000000000000000 zeros
                fallocate -l 3M swapfile; mknod null c 1 3; mknod big b 259 200000
                mkdir projects; xfs_io -c 'chproj 4711' -c 'chattr +P' projects; echo in > projects/inherits
                mkdir late later; echo once > late/linked; ln late/linked later/linked; ln -s nowhere late/link
                xfs_io -c 'chproj 42' -c 'chattr +P' -c 'chattr +n' late; xfs_io -c 'chproj 43' -c 'chattr +P' later
                chmod 4755 empty; chattr +i etc/hostname; chattr +a deep; chown 5:6 -h 'odd names/broken'
                xfs_io -c 'chproj 44' -c 'chattr +P' -c 'chattr +n' .
                touch -d '2020-02-02 02:02:02.000000002' many .
                sync -f .
                """.formatted(root));
    }

    private static String describeHard(Path root) throws IOException {
        // A folder that was once larger keeps its length; its copy has what it needs.
        return Tree.describe(root).replaceAll("(?m)^(.* d \\d+ \\d+ \\d+) \\d+ ", "$1 ")
                + Shell.run("""
                cd '%s'
                getfattr -R -d -h -m - -e hex . 2>/dev/null | LC_ALL=C sort
                stat -c '%%n %%t %%T %%A' null big pipe; stat -c '%%b' swapfile
                for f in . projects projects/inherits noise late later late/linked; do xfs_io -r -c lsproj -c lsattr $f | tr -d '[:space:]'; done
                lsattr -d etc/hostname deep projects
                [ $(stat -c %%b huge) -lt 100 ] && [ $(stat -c %%b sparse) -lt 200 ] && echo holes are holes
                """.formatted(root));
    }

    @ParameterizedTest(name = "XFS of {0} MiB on a disk of {1}, sectors of {2} then {3}")
    @CsvSource({"500, 350M, 512, 512", "360, 362M, 512, 4096"})
    void xfsShrinksAndGoesToOtherSectors(int mebibytes, String size, int sectorSize, int other) throws IOException {
        Path source = new Lab(folder).disk("source", mebibytes + 2 + "M");
        String[] tree = {"", ""};
        String known =
                "blkid -p -o value -s UUID %1$sp1; xfs_db -r -c 'sb 0' -c 'p fname' %1$sp1; xfs_db -r -c version %1$sp1 | sed 's/.*= //; s/SECTOR,//'; xfs_db -r -c 'sb 0' -c 'p inodesize'"
                        + " %1$sp1";
        Lab.attached(source, sectorSize, node -> {
            Shell.run("""
                    printf 'label: gpt\nsize=%2$dMiB\n' | sfdisk -q %1$s
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    mkfs.xfs -q -L $'Gr\\303\\266\\303\\237e \\377$x' -m bigtime=0,rmapbt=1 -i size=1024 %1$sp1
                    """.formatted(node, mebibytes));
            Lab.mounted("", node + "p1", AnewTest::plantHard);
            Lab.mounted("-o ro", node + "p1", root -> tree[0] = describeHard(root));
            tree[1] = Shell.run(known.formatted(node));
        });
        assertThat(tree[0]).contains("holes are holes", "4711", "latin-");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, sectorSize, store);
            assertThat(manifest.notes()).isEmpty();
            Path target = restored(manifest, store, size, other);
            Lab.attached(target, other, node -> {
                Shell.run("xfs_repair -n %sp1".formatted(node));
                assertThat(Shell.run(known.formatted(node))).isEqualTo(tree[1]);
                Lab.mounted(
                        "-o ro",
                        node + "p1",
                        root -> assertThat(describeHard(root)).isEqualTo(tree[0]));
            });
            Path small = new Lab(folder).disk("small", "290M");
            refused(manifest, store, small, "too few");
        }
    }

    /** mkfs.xfs makes none with blocks below the disk's sectors. */
    @Test
    void anXfsOfBlocksThatAreShorterThanTheSectorsIsRefusedBeforeTheErase() throws IOException {
        Path source = new Lab(folder).disk("source", "322M");
        Lab.attached(source, 512, node -> Shell.run("""
                printf 'label: gpt\nsize=320MiB\n' | sfdisk -q %1$s
                partx -d %1$s 2>/dev/null || true; partx -a %1$s
                mkfs.xfs -q -b size=1024 %1$sp1
                """.formatted(node)));
        Path target = new Lab(folder).disk("target", "322M");
        Shell.run("head -c 2M /dev/urandom | dd of='%s' conv=notrunc status=none".formatted(target));
        String before = Lab.sha256(target);
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk disk = DiskFile.open(target, 4096, Access.READ_WRITE)) {
            Manifest manifest = Lab.image(source, 512, store);
            Restore restore = new Restore(store.source(), 3);
            assertThatThrownBy(() -> restore.restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add))
                    .hasMessageContaining("partition 1 (xfs) cannot be made anew in sectors of 4096 octets");
        }
        assertThat(Lab.sha256(target)).isEqualTo(before);
    }

    /** Not anew but by its own tool; here because its files, too, are read with the tools of others. */
    @ParameterizedTest(name = "F2FS on sectors of {0}")
    @ValueSource(ints = {512})
    void f2fsShrinksAndGrows(int sectorSize) throws IOException {
        Path source = new Lab(folder).disk("source", "256M");
        String tree = source(source, sectorSize, Format.F2FS, 250, "mkfs.f2fs -q -f -l data");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, sectorSize, store);
            assertThat(manifest.notes()).isEmpty();
            for (String size : List.of("140M", "400M")) {
                Path target = restored(manifest, store, size, sectorSize);
                assertThat(String.join("\n", said)).contains("its new size", "partition 2 moves");
                isRight(target, source, sectorSize, sectorSize, Format.F2FS, tree);
            }
        }
    }

    @ParameterizedTest(name = "F2FS on sectors of {0}")
    @ValueSource(ints = {4096})
    @EnabledIfSystemProperty(named = "firstlight.matrix", matches = "all")
    void f2fsShrinksAndGrowsOfTheLongMatrix(int sectorSize) throws IOException {
        f2fsShrinksAndGrows(sectorSize);
    }

    @Test
    void whatContradictsItselfOrDoesNotFitIsRefusedBeforeAnythingIsWritten() throws IOException {
        Path source = new Lab(folder).disk("source", "20M");
        source(source, 512, Format.FAT12, 14, "mkfs.vfat -F 12 -n TWELVE");
        Path target = new Lab(folder).usedDisk("small", "8M");
        String untouched = Lab.sha256(target);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            refused(Lab.image(source, 512, store), store, target, "too few");
            Lab.attached(source, 512, node -> twoFoldersInOnePlace(Path.of(node + "p1")));
            refused(Lab.image(source, 512, store), store, target, "shares clusters");
        }
        assertThat(Lab.sha256(target)).isEqualTo(untouched);
    }

    private static void twoFoldersInOnePlace(Path node) throws IOException {
        try (FileChannel disk = FileChannel.open(node, StandardOpenOption.READ, StandardOpenOption.WRITE)) {
            ByteBuffer boot = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
            disk.read(boot, 0);
            long at = 512L * (boot.getShort(14) + boot.get(16) * boot.getShort(22));
            ByteBuffer root = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
            disk.read(root, at);
            List<Integer> folders = new ArrayList<>();
            for (int entry = 0; entry < 512; entry += 32) {
                if (root.get(entry + 11) == 0x10) {
                    folders.add(entry);
                }
            }
            root.putShort(folders.get(1) + 26, root.getShort(folders.get(0) + 26));
            disk.write(root.rewind(), at);
        }
    }

    private void refused(Manifest manifest, ImageStore store, Path target, String why) throws IOException {
        try (LoopDevice loop =
                        LoopDevice.attach(target, manifest.disks().getFirst().sectorSize(), Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            assertThatThrownBy(() -> new Restore(store.source(), 3)
                            .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add))
                    .isInstanceOfSatisfying(
                            ImageFailure.class,
                            failure -> assertThat(failure.cause()).contains(why));
        }
    }
}
