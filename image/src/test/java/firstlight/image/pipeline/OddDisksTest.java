package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.FileContent;
import firstlight.image.disk.Folder;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Kinds of disks that are rarely met, each restored onto another size. */
class OddDisksTest {
    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    private RestoreSummary restore(Manifest manifest, ImageStore store, Path target) throws IOException {
        Shell.run("tr '\\0' z < '%1$s' > '%1$s.z'; mv '%1$s.z' '%1$s'".formatted(target)); // must not shine through
        try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            RestoreSummary done = new Restore(store.source(), Lab.THREADS)
                    .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add);
            assertThat(done.verified()).isTrue();
            return done;
        }
    }

    /** A card of 512 MB, of which none are made any more. */
    @Test
    void aFat16ThatCannotFillItsDiskSaysSo() throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "40M");
        Shell.run("mkfs.vfat -F 16 '%s' >/dev/null".formatted(source));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            Path target = lab.disk("target", "3G");
            try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                    Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
                assertThat(new Restore(store.source(), Lab.THREADS)
                                .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add)
                                .notes())
                        .singleElement()
                        .asString()
                        .contains("FAT16", "of 3072 MiB", "the most that it can have");
            }
            Shell.run("fsck.vfat -n '%s'".formatted(target));
        }
    }

    /** As {@code xorriso -isohybrid-mbr} (1.5.4) writes Debian's: an entry of type 0 for all of the ISO, around that of its ESP. */
    @Test
    void aStickWithAnIsoIsRestoredWithAllOfIt() throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "120M");
        Shell.run("""
                printf 'label: dos\\n2 : start=4064, size=4096, type=ef\\n' | sfdisk -q '%1$s'
                head -c 20M /dev/urandom | dd of='%1$s' bs=1M seek=50 conv=notrunc status=none
                printf '\\x80\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\0\\xa0\\3\\0' | dd of='%1$s' bs=1 seek=446 conv=notrunc status=none
                """.formatted(source));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            assertThat(manifest.notes()).isEmpty();
            Path target = lab.disk("target", "120M");
            restore(manifest, store, target);
            Shell.run("cmp '%s' '%s'".formatted(source, target));
        }
    }

    @Test
    void aFat32WhoseActiveTableIsNoneThatItHasIsTakenWhole() throws IOException {
        Path source = new Lab(folder).disk("source", "40M");
        Shell.run(
                "mkfs.vfat -F 32 -s 1 '%1$s' >/dev/null; printf '\\202' | dd of='%1$s' bs=1 seek=40 conv=notrunc status=none"
                        .formatted(source));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            assertThat(manifest.notes()).singleElement().asString().contains("is taken whole", "table 2", "has 2");
        }
        Shell.run("printf '\\201' | dd of='%s' bs=1 seek=40 conv=notrunc status=none".formatted(source));
        try (ImageStore store = DiskStore.open(folder.resolve("other"))) {
            assertThat(Lab.image(source, 512, store).notes())
                    .as("the second one")
                    .isEmpty();
        }
    }

    @Test
    void aPartitionThatIsToGrowAndIsNotThereIsNamed() throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "40M");
        Shell.run("sgdisk -n 1:2048:+20M '%s' >/dev/null".formatted(source));
        Lab.attached(source, 512, node -> Shell.run("mkswap -q %sp1".formatted(node)));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            Path target = lab.disk("target", "60M");
            Wishes wishes = new Wishes(Set.of(), new Wishes.Grow(9));
            try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                    Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
                assertThatThrownBy(() -> new Restore(store.source(), Lab.THREADS)
                                .restore(manifest, List.of(disk), wishes, Progress.SILENT, said::add))
                        .hasMessageContaining("The image has no partition 9")
                        .hasMessageContaining("grow");
            }
        }
    }

    /** Where the kernel has no quotas (their module is not in the imaging environment) it mounts none of these to write. */
    @Test
    void anExt4ThatTheKernelDoesNotMountShrinksAllTheSame() throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "40M");
        boolean[] mountable = {false};
        Lab.attached(source, 512, node -> {
            Shell.run(
                    "head -c 3M /dev/urandom > '%1$s/file'; mkfs.ext4 -q -O project,quota %2$s".formatted(folder, node)
                            + "; debugfs -w -R 'write %1$s/file file' %2$s".formatted(folder, node));
            mountable[0] = Lab.isMountable(node.toString());
        });
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            assertThat(manifest.notes()).isEmpty();
            Path target = lab.disk("target", "30M");
            List<String> notes = restore(manifest, store, target).notes();
            if (mountable[0]) {
                assertThat(notes).isEmpty();
            } else {
                assertThat(notes).singleElement().asString().contains("have the time of the restore (mount");
            }
            Lab.attached(
                    target,
                    512,
                    node -> Shell.run(
                            "e2fsck -f -n %2$s; debugfs -R 'dump file %1$s/back' %2$s; cmp %1$s/file %1$s/back"
                                    .formatted(folder, node)));
        }
    }

    /** The kernel refuses such a size, with the disk erased; of F2FS the tool makes what its checker calls corrupt. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "Btrfs below 256 MiB, mkfs.btrfs -q, 300M, 250M",
        "F2FS with sections of several segments, mkfs.f2fs -q -s 2, 400M, 300M"
    })
    void whatItsToolCannotShrinkIsRefusedBeforeAnythingIsWritten(String name, String make, String length, String size)
            throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", length);
        Shell.run("%s '%s'".formatted(make, source));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            Path target = lab.disk("target", size);
            assertThatThrownBy(() -> restore(manifest, store, target)).hasMessageContaining("too few");
            assertThat(Shell.run("tr -d z < '%s' | wc -c".formatted(target))).isEqualTo("0");
        }
    }

    @Test
    void aBtrfsThatStaysBelow256MebibytesKeepsItsLength() throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "120M");
        Shell.run("mkfs.btrfs -q '%s'".formatted(source));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            Path target = lab.disk("target", "200M");
            restore(manifest, store, target);
            assertThat(said).anyMatch(words -> words.contains("no Btrfs longer that is below 256 MiB"));
            Shell.run("btrfs check '%s'".formatted(target));
        }
    }

    private static final byte[] LONG = "d".repeat(200).getBytes(StandardCharsets.US_ASCII);
    private static final byte[] FIRST = {'1'};
    private static final byte[] SECOND = {'2'};
    private static final byte[] ITSELF = {'.'};

    @FunctionalInterface
    private interface OnFolder {
        void use(Folder folder) throws IOException;
    }

    /** No kernel takes a path of these in one piece. */
    private static void atTheBottom(Folder folder, int levels, boolean make, OnFolder work) throws IOException {
        if (levels == 0) {
            work.use(folder);
            return;
        }
        if (make) {
            folder.makeFolder(LONG);
        }
        try (Folder inner = folder.folder(LONG)) {
            atTheBottom(inner, levels - 1, make, work);
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"ext4, mkfs.ext4 -q, 40M, 30M", "XFS, mkfs.xfs -q, 340M, 320M"})
    void foldersDeeperThanPathsAreLongShrinkWithTheirHardLinksAndTimes(
            String name, String make, String length, String size) throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", length);
        byte[] known = (("d".repeat(200) + "/").repeat(30) + "1").getBytes(StandardCharsets.US_ASCII);
        long[] modified = {0};
        Lab.attached(source, 512, node -> {
            Shell.run(make + " " + node);
            Lab.mounted("", node.toString(), point -> {
                try (Folder root = Folder.open(point)) {
                    atTheBottom(root, 30, true, bottom -> {
                        FileContent.make(bottom, FIRST).close();
                        bottom.makeName(SECOND, root, known);
                        modified[0] = bottom.node(ITSELF).modifiedNanos();
                    });
                }
            });
        });
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            Path target = lab.disk("target", size);
            assertThat(restore(manifest, store, target).notes()).isEmpty();
            Lab.attached(
                    target,
                    512,
                    node -> Lab.mounted("-o ro", node.toString(), point -> {
                        try (Folder root = Folder.open(point)) {
                            atTheBottom(root, 30, false, bottom -> {
                                assertThat(bottom.names()).containsExactly(FIRST, SECOND);
                                assertThat(bottom.node(SECOND).links()).isEqualTo(2);
                                assertThat(bottom.node(ITSELF).modifiedNanos()).isEqualTo((int) modified[0]);
                            });
                        }
                    }));
        }
    }

    /** More than 64 KiB of names each, which listxattr does not tell. */
    private static void attributes(Path root, String verb) throws IOException {
        Shell.run("cd '%s'; python3 - %s <<'END'%n%sEND".formatted(root, verb, """
                import os, sys
                for file, spaces in (("folder", ["user", "trusted"]), ("link", ["trusted"]),
                                     ("folder/file", ["user", "trusted", "security"])):
                    for name in ["%s.%04d%s" % (space, n, "x" * 240) for space in spaces for n in range(290)]:
                        if sys.argv[1] == "plant":
                            os.setxattr(file, name, name.encode(), follow_symlinks=False)
                        else:
                            assert os.getxattr(file, name, follow_symlinks=False) == name.encode()
                """));
    }

    @Test
    void anXfsWithFilesOfThousandsOfAttributesIsCopiedWithAllOfThem() throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "340M");
        String lists = "cd '%s'; getfattr -n system.posix_acl_access -e hex folder/file"
                + "; getfattr -n system.posix_acl_default -e hex folder";
        String[] planted = {""};
        Lab.attached(source, 512, node -> {
            Shell.run("mkfs.xfs -q " + node);
            Lab.mounted("", node.toString(), point -> {
                Shell.run("""
                        cd '%s'; mkdir folder; echo many > folder/file; ln -s nowhere link
                        setfattr -n system.posix_acl_access -v 0x0200000001000600ffffffff02000600d204000004000400ffffffff10000600ffffffff20000400ffffffff folder/file
                        setfattr -n system.posix_acl_default -v 0x0200000001000700ffffffff04000700ffffffff080007004d00000010000700ffffffff20000500ffffffff folder
                        """.formatted(point));
                attributes(point, "plant");
                planted[0] = Shell.run(lists.formatted(point));
            });
        });
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            Path target = lab.disk("target", "320M");
            assertThat(restore(manifest, store, target).notes()).isEmpty();
            Lab.attached(
                    target,
                    512,
                    node -> Lab.mounted("-o ro", node.toString(), point -> {
                        attributes(point, "check");
                        assertThat(Shell.run(lists.formatted(point))).isEqualTo(planted[0]);
                    }));
        }
    }
}
