package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A volume group that LVM's own tools made over a partition of one disk and the whole of another, restored onto disks of other sizes. Its
 * volumes are read as files, put together as LVM's tools say that they lie.
 */
class LvmOnSeveralDisksTest {
    private static final int EXTENT = 4 << 20;
    private static final int STRIPE = 64 << 10;
    private static final int START = 1 << 20;

    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    /** Both physical volumes of the group, and what they are on. */
    private record Pair(List<LoopDevice> disks, Path one, Path two) implements AutoCloseable {
        static Pair attach(Path first, Path second) throws IOException {
            LoopDevice one = LoopDevice.attach(first, 512, Access.READ_WRITE);
            LoopDevice two = LoopDevice.attach(second, 512, Access.READ_WRITE);
            return new Pair(List.of(one, two), Path.of(one.node() + "p2"), two.node());
        }

        static Pair attach(Path disk) throws IOException {
            LoopDevice loop = LoopDevice.attach(disk, 512, Access.READ_WRITE);
            return new Pair(List.of(loop), Path.of(loop.node() + "p1"), Path.of(loop.node() + "p2"));
        }

        static Pair whole(Path first, Path second) throws IOException {
            LoopDevice one = LoopDevice.attach(first, 512, Access.READ_WRITE);
            LoopDevice two = LoopDevice.attach(second, 512, Access.READ_WRITE);
            return new Pair(List.of(one, two), one.node(), two.node());
        }

        Path first() {
            return disks.getFirst().node();
        }

        String lvm(String command) throws IOException {
            return LvmTest.lvm(command, one(), two()).strip().replaceAll(" +", " ");
        }

        /** Where LVM says that its volumes lie. */
        String layout() throws IOException {
            return lvm("lvs --noheadings -o lv_name,seg_pe_ranges fltest")
                    .replace(one().toString(), "one")
                    .replace(two().toString(), "two")
                    .replaceAll("(?m)^ | $", "");
        }

        @Override
        public void close() throws IOException {
            for (LoopDevice each : disks) {
                each.close();
            }
        }
    }

    /** Octets of a volume that lie side by side in each of its stripes. */
    private record Segment(long start, long length, List<Path> on, List<Long> from) {
        static Segment of(String row) {
            String[] words = row.strip().split(" +", -1);
            List<Path> on = new ArrayList<>();
            List<Long> from = new ArrayList<>();
            for (int i = 2; i < words.length; i++) {
                String[] range = words[i].split("[:-]", -1);
                on.add(Path.of(range[0]));
                from.add(START + Long.parseLong(range[1]) * EXTENT);
            }
            return new Segment(Long.parseLong(words[0]) * EXTENT, Long.parseLong(words[1]) * EXTENT, on, from);
        }

        void copy(FileChannel file, boolean out) throws IOException {
            Set<StandardOpenOption> both = Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
            for (int stripe = 0; stripe < on.size(); stripe++) {
                try (FileChannel disk = FileChannel.open(on.get(stripe), both)) {
                    ByteBuffer octets = ByteBuffer.allocate(STRIPE);
                    for (long turn = stripe; turn * STRIPE < length; turn += on.size()) {
                        long there = from.get(stripe) + turn / on.size() * STRIPE;
                        long here = start + turn * STRIPE;
                        octets.clear();
                        (out ? file : disk).read(octets, out ? here : there);
                        (out ? disk : file).write(octets.flip(), out ? there : here);
                    }
                    disk.force(true);
                }
            }
        }
    }

    /** The volume's octets from a file to where LVM says that they lie, or from there. */
    private static Path copy(Pair disks, String volume, Path file, boolean out) throws IOException {
        String rows = disks.lvm("lvs --noheadings -o seg_start_pe,seg_size_pe,seg_pe_ranges fltest/" + volume);
        Set<StandardOpenOption> both =
                Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE, StandardOpenOption.CREATE);
        try (FileChannel channel = FileChannel.open(file, both)) {
            for (String row : rows.lines().toList()) {
                Segment.of(row).copy(channel, out);
            }
        }
        return file;
    }

    /** On the second disk with a hole of 5 extents before all else. Returns the volumes' files by their names. */
    private Map<String, String> source(Path first, Path second) throws IOException {
        Map<String, String> trees = new TreeMap<>();
        LoopDevice table = LoopDevice.attach(first, 512, Access.READ_WRITE);
        Shell.run("printf 'label: gpt\\nsize=40M, type=uefi\\nsize=200M, type=lvm\\n' | sfdisk -q " + table.node());
        table.close();
        try (Pair disks = Pair.attach(first, second)) {
            disks.lvm("pvcreate -q " + disks.one());
            disks.lvm("pvcreate -q --pvmetadatacopies 2 " + disks.two());
            disks.lvm("vgcreate -q -s 4M fltest %s %s".formatted(disks.one(), disks.two()));
            String create = "lvcreate -q --noudevsync -an -Zn -Wn ";
            disks.lvm(create + "-l 5 -n gone fltest " + disks.two());
            disks.lvm(create + "-l 20 -n linear fltest " + disks.one());
            disks.lvm(create + "-l 28 -i 2 -I 64k -n striped fltest");
            disks.lvm("lvextend -q --noudevsync -l +10 fltest/linear " + disks.two());
            disks.lvm(create + "-l 5 -n swap fltest " + disks.two());
            disks.lvm("lvremove -q --noudevsync -f fltest/gone");
            assertThat(disks.layout())
                    .isEqualTo("linear one:0-19\nlinear two:19-28\nstriped one:20-33 two:5-18\nswap two:29-33");
            for (String volume : List.of("linear 120M", "striped 112M")) {
                String[] words = volume.split(" ", -1);
                Path file = new Lab(folder).disk(words[0], words[1]);
                Shell.run("mkfs.ext4 -q '%s'".formatted(file));
                Lab.attached(
                        file,
                        512,
                        node -> Lab.mounted("", node.toString(), root -> {
                            Tree.plant(root);
                            Shell.run("head -c 20M /dev/urandom > '%s/late'".formatted(root));
                            trees.put(words[0], Tree.describe(root));
                        }));
                copy(disks, words[0], file, true);
            }
            Path swap = new Lab(folder).disk("swap", "20M");
            Shell.run("mkswap -q -U 11111111-2222-3333-4444-555555555555 '%s'".formatted(swap));
            copy(disks, "swap", swap, true);
            // Nothing is in the first partition: it stays as long as it is, and what shrinks is the group.
            Shell.run("blockdev --flushbufs %1$s %2$s".formatted(disks.first(), disks.two()));
        }
        return trees;
    }

    private Manifest image(Path first, Path second, ImageStore store) throws IOException {
        String before = Lab.sha256(first) + Lab.sha256(second);
        Manifest manifest;
        try (Pair disks = Pair.attach(first, second);
                Disk a = BlockDevice.open(disks.first(), Access.READ);
                Disk b = BlockDevice.open(disks.two(), Access.READ)) {
            manifest = new Capture(store.sink(), Lab.THREADS, "test")
                    .capture(List.of(a, b), Progress.SILENT)
                    .manifest();
        }
        assertThat(Lab.sha256(first) + Lab.sha256(second)).isEqualTo(before);
        return manifest;
    }

    private void restore(Manifest manifest, ImageStore store, String sizes, Wishes wishes) throws IOException {
        Lab lab = new Lab(folder);
        String[] size = sizes.split(" ", -1);
        said.clear();
        try (LoopDevice one = LoopDevice.attach(lab.usedDisk("target1", size[0]), 512, Access.READ_WRITE);
                LoopDevice two = LoopDevice.attach(lab.usedDisk("target2", size[1]), 512, Access.READ_WRITE);
                Disk a = BlockDevice.open(one.node(), Access.READ_WRITE);
                Disk b = BlockDevice.open(two.node(), Access.READ_WRITE)) {
            assertThat(new Restore(store.source(), Lab.THREADS)
                            .restore(manifest, List.of(a, b), wishes, Progress.SILENT, said::add)
                            .verified())
                    .isTrue();
        }
    }

    /**
     * @param extents of both physical volumes
     * @param octets of the file systems in the volumes linear and striped
     */
    private void isThere(Map<String, String> trees, String extents, String layout, String octets) throws IOException {
        try (Pair disks = Pair.attach(folder.resolve("target1"), folder.resolve("target2"))) {
            for (Path each : List.of(disks.one(), disks.two())) {
                disks.lvm("pvck " + each);
                assertThat(disks.lvm("pvs --noheadings --units b --nosuffix -o dev_size " + each))
                        .isEqualTo(Shell.run("blockdev --getsize64 " + each));
            }
            assertThat(disks.lvm("pvs --noheadings -o pv_pe_count " + disks.one()) + " "
                            + disks.lvm("pvs --noheadings -o pv_pe_count " + disks.two()))
                    .isEqualTo(extents);
            assertThat(disks.layout()).isEqualTo(layout);
            disks.lvm("vgck fltest");
            assertThat(text(1, disks.one()))
                    .startsWith("fltest {")
                    .isEqualTo(text(1, disks.two()))
                    .isEqualTo(text(2, disks.two()));
            List<String> lengths = new ArrayList<>();
            for (Map.Entry<String, String> tree : trees.entrySet()) {
                Path file = copy(disks, tree.getKey(), folder.resolve("read"), false);
                Shell.run("e2fsck -f -n '%s'".formatted(file));
                lengths.add(Shell.run(
                        "dumpe2fs -h '%s' 2>/dev/null | awk '/^Block count/ {c = $3} /^Block size/ {print c * $3 / 1048576}'"
                                .formatted(file)));
                Lab.attached(
                        file,
                        512,
                        node -> Lab.mounted(
                                "-o ro",
                                node.toString(),
                                root -> assertThat(Tree.describe(root)).isEqualTo(tree.getValue())));
                Files.delete(file);
            }
            assertThat(String.join(" ", lengths)).isEqualTo(octets);
            assertThat(Shell.run(
                            "blkid -p -o export '%s'".formatted(copy(disks, "swap", folder.resolve("read"), false))))
                    .contains("UUID=11111111-2222-3333-4444-555555555555", "TYPE=swap");
            Files.delete(folder.resolve("read"));
            // LVM goes on from what we wrote.
            disks.lvm("vgchange -q --addtag after fltest");
            assertThat(disks.lvm("vgs --noheadings -o vg_tags fltest")).isEqualTo("after");
            disks.lvm("vgck fltest");
        }
    }

    /** Of one of a physical volume's metadata areas, whose checksums are right. */
    private static String text(int area, Path node) throws IOException {
        String found = Shell.run(
                "pvck --driverloaded n --dump metadata --settings mda_num=%d %s 2>/dev/null".formatted(area, node));
        return found.substring(found.indexOf("fltest {"));
    }

    @Test
    void theGroupGrowsAndShrinksWithEachOfItsDisks() throws IOException {
        Path first = new Lab(folder).disk("first", "300M");
        Path second = new Lab(folder).disk("second", "200M");
        Map<String, String> trees = source(first, second);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = image(first, second, store);
            restore(manifest, store, "320M 320M", Wishes.USUAL);
            assertThat(said).contains("fltest/linear (ext4) grows from 120 MiB to 260 MiB");
            isThere(trees, "54 79", """
                    linear one:0-19
                    linear two:19-28
                    linear one:34-38
                    linear two:34-63
                    striped one:20-33 two:5-18
                    swap two:29-33""", "260 112");
            restore(manifest, store, "300M 240M", Wishes.USUAL); // the first has to hear of the second
            isThere(trees, "49 59", """
                    linear one:0-19
                    linear two:19-28
                    linear two:34-43
                    striped one:20-33 two:5-18
                    swap two:29-33""", "160 112");
            restore(manifest, store, "320M 130M", Wishes.USUAL);
            assertThat(said).contains("the volumes of fltest are placed side by side");
            isThere(trees, "54 32", """
                    linear one:0-19
                    linear two:14-23
                    linear one:34-38
                    striped one:20-33 two:0-13
                    swap two:24-28""", "140 112");
            restore(manifest, store, "220M 130M", Wishes.USUAL);
            isThere(trees, "44 32", """
                    linear one:0-19
                    linear two:14-23
                    striped one:20-33 two:0-13
                    swap two:24-28""", "120 112");
        }
    }

    @Test
    void whatHasNoRoomOnOneDiskGoesToTheOther() throws IOException {
        Path first = new Lab(folder).disk("first", "300M");
        Path second = new Lab(folder).disk("second", "200M");
        Map<String, String> trees = source(first, second);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = image(first, second, store);
            restore(manifest, store, "132M 320M", Wishes.USUAL);
            assertThat(said).contains("48 MiB of fltest/linear go from partition 2 of disk 1 to disk 2");
            isThere(trees, "22 79", """
                    linear one:0-7
                    linear two:34-45
                    linear two:19-28
                    linear two:46-75
                    striped one:8-21 two:5-18
                    swap two:29-33""", "240 112");
            restore(manifest, store, "320M 110M", Wishes.USUAL);
            assertThat(said).contains("8388608 octets of fltest/linear go from disk 2 to partition 2 of disk 1");
            isThere(trees, "54 27", """
                    linear one:0-19
                    linear two:14-21
                    linear one:34-40
                    striped one:20-33 two:0-13
                    swap two:22-26""", "140 112");
            restore(manifest, store, "132M 154M", Wishes.USUAL);
            assertThat(said)
                    .contains(
                            "fltest/linear (ext4) shrinks from 120 MiB to 108 MiB",
                            "48 MiB of fltest/linear go from partition 2 of disk 1 to disk 2");
            isThere(trees, "22 38", """
                    linear one:0-7
                    linear two:26-37
                    linear two:14-20
                    striped one:8-21 two:0-13
                    swap two:21-25""", "108 112");
            assertThatThrownBy(() -> restore(manifest, store, "120M 50M", Wishes.USUAL))
                    .hasMessageContaining("too few")
                    .hasMessageContaining(
                            "of the group fltest (LVM) its other disks can take, and its file systems give, ");
        }
    }

    /** Of a volume on the first of two whole disks, of which nobody knows what it holds; nothing is on the second. */
    private Manifest unknown(ImageStore store) throws IOException {
        Shell.run("head -c 80M /dev/urandom > '%s/data'".formatted(folder));
        return data(store, "");
    }

    /** @param extend what follows when the volume that will hold the file data was made on the first */
    private Manifest data(ImageStore store, String extend) throws IOException {
        Path first = new Lab(folder).disk("first", "100M");
        Path second = new Lab(folder).disk("second", "40M");
        try (Pair disks = Pair.whole(first, second)) {
            disks.lvm("pvcreate -q %s %s".formatted(disks.one(), disks.two()));
            disks.lvm("vgcreate -q -s 4M fltest %s %s".formatted(disks.one(), disks.two()));
            disks.lvm("lvcreate -q --noudevsync -an -Zn -Wn -l 20 -n data fltest " + disks.one());
            if (!extend.isEmpty()) {
                disks.lvm(extend + " " + disks.two());
            }
            copy(disks, "data", folder.resolve("data"), true);
            Shell.run("blockdev --flushbufs %s %s".formatted(disks.one(), disks.two()));
        }
        return image(first, second, store);
    }

    @ParameterizedTest
    @ValueSource(strings = {"ntfs", "vfat"})
    void aFileSystemShrinksWhenAllDisksTogetherAreTooSmall(String kind) throws IOException {
        boolean fat = kind.equals("vfat");
        Shell.run("cd '%s'; truncate -s 96M data; head -c 6M /dev/urandom > late; ".formatted(folder)
                + (fat
                        ? "mkfs.vfat -F 16 data >/dev/null; mcopy -i data late ::LATE"
                        : "mkntfs -q -Q -F data; ntfscp -q data late LATE"));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = data(store, "lvextend -q --noudevsync -l +4 fltest/data");
            restore(manifest, store, "60M 32M", Wishes.USUAL);
            assertThat(said)
                    .contains("fltest/data (" + kind + ") shrinks from 96 MiB to 84 MiB"
                            + (fat ? ", made anew file by file" : ""));
            try (Pair disks = Pair.whole(folder.resolve("target1"), folder.resolve("target2"))) {
                assertThat(disks.layout()).isEqualTo("data one:0-13\ndata two:1-6\ndata two:0-0");
                assertThat(text(1, disks.one())).startsWith("fltest {").isEqualTo(text(1, disks.two()));
                disks.lvm("vgck fltest");
                copy(disks, "data", folder.resolve("read"), false);
            }
            Shell.run("cd '%s'; ".formatted(folder)
                    + (fat
                            ? "fsck.vfat -n read; mcopy -n -i read ::LATE out"
                            : "ntfsfix -n read; ntfscat -f read LATE > out")
                    + "; cmp late out");
        }
    }

    /** Like a power cut when {@code offset} is written. */
    private record CutOff(Disk disk, long offset) implements DiskOver {
        @Override
        public void write(long at, ByteBuffer from) throws IOException {
            if (at <= offset && offset < at + from.remaining()) {
                throw new IOException("cut off");
            }
            disk.write(at, from);
        }
    }

    private RestoreSummary restore(Manifest manifest, ImageStore store, Path first, Path second, long cut)
            throws IOException {
        said.clear();
        try (LoopDevice one = LoopDevice.attach(first, 512, Access.READ_WRITE);
                LoopDevice two = LoopDevice.attach(second, 512, Access.READ_WRITE);
                Disk a = BlockDevice.open(one.node(), Access.READ_WRITE);
                Disk b = new CutOff(BlockDevice.open(two.node(), Access.READ_WRITE), cut)) {
            return new Restore(store.source(), Lab.THREADS)
                    .restore(manifest, List.of(a, b), Wishes.USUAL, Progress.SILENT, said::add);
        }
    }

    @Test
    void aRestoreThatWasCutOffWhereExtentsChangeTheDiskGoesOn() throws IOException {
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = unknown(store);
            Path one = new Lab(folder).usedDisk("target1", "72M");
            Path two = new Lab(folder).usedDisk("target2", "60M");
            for (long cut : List.of(START + 2L * EXTENT, 4096L)) { // the last that comes, and what LVM knows
                assertThatThrownBy(() -> restore(manifest, store, one, two, cut))
                        .hasStackTraceContaining("cut off");
                assertThat(Shell.run("blkid -p -o value -s TYPE '%s' || true".formatted(two)))
                        .doesNotContain("LVM");
            }
            assertThat(restore(manifest, store, one, two, Long.MAX_VALUE).verified())
                    .isTrue();
            assertThat(said)
                    .contains(
                            "12 MiB of fltest/data go from disk 1 to disk 2",
                            "fltest/data lies on disk 2 as well then, and is lost with it");
            try (Pair disks = Pair.whole(one, two)) {
                assertThat(disks.layout()).isEqualTo("data one:0-16\ndata two:0-2");
                assertThat(text(1, disks.one())).startsWith("fltest {").isEqualTo(text(1, disks.two()));
                disks.lvm("vgck fltest");
                copy(disks, "data", folder.resolve("read"), false);
            }
            assertThat(Lab.sha256(folder.resolve("read"))).isEqualTo(Lab.sha256(folder.resolve("data")));
        }
    }

    @Test
    void whatHasNoRoomOnAllDisksIsRefusedBeforeAnythingIsWritten() throws IOException {
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = unknown(store);
            Path one = new Lab(folder).usedDisk("target1", "44M");
            Path two = new Lab(folder).usedDisk("target2", "40M");
            String before = Lab.sha256(one) + Lab.sha256(two);
            assertThatThrownBy(() -> restore(manifest, store, one, two, Long.MAX_VALUE))
                    .hasMessageContaining("it needs 45 MiB at least, the disk has 44 MiB: 1048576 octets too few; "
                            + "of the group fltest (LVM) its other disks can take, and its file systems give, 36 MiB");
            assertThat(Lab.sha256(one) + Lab.sha256(two)).isEqualTo(before);
        }
    }

    @Test
    void theVolumeThatWasChosenGrowsOnEachDiskThatItLiesOn() throws IOException {
        Path first = new Lab(folder).disk("first", "300M");
        Path second = new Lab(folder).disk("second", "200M");
        Map<String, String> trees = source(first, second);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = image(first, second, store);
            restore(manifest, store, "320M 320M", Wishes.of(Map.of(Wishes.GROW, "fltest/striped")));
            isThere(trees, "54 79", """
                    linear one:0-19
                    linear two:19-28
                    striped one:20-33 two:5-18
                    striped one:34-38
                    striped two:34-63
                    swap two:29-33""", "120 252");
            assertThatThrownBy(
                            () -> restore(manifest, store, "320M 320M", Wishes.of(Map.of(Wishes.GROW, "fltest/swap"))))
                    .hasMessageContaining("the volumes of the image that can are fltest/linear, fltest/striped");
        }
    }

    @Test
    void twoPhysicalVolumesOfOneDiskGrowAndShrinkToo() throws IOException {
        Path source = new Lab(folder).disk("source", "300M");
        LoopDevice table = LoopDevice.attach(source, 512, Access.READ_WRITE);
        Shell.run("printf 'label: gpt\\nsize=100M, type=lvm\\nsize=150M, type=lvm\\n' | sfdisk -q " + table.node());
        table.close();
        Path file = new Lab(folder).disk("file", "160M");
        Shell.run("mkfs.ext4 -q '%s'".formatted(file));
        String[] tree = {""};
        Lab.attached(
                file,
                512,
                node -> Lab.mounted("", node.toString(), root -> {
                    Tree.plant(root);
                    tree[0] = Tree.describe(root);
                }));
        try (Pair parts = Pair.attach(source)) {
            parts.lvm("pvcreate -q %s %s".formatted(parts.one(), parts.two()));
            parts.lvm("vgcreate -q -s 4M fltest %s %s".formatted(parts.one(), parts.two()));
            parts.lvm("lvcreate -q --noudevsync -an -Zn -Wn -l 20 -n data fltest " + parts.one());
            parts.lvm("lvextend -q --noudevsync -l +20 fltest/data " + parts.two());
            copy(parts, "data", file, true);
            Shell.run("blockdev --flushbufs " + parts.first());
        }
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            for (String each : List.of("360M/data one:0-19\ndata two:0-34", "220M/data one:0-19\ndata two:0-19")) {
                String[] sizeAndLayout = each.split("/", -1);
                Path target = new Lab(folder).usedDisk("target", sizeAndLayout[0]);
                try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                        Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
                    new Restore(store.source(), Lab.THREADS)
                            .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add);
                }
                try (Pair parts = Pair.attach(target)) {
                    assertThat(parts.layout()).isEqualTo(sizeAndLayout[1]);
                    parts.lvm("vgck fltest");
                    assertThat(text(1, parts.one())).isEqualTo(text(1, parts.two()));
                    Files.delete(file);
                    Shell.run("e2fsck -f -n '%s'".formatted(copy(parts, "data", file, false)));
                    Lab.attached(
                            file,
                            512,
                            node -> Lab.mounted(
                                    "-o ro",
                                    node.toString(),
                                    root -> assertThat(Tree.describe(root)).isEqualTo(tree[0])));
                }
            }
            assertThat(said).contains("fltest/data (ext4) grows from 160 MiB to 220 MiB");
        }
    }

    /** LVM would put the old extents of the one beside the new ones of the other. */
    @Test
    void oneOfTheGroupsPartitionsIsNotRestoredAlone() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        LoopDevice table = LoopDevice.attach(source, 512, Access.READ_WRITE);
        Shell.run("printf 'label: gpt\nsize=20M, type=lvm\nsize=20M, type=lvm\n' | sfdisk -q " + table.node());
        table.close();
        try (Pair parts = Pair.attach(source)) {
            parts.lvm("pvcreate -q %s %s".formatted(parts.one(), parts.two()));
            parts.lvm("vgcreate -q -s 4M fltest %s %s".formatted(parts.one(), parts.two()));
            parts.lvm("lvcreate -q --noudevsync -an -Zn -Wn -l 2 -n data fltest " + parts.one());
            Shell.run("blockdev --flushbufs " + parts.first());
        }
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            String before = Lab.sha256(source);
            try (LoopDevice loop = LoopDevice.attach(source, 512, Access.READ_WRITE);
                    Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
                Restore restore = new Restore(store.source(), Lab.THREADS);
                Wishes one = new Wishes(Set.of(1), Wishes.AS_IT_WAS.grow());
                assertThatThrownBy(() -> restore.restore(manifest, List.of(disk), one, Progress.SILENT, said::add))
                        .hasMessageContaining("its group fltest (LVM) lies on 2 physical volumes");
                assertThat(Lab.sha256(source)).isEqualTo(before);
                Wishes both = new Wishes(Set.of(1, 2), Wishes.AS_IT_WAS.grow());
                assertThat(restore.restore(manifest, List.of(disk), both, Progress.SILENT, said::add)
                                .verified())
                        .isTrue();
            }
        }
    }

    @Test
    void norIsOneThatCarriesNoMetadataOfItsOwn() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        LoopDevice table = LoopDevice.attach(source, 512, Access.READ_WRITE);
        Shell.run("printf 'label: gpt\nsize=20M, type=lvm\nsize=20M, type=lvm\n' | sfdisk -q " + table.node());
        table.close();
        try (Pair parts = Pair.attach(source)) {
            parts.lvm("pvcreate -q --pvmetadatacopies 0 " + parts.one());
            parts.lvm("pvcreate -q " + parts.two());
            parts.lvm("vgcreate -q -s 4M fltest %s %s".formatted(parts.one(), parts.two()));
            Shell.run("blockdev --flushbufs " + parts.first());
        }
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                LoopDevice loop = LoopDevice.attach(source, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            Manifest manifest = Lab.image(source, 512, store);
            Restore restore = new Restore(store.source(), Lab.THREADS);
            for (int partition = 1; partition <= 2; partition++) {
                Wishes one = new Wishes(Set.of(partition), Wishes.AS_IT_WAS.grow());
                assertThatThrownBy(() -> restore.restore(manifest, List.of(disk), one, Progress.SILENT, said::add))
                        .hasMessageContaining(
                                "Partition " + one.only().iterator().next() + " is not restored alone");
            }
        }
    }

    @Test
    void aGroupOfWhichTheImageHasNotAllDisksIsMovedWhole() throws IOException {
        Path first = new Lab(folder).disk("first", "300M");
        Path second = new Lab(folder).disk("second", "200M");
        source(first, second);
        Path target = new Lab(folder).usedDisk("target1", "320M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                LoopDevice one = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk a = BlockDevice.open(one.node(), Access.READ_WRITE)) {
            new Restore(store.source(), Lab.THREADS)
                    .restore(Lab.image(first, 512, store), List.of(a), Wishes.USUAL, Progress.SILENT, said::add);
        }
        assertThat(said)
                .contains(
                        "partition 2 (lvm) is moved whole: its group fltest lies on 2 physical volumes, of which 1 takes part")
                .noneMatch(words -> words.contains("grows"));
    }
}
