package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole disks with real file systems, from one disk to another through a store. */
class CaptureRestoreTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @ParameterizedTest(name = "sectors of {0} octets")
    @ValueSource(ints = {512, 4096})
    void aGptDiskComesBackWithAllItsFileSystems(int sectorSize) throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "540M");
        Map<String, String> trees = new HashMap<>();
        Lab.attached(source, sectorSize, node -> {
            Shell.run("""
                    sfdisk -q %1$s <<END
                    label: gpt
                    label-id: 01234567-89AB-CDEF-0123-456789ABCDEF
                    size=1MiB, type=21686148-6449-6E6F-744E-656564454649, name="bios"
                    size=100MiB, type=uefi, name="esp", attrs="RequiredPartition GUID:63"
                    size=200MiB, type=linux, name="root"
                    size=150MiB, type=EBD0A0A2-B9E5-4433-87C0-68B6B72699C7, name="data"
                    size=64MiB, type=swap
                    END
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    head -c 300000 /dev/urandom | dd of=%1$sp1 conv=notrunc status=none
                    printf 'boot code' | dd of=%1$s conv=notrunc status=none
                    mkfs.vfat -F 32 -n ESP %1$sp2 >/dev/null
                    mkfs.ext4 -q -L root %1$sp3
                    mkntfs -q -Q -L data %1$sp4
                    mkswap -q -L swapping -U 11111111-2222-3333-4444-555555555555 %1$sp5
                    """.formatted(node));
            Lab.mounted("", node + "p3", root -> {
                Tree.plant(root);
                trees.put("ext4", Tree.describe(root));
                Shell.run("cp -r %s/many %s/noise '%s'".formatted(root, root, folder));
            });
            Lab.mounted("-t ntfs-3g", node + "p4", Tree::plant);
            Lab.mounted("-t ntfs-3g -o ro", node + "p4", root -> trees.put("ntfs", Tree.describe(root)));
        });
        if (sectorSize == 512) { // mtools know no others
            Shell.run("cd '%s'; mcopy -s -i source@@2M many noise ::".formatted(folder));
        }
        String before = Lab.sha256(source);

        Path target = lab.usedDisk("target", "540M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, sectorSize, store);
            assertThat(manifest.notes()).isEmpty();
            assertThat(Lab.sha256(source)).as("the source after capture").isEqualTo(before);
            RestoreSummary summary = Lab.restore(manifest, store, target, sectorSize);
            assertThat(summary.verified()).isTrue();
            assertThat(summary.usedBytes()).isLessThan(100L << 20);
        }
        Lab.attached(target, sectorSize, node -> {
            assertThat(dump(node)).isEqualTo(dumpOf(source, sectorSize, node));
            assertThat(Shell.run("sgdisk --verify " + node)).contains("No problems found");
            assertThat(Shell.run("head -c 9 " + node)).isEqualTo("boot code");
            Shell.run("cmp <(head -c 1M %sp1) <(dd if='%s' bs=1M skip=1 count=1 status=none)".formatted(node, source));
            Shell.run("fsck.vfat -n %sp2".formatted(node));
            Shell.run("e2fsck -f -n %sp3".formatted(node));
            assertThat(Shell.run("ntfsfix -n %sp4".formatted(node))).doesNotContain("BAD");
            assertThat(Shell.run("blkid -p -o export %sp5".formatted(node)))
                    .contains("LABEL=swapping", "UUID=11111111-2222-3333-4444-555555555555", "TYPE=swap");
            Shell.run("swapon -r %1$sp5 2>/dev/null || swapon %1$sp5; swapoff %1$sp5".formatted(node));
            Lab.mounted(
                    "-o ro",
                    node + "p3",
                    root -> assertThat(Tree.describe(root)).isEqualTo(trees.get("ext4")));
            Lab.mounted(
                    "-t ntfs-3g -o ro",
                    node + "p4",
                    root -> assertThat(Tree.describe(root)).isEqualTo(trees.get("ntfs")));
        });
    }

    @Test
    void anMbrDiskWithLogicalPartitionsComesBack() throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "300M");
        Map<String, String> trees = new HashMap<>();
        Lab.attached(source, 512, node -> {
            Shell.run("""
                    sfdisk -q %1$s <<END
                    label: dos
                    label-id: 0xcafe0001
                    1 : size=60MiB, type=c, bootable
                    2 : type=5
                    5 : size=120MiB, type=83
                    6 : size=30MiB, type=83
                    END
                    partx -d %1$s 2>/dev/null || true; partx -a %1$s
                    head -c 440 /dev/urandom | dd of=%1$s conv=notrunc status=none
                    head -c 60000 /dev/urandom | dd of=%1$s bs=512 seek=1 conv=notrunc status=none
                    mkfs.vfat %1$sp1 >/dev/null
                    mkfs.ext2 -q -b 1024 %1$sp5
                    head -c 5000000 /dev/urandom | dd of=%1$sp6 bs=1M seek=3 status=none
                    """.formatted(node));
            Lab.mounted("", node + "p5", root -> {
                Tree.plant(root);
                trees.put("ext2", Tree.describe(root));
            });
        });
        Path target = lab.disk("target", "340M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            assertThat(manifest.disks().getFirst().regions())
                    .filteredOn(region -> region.partition() == 6)
                    .extracting(region -> ((Content.Blocks) region.content()).method())
                    .containsExactly(Content.Method.RAW);
            assertThat(Lab.restore(manifest, store, target, 512).verified()).isTrue();
        }
        Lab.attached(target, 512, node -> {
            assertThat(dump(node)).isEqualTo(dumpOf(source, 512, node));
            Shell.run("cmp -n 1M %s '%s'".formatted(node, source));
            Shell.run("fsck.vfat -n %1$sp1; e2fsck -f -n %1$sp5".formatted(node));
            Lab.mounted(
                    "-o ro",
                    node + "p5",
                    root -> assertThat(Tree.describe(root)).isEqualTo(trees.get("ext2")));
            Lab.attached(source, 512, original -> Shell.run("cmp %sp6 %sp6".formatted(node, original)));
        });
    }

    @Test
    void aFileSystemOnTheBareDiskComesBack() throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "200M");
        Map<String, String> trees = new HashMap<>();
        Lab.attached(source, 512, node -> {
            Shell.run("mkfs.ext3 -q " + node);
            Lab.mounted("", node.toString(), root -> {
                Tree.plant(root);
                trees.put("ext3", Tree.describe(root));
            });
        });
        Path target = lab.disk("target", "200M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            assertThat(manifest.disks().getFirst().regions())
                    .extracting(Region::fileSystem)
                    .containsExactly("ext3");
            assertThat(Lab.restore(manifest, store, target, 512).verified()).isTrue();
        }
        Lab.attached(target, 512, node -> {
            Shell.run("e2fsck -f -n " + node);
            Lab.mounted(
                    "-o ro",
                    node.toString(),
                    root -> assertThat(Tree.describe(root)).isEqualTo(trees.get("ext3")));
        });
    }

    private static String dump(Path node) throws IOException {
        return Shell.run("sfdisk -d %s | grep -v last-lba".formatted(node));
    }

    /** The dump of {@code file}'s table, as it would be on {@code node}. */
    private static String dumpOf(Path file, int sectorSize, Path node) throws IOException {
        String[] dump = {""};
        Lab.attached(
                file, sectorSize, original -> dump[0] = dump(original).replace(original.toString(), node.toString()));
        return dump[0];
    }
}
