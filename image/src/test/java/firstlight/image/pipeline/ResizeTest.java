package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Disks with real file systems, restored onto smaller and larger ones: checked by their own tools, compared file by file. */
class ResizeTest {
    @TempDir
    static Path shared;

    /** Of ext4, once for all tests: what they do with their targets changes neither the disk nor its image. */
    private static Imaged ext4;

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @AfterAll
    static void closeTheStore() throws IOException {
        if (ext4 != null) {
            ext4.store.close();
        }
    }

    private record Imaged(Path source, String tree, ImageStore store, Manifest manifest) {}

    private static Imaged ext4() throws IOException {
        if (ext4 == null) {
            ext4 = imaged(shared, 512, "mkfs.ext4 -q", "");
        }
        return ext4;
    }

    private static Imaged imaged(Path folder, int sectorSize, String make, String mount) throws IOException {
        Path source = new Lab(folder).disk("source", "700M");
        String tree = source(source, sectorSize, make, mount);
        String before = Lab.sha256(source);
        ImageStore store = DiskStore.open(folder.resolve("store"));
        Manifest manifest = Lab.image(source, sectorSize, store);
        assertThat(manifest.notes()).isEmpty();
        assertThat(Lab.sha256(source)).as("the source after capture").isEqualTo(before);
        return new Imaged(source, tree, store, manifest);
    }

    /** A system partition between an ESP and a recovery partition, with its data far behind its start. */
    private static String source(Path disk, int sectorSize, String make, String mount) throws IOException {
        String[] tree = {""};
        Lab.attached(disk, sectorSize, node -> {
            Shell.run("""
                    sfdisk -q %1$s <<END
                    label: gpt
                    size=64MiB, type=uefi, name="esp"
                    size=600MiB, type=linux, name="system"
                    size=20MiB, type=DE94BBA4-06D1-4D40-A16A-BFD50179D6AC, name="recovery"
                    END
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    mkfs.vfat -n ESP %1$sp1 >/dev/null
                    head -c 20M /dev/urandom > %1$sp3
                    %2$s %1$sp2 >/dev/null
                    """.formatted(node, make));
            Lab.mounted(mount, node + "p2", root -> {
                new Lab(root).usedDisk("filler", "220M");
                Shell.run("sync -f '%s'".formatted(root));
                Tree.plant(root);
                Shell.run("head -c 40M /dev/urandom > '%1$s/late'; rm '%1$s/filler'".formatted(root));
                if (make.startsWith("mkfs.btrfs")) { // the kernel gives chunks that are empty back when it has time
                    Shell.run("sync -f '%1$s'; btrfs balance start -dusage=0 '%1$s'".formatted(root));
                }
            });
            Lab.mounted(mount + " -o ro", node + "p2", root -> tree[0] = Tree.describe(root));
        });
        return tree[0];
    }

    private Path restored(Manifest manifest, ImageStore store, String size, int sectorSize, Wishes wishes)
            throws IOException {
        Path target = new Lab(folder).usedDisk("target-" + size, size);
        restore(manifest, store, target, sectorSize, wishes);
        return target;
    }

    private void restore(Manifest manifest, ImageStore store, Path target, int sectorSize, Wishes wishes)
            throws IOException {
        try (LoopDevice loop = LoopDevice.attach(target, sectorSize, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            assertThat(new Restore(store.source(), 3)
                            .restore(manifest, List.of(disk), wishes, Progress.SILENT, said::add)
                            .verified())
                    .isTrue();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ext4, mkfs.ext4 -q, '', e2fsck -f -n, 512, 500",
        "ext4 on 4Kn, mkfs.ext4 -q -b 4096, '', e2fsck -f -n, 4096, 500",
        "ext3 with blocks of 1 KiB, mkfs.ext3 -q -b 1024, '', e2fsck -f -n, 512, 500",
        "ntfs, mkntfs -q -Q, -t ntfs-3g, ntfsfix -n, 512, 500",
        // Btrfs keeps whole chunks of its own: a small one has little to give.
        "btrfs, mkfs.btrfs -q -f, '', btrfs check, 512, 650"
    })
    void aFileSystemShrinksOntoASmallerDiskAndGrowsOntoALargerOne(
            String name, String make, String mount, String check, int sectorSize, int less) throws IOException {
        if (name.equals("ext4")) {
            shrinksAndGrows(ext4(), mount, check, sectorSize, less);
            return;
        }
        Imaged image = imaged(folder, sectorSize, make, mount);
        try (ImageStore _ = image.store) {
            shrinksAndGrows(image, mount, check, sectorSize, less);
        }
    }

    private void shrinksAndGrows(Imaged image, String mount, String check, int sectorSize, int less)
            throws IOException {
        Path smaller = restored(image.manifest, image.store, less + "M", sectorSize, Wishes.USUAL);
        assertThat(String.join("\n", said))
                .contains("partition 2", "shrinks from 600 MiB", "partition 3 moves from 665 MiB");
        isRight(smaller, image.source, sectorSize, mount, check, image.tree, less - 200, less - 80);

        said.clear();
        Path larger = restored(image.manifest, image.store, "1000M", sectorSize, Wishes.USUAL);
        assertThat(String.join("\n", said)).contains("partition 2", "grows from 600 MiB to 900 MiB");
        isRight(larger, image.source, sectorSize, mount, check, image.tree, 850, 900);
    }

    /** They name places on the volume, and what moves there does so behind the back of what keeps them. */
    @Test
    void thatShadowCopiesDoNotOutliveASmallerSizeIsTold() throws IOException {
        Path source = new Lab(folder).disk("source", "80M");
        Lab.attached(source, 512, node -> Shell.run("""
                mkntfs -q -Q -F %1$s
                printf '\\x6b\\x87\\x08\\x38\\x76\\xc1\\x48\\x4e\\xb7\\xae\\x04\\x04\\x6e\\x6c\\xc7\\x52' \
                    | dd of=%1$s bs=1 seek=7680 conv=notrunc status=none
                printf '\\x40' | dd of=%1$s bs=1 seek=7730 conv=notrunc status=none
                """.formatted(node)));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            for (String size : List.of("60M", "80M", "100M")) {
                Path target = new Lab(folder).disk("target", size);
                try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                        Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
                    List<String> notes = new Restore(store.source(), 3)
                            .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add)
                            .notes();
                    assertThat(notes.stream().filter(note -> note.contains("vssadmin delete shadows")))
                            .hasSize(size.equals("60M") ? 1 : 0);
                }
            }
        }
    }

    @Test
    void xfsGrows() throws IOException {
        Path source = new Lab(folder).disk("source", "700M");
        String tree = source(source, 512, "mkfs.xfs -q", "");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            Path larger = restored(manifest, store, "1000M", 512, Wishes.USUAL);
            isRight(larger, source, 512, "", "xfs_repair -n", tree, 780, 900);
        }
    }

    @Test
    void whereItCannotShrinkEnoughNothingIsWritten() throws IOException {
        Imaged image = ext4();
        Path small = new Lab(folder).usedDisk("small", "64M");
        String untouched = Lab.sha256(small);
        assertThatThrownBy(() -> restore(image.manifest, image.store, small, 512, Wishes.USUAL))
                .isInstanceOfSatisfying(
                        ImageFailure.class,
                        failure -> assertThat(failure.cause()).contains("the disk has 64 MiB", "too few"));
        assertThat(Lab.sha256(small)).isEqualTo(untouched);
    }

    @Test
    void aBareFileSystemShrinksAndGrowsToo() throws IOException {
        Path source = new Lab(folder).disk("source", "300M");
        String[] tree = {""};
        Lab.attached(source, 512, node -> {
            Shell.run("mkfs.ext4 -q " + node);
            Lab.mounted("", node.toString(), root -> {
                Tree.plant(root);
                tree[0] = Tree.describe(root);
            });
        });
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            for (String size : List.of("200M", "400M")) {
                Path target = restored(manifest, store, size, 512, Wishes.USUAL);
                Lab.attached(target, 512, node -> {
                    Shell.run("e2fsck -f -n " + node);
                    assertThat(Shell.run("dumpe2fs -h %s 2>/dev/null | sed -n 's/^Block count: *//p'".formatted(node)))
                            .isEqualTo(String.valueOf(Integer.parseInt(size.replace("M", "")) * 1024));
                    Lab.mounted(
                            "-o ro",
                            node.toString(),
                            root -> assertThat(Tree.describe(root)).isEqualTo(tree[0]));
                });
            }
        }
    }

    @Test
    void chosenPartitionsAreRestoredAndTheRestOfTheDiskStaysOctetForOctet() throws IOException {
        Imaged image = ext4();
        Path target = new Lab(folder).usedDisk("target", "760M");
        Shell.run("""
                sfdisk -q '%1$s' <<END
                label: gpt
                size=64MiB, type=uefi
                size=500MiB, type=linux
                size=150MiB, type=linux
                END
                cp '%1$s' '%1$s.before'
                """.formatted(target));
        restore(image.manifest, image.store, target, 512, Wishes.of(Map.of("partitions", "2")));
        Shell.run("""
                cmp -n $((65 << 20)) '%1$s' '%1$s.before'
                cmp -i $((565 << 20)) '%1$s' '%1$s.before'
                """.formatted(target));
        Lab.attached(target, 512, node -> {
            Shell.run("e2fsck -f -n %sp2".formatted(node));
            Lab.mounted(
                    "-o ro",
                    node + "p2",
                    root -> assertThat(Tree.describe(root)).isEqualTo(image.tree));
        });
        String after = Lab.sha256(target);
        assertThatThrownBy(
                        () -> restore(image.manifest, image.store, target, 512, Wishes.of(Map.of("partitions", "3"))))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("type");
        assertThatThrownBy(
                        () -> restore(image.manifest, image.store, target, 512, Wishes.of(Map.of("partitions", "7"))))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining("no partition 7");
        assertThat(Lab.sha256(target)).isEqualTo(after);
    }

    private static void isRight(
            Path target, Path source, int sectorSize, String mount, String check, String tree, int least, int most)
            throws IOException {
        Lab.attached(target, sectorSize, node -> {
            assertThat(Shell.run("sgdisk --verify " + node)).contains("No problems found");
            Shell.run("fsck.vfat -n %sp1".formatted(node));
            Shell.run("%s %sp2".formatted(check, node));
            Lab.attached(source, sectorSize, old -> {
                Shell.run("cmp %sp3 %sp3".formatted(node, old));
                String uuids = "lsblk -n -o PARTUUID %s 2>/dev/null | sort; sgdisk -p %s | sed -n 's/.*GUID): //p'";
                assertThat(Shell.run(uuids.formatted(node, node))).isEqualTo(Shell.run(uuids.formatted(old, old)));
            });
            Lab.mounted(mount + " -o ro", node + "p2", root -> {
                assertThat(Tree.describe(root)).isEqualTo(tree);
                assertThat(Integer.parseInt(
                                Shell.run("df -BM --output=size '%s' | tail -1 | tr -dc 0-9".formatted(root))))
                        .isBetween(least, most);
            });
        });
    }
}
