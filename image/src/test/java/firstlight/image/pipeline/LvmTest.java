package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.LoopDevice;
import firstlight.image.extents.Volume;
import firstlight.image.lvm.PhysicalVolume;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A volume group that LVM's own tools made, over a partition of one disk and the whole of another. No device mapper is needed:
 * the volumes are filled and read as files, which are laid out as LVM's tools say that they lie.
 */
class LvmTest {
    private static final int EXTENT = 4;
    private static final int STRIPE = 64 * 1024;

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    static String lvm(String command, Path... nodes) throws IOException {
        String devices =
                String.join(",", List.of(nodes).stream().map(Path::toString).toList());
        String[] words = command.split(" ", 2);
        // Hints of what was there before name the same loop devices.
        return Shell.run(
                "%s --driverloaded n --nohints --config 'backup{backup=0 archive=0}' --devices %s %s 2>/dev/null"
                        .formatted(words[0], devices, words[1]));
    }

    private static void makeGroup(Path one, Path two) throws IOException {
        lvm("pvcreate -q %s %s".formatted(one, two), one, two);
        lvm("vgcreate -q -s %dM fltest %s %s".formatted(EXTENT, one, two), one, two);
        String create = "lvcreate -q --noudevsync -an -Zn -Wn ";
        lvm(create + "-l 20 -n linear fltest " + one, one, two);
        lvm(create + "-l 30 -i 2 -I 64k -n striped fltest", one, two);
        lvm("lvextend -q --noudevsync -l +10 fltest/linear " + two, one, two);
        lvm(create + "-l 5 -n swap fltest " + two, one, two);
        assertThat(layout(one, two).lines().map(String::strip))
                .containsExactly(
                        "linear linear 1 " + one + ":0-19",
                        "linear linear 1 " + two + ":15-24",
                        "striped striped 2 " + one + ":20-34 " + two + ":0-14",
                        "swap linear 1 " + two + ":25-29");
    }

    private static String layout(Path one, Path two) throws IOException {
        return lvm("lvs -o lv_name,seg_type,stripes,seg_pe_ranges --noheadings fltest", one, two)
                .replaceAll(" +", " ");
    }

    /** Copies a volume's file to where it lies, or from there. */
    private static void lay(Path file, String volume, Path one, Path two, boolean out) throws IOException {
        String script = switch (volume) {
            case "linear" ->
                piece(file, 0, one, 1 + 0, 20 * EXTENT, out) + piece(file, 80, two, 1 + 15 * EXTENT, 40, out);
            case "striped" -> stripes(file, one, (1 + 20L * EXTENT) << 20, two, 1 << 20, out);
            case "swap" -> piece(file, 0, two, 1 + 25 * EXTENT, 20, out);
            default -> throw new AssertionError(volume);
        };
        Shell.run(script);
    }

    /** Turn by turn; returns a script with nothing in it. */
    private static String stripes(Path file, Path one, long onOne, Path two, long onTwo, boolean out)
            throws IOException {
        Set<StandardOpenOption> both = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        try (FileChannel volume = FileChannel.open(file, both);
                FileChannel first = FileChannel.open(one, both);
                FileChannel second = FileChannel.open(two, both)) {
            for (int turn = 0; turn < 30 * EXTENT * (1 << 20) / STRIPE; turn++) {
                FileChannel disk = turn % 2 == 0 ? first : second;
                long there = (turn % 2 == 0 ? onOne : onTwo) + (long) turn / 2 * STRIPE;
                ByteBuffer octets = ByteBuffer.allocate(STRIPE);
                (out ? volume : disk).read(octets, out ? (long) turn * STRIPE : there);
                (out ? disk : volume).write(octets.flip(), out ? there : (long) turn * STRIPE);
            }
            first.force(true);
            second.force(true);
        }
        return "true";
    }

    private static String piece(Path file, int at, Path node, int there, int length, boolean out) {
        return out
                ? "dd if='%s' skip=%d of=%s seek=%d count=%d bs=1M conv=notrunc status=none%n"
                        .formatted(file, at, node, there, length)
                : "dd if=%s skip=%d of='%s' seek=%d count=%d bs=1M conv=notrunc status=none%n"
                        .formatted(node, there, file, at, length);
    }

    /** LVM writes them one after the other: a power cut between them leaves the first with an older text. */
    @Test
    void ofTwoMetadataAreasTheNewerCounts() throws IOException {
        Path file = new Lab(folder).disk("disk", "60M");
        Path older = folder.resolve("older");
        Lab.attached(file, 512, node -> {
            lvm("pvcreate -q --pvmetadatacopies 2 " + node, node);
            lvm("vgcreate -q -s 4M flareas " + node, node);
            Shell.run("dd if=%s of='%s' bs=1M count=1 status=none".formatted(node, older));
            lvm("lvcreate -q --noudevsync -an -Zn -Wn -l 2 -n newer flareas", node);
            Shell.run("dd if='%s' of=%s bs=1M conv=notrunc status=none".formatted(older, node));
        });
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            PhysicalVolume read = PhysicalVolume.read(new Volume.OfDisk(disk, "disk", 0, 0, disk.size()));
            assertThat(read.copies()).hasSize(2);
            assertThat(read.metadata().orElseThrow()).contains("newer {");
        }
    }

    @Test
    void aDiskAndItsCloneInOnePcAreBothTakenWhole() throws IOException {
        Lab lab = new Lab(folder);
        Path original = lab.disk("original", "120M");
        Lab.attached(original, 512, node -> {
            lvm("pvcreate -q " + node, node);
            lvm("vgcreate -q -s 4M fltwins " + node, node);
            lvm("lvcreate -q --noudevsync -an -Zn -Wn -l 20 -n data fltwins", node);
        });
        Path volume = lab.disk("volume", "80M");
        Shell.run("mkfs.ext4 -q '%1$s'; dd if='%1$s' of='%2$s' bs=1M seek=1 conv=notrunc status=none"
                .formatted(volume, original));
        Path clone = folder.resolve("clone");
        Shell.run("cp '%s' '%s'".formatted(original, clone));
        try (LoopDevice one = LoopDevice.attach(original, 512, Access.READ_WRITE);
                LoopDevice two = LoopDevice.attach(clone, 512, Access.READ_WRITE);
                Disk first = BlockDevice.open(one.node(), Access.READ);
                Disk second = BlockDevice.open(two.node(), Access.READ);
                ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = new Capture(store.sink(), 2, "test")
                    .capture(List.of(first, second), Progress.SILENT)
                    .manifest();
            assertThat(manifest.notes()).hasSize(2).allMatch(note -> note.contains("a clone of the other"));
            assertThat(manifest.usedBytes()).isEqualTo(240L << 20);
        }
    }

    @Test
    void eachVolumeIsTakenByWhatItsFileSystemUsesLinearOrStripedOverTwoDisks() throws IOException {
        Lab lab = new Lab(folder);
        Path first = lab.disk("first", "300M");
        Path second = lab.disk("second", "200M");
        Shell.run("head -c 200M /dev/zero | tr '\\0' x > '%s'".formatted(second));
        Path ext = lab.disk("ext", "120M");
        Path btrfs = lab.disk("btrfs", "120M");
        Path swap = lab.disk("swap", "20M");
        Shell.run("mkfs.ext4 -q '%s'; mkfs.btrfs -q '%s'; mkswap -q -U 11111111-2222-3333-4444-555555555555 '%s'"
                .formatted(ext, btrfs, swap));
        String[] trees = {"", "", ""};
        for (Path file : List.of(ext, btrfs)) {
            Lab.attached(
                    file,
                    512,
                    node -> Lab.mounted("", node.toString(), root -> {
                        Tree.plant(root);
                        trees[file.equals(ext) ? 0 : 1] = Tree.describe(root);
                    }));
        }
        Manifest manifest;
        try (LoopDevice one = LoopDevice.attach(first, 512, Access.READ_WRITE);
                LoopDevice two = LoopDevice.attach(second, 512, Access.READ_WRITE);
                ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Shell.run("printf 'label: gpt\\nsize=40M, type=uefi\\nsize=200M, type=lvm\\n' | sfdisk -q " + one.node());
            one.partitionsChanged();
            Path volume = Path.of(one.node() + "p2");
            makeGroup(volume, two.node());
            trees[2] = lvm("lvs -o lv_name,lv_uuid,seg_start_pe,seg_size_pe fltest", volume, two.node());
            lay(ext, "linear", volume, two.node(), true);
            lay(btrfs, "striped", volume, two.node(), true);
            lay(swap, "swap", volume, two.node(), true);
            Shell.run("mkfs.vfat %1$sp1 >/dev/null; blockdev --flushbufs %1$s %2$s".formatted(one.node(), two.node()));
            String before = Lab.sha256(first) + Lab.sha256(second);
            try (Disk a = BlockDevice.open(one.node(), Access.READ);
                    Disk b = BlockDevice.open(two.node(), Access.READ)) {
                manifest = new Capture(store.sink(), Lab.THREADS, "test")
                        .capture(List.of(a, b), Progress.SILENT)
                        .manifest();
            }
            assertThat(Lab.sha256(first) + Lab.sha256(second)).isEqualTo(before);
            assertThat(manifest.notes())
                    .filteredOn(note -> !note.contains("belong to no partition"))
                    .isEmpty();
            assertIsMapped(manifest, 0, 100 << 20);
            assertIsMapped(manifest, 1, 100 << 20);
            restore(manifest, store);
        }
        assertIsThere(trees);
    }

    private static void assertIsMapped(Manifest manifest, int disk, long most) {
        assertThat(manifest.disks().get(disk).regions())
                .filteredOn(region -> region.fileSystem().equals("lvm"))
                .extracting(Region::content)
                .singleElement()
                .matches(content -> content instanceof Content.Blocks blocks
                        && blocks.method() == Content.Method.USED_BLOCKS
                        && blocks.used().octets() < most);
    }

    private void restore(Manifest manifest, ImageStore store) throws IOException {
        Lab lab = new Lab(folder);
        try (LoopDevice one = LoopDevice.attach(lab.usedDisk("target1", "300M"), 512, Access.READ_WRITE);
                LoopDevice two = LoopDevice.attach(lab.usedDisk("target2", "200M"), 512, Access.READ_WRITE);
                Disk a = BlockDevice.open(one.node(), Access.READ_WRITE);
                Disk b = BlockDevice.open(two.node(), Access.READ_WRITE)) {
            assertThat(new Restore(store.source(), Lab.THREADS)
                            .restore(manifest, List.of(a, b), Wishes.USUAL, Progress.SILENT, said::add)
                            .verified())
                    .isTrue();
        }
        assertThat(said).isNotEmpty().noneMatch(words -> words.contains("grows") || words.contains("fltest"));
    }

    private void assertIsThere(String[] trees) throws IOException {
        try (LoopDevice one = LoopDevice.attach(folder.resolve("target1"), 512, Access.READ_WRITE);
                LoopDevice two = LoopDevice.attach(folder.resolve("target2"), 512, Access.READ_WRITE)) {
            Path volume = Path.of(one.node() + "p2");
            assertThat(lvm("lvs -o lv_name,lv_uuid,seg_start_pe,seg_size_pe fltest", volume, two.node()))
                    .isEqualTo(trees[2]);
            Path file = new Lab(folder).disk("read", "120M");
            lay(file, "linear", volume, two.node(), false);
            Shell.run("e2fsck -f -n '%s'".formatted(file));
            Lab.attached(
                    file,
                    512,
                    node -> Lab.mounted(
                            "-o ro",
                            node.toString(),
                            root -> assertThat(Tree.describe(root)).isEqualTo(trees[0])));
            new Lab(folder).disk("read", "120M");
            lay(file, "striped", volume, two.node(), false);
            Shell.run("btrfs check '%s'".formatted(file));
            Lab.attached(
                    file,
                    512,
                    node -> Lab.mounted(
                            "-o ro",
                            node.toString(),
                            root -> assertThat(Tree.describe(root)).isEqualTo(trees[1])));
            new Lab(folder).disk("read", "20M");
            lay(file, "swap", volume, two.node(), false);
            assertThat(Shell.run("blkid -p -o export '%s'".formatted(file)))
                    .contains("UUID=11111111-2222-3333-4444-555555555555", "TYPE=swap");
        }
    }

    @Test
    void aVolumeWithAPartOnADiskThatIsNotCapturedIsTakenWholeAsFarAsItIsThere() throws IOException {
        Path first = new Lab(folder).disk("first", "200M");
        Path second = new Lab(folder).disk("second", "200M");
        try (LoopDevice one = LoopDevice.attach(first, 512, Access.READ_WRITE);
                LoopDevice two = LoopDevice.attach(second, 512, Access.READ_WRITE);
                ImageStore store = DiskStore.open(folder.resolve("store"))) {
            makeGroup(one.node(), two.node());
            Shell.run("blockdev --flushbufs %s %s".formatted(one.node(), two.node()));
            try (Disk a = BlockDevice.open(one.node(), Access.READ)) {
                Manifest manifest = new Capture(store.sink(), Lab.THREADS, "test")
                        .capture(List.of(a), Progress.SILENT)
                        .manifest();
                assertThat(manifest.notes())
                        .contains(
                                "fltest/linear is taken whole: it lies on a disk, too, that is not captured",
                                "fltest/striped is taken whole: it lies on a disk, too, that is not captured");
                assertThat(manifest.usedBytes()).isBetween(140L << 20, 146L << 20);
            }
        }
    }
}
