package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.addon.AddOnBuilder;
import firstlight.image.addon.AddOnPlace;
import firstlight.image.addon.AddOnPlaces;
import firstlight.image.addon.FolderSource;
import firstlight.image.addon.ImagedPlace;
import firstlight.image.addon.LayDown;
import firstlight.image.capture.Capture;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.KernelDisk;
import firstlight.image.disk.LoopDevice;
import firstlight.image.extents.FileSystem;
import firstlight.image.luks.KeyRing;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.resize.DiskLayout;
import firstlight.image.resize.LayoutPlan;
import firstlight.image.resize.Placement;
import firstlight.image.resize.Shortest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.tree.FileTree;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is decided, before anything is written, of a volume group on two disks of which one is too small. */
class LvmHandoverTest {
    private static final long MIB = 1 << 20;

    @TempDir
    Path folder;

    private ImageStore store;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @BeforeEach
    void open() throws IOException {
        store = DiskStore.open(folder.resolve("store"));
    }

    @AfterEach
    void close() throws IOException {
        store.close();
    }

    /** @param table of which the second partition is the physical volume; without one the whole disk is */
    private record Side(String size, String table) {
        Path physical(LoopDevice loop) {
            return table.isEmpty() ? loop.node() : Path.of(loop.node() + "p2");
        }
    }

    private static Slice physical(Disk disk) throws IOException {
        List<Partition> partitions = PartitionTable.read(disk).partitions();
        return partitions.isEmpty()
                ? new Slice(disk, 0, disk.size())
                : new Slice(
                        disk, partitions.getLast().start(), partitions.getLast().length());
    }

    /** The device of the volume {@code name} of two disks, for as long as {@code work} takes. */
    private static void in(String name, Disk first, Disk second, Lab.OnNode work) throws IOException {
        List<Disk> places = List.of(physical(first), physical(second));
        List<MappedDisk> volumes = new ArrayList<>();
        for (Disk place : places) {
            volumes.addAll(MappedDisk.on(place, places));
        }
        MappedDisk volume = volumes.stream()
                .filter(each -> each.name().equals("fltest/" + name))
                .findFirst()
                .orElseThrow();
        try (KernelDisk device = KernelDisk.attach(volume, Access.READ_WRITE)) {
            work.use(device.node());
        }
    }

    /** Something to be done with both disks, open. */
    @FunctionalInterface
    private interface OnBoth {
        void use(Disk first, Disk second) throws IOException;
    }

    private static void open(Path first, Path second, OnBoth work) throws IOException {
        try (LoopDevice one = LoopDevice.attach(first, 512, Access.READ_WRITE);
                LoopDevice two = LoopDevice.attach(second, 512, Access.READ_WRITE);
                Disk a = BlockDevice.open(one.node(), Access.READ_WRITE);
                Disk b = BlockDevice.open(two.node(), Access.READ_WRITE)) {
            work.use(a, b);
        }
    }

    /**
     * @param volumes a row each: how many extents, its name, and the physical volume, ONE or TWO
     * @param fill makes what is in them
     */
    private Manifest image(Side first, Side second, String volumes, OnBoth fill) throws IOException {
        Path one = new Lab(folder).disk("first", first.size());
        Path two = new Lab(folder).disk("second", second.size());
        for (Map.Entry<Path, Side> each : List.of(Map.entry(one, first), Map.entry(two, second))) {
            if (!each.getValue().table().isEmpty()) {
                Lab.attached(
                        each.getKey(),
                        512,
                        node -> Shell.run("printf 'label: gpt\\n%s\\n' | sfdisk -q %s"
                                .formatted(each.getValue().table(), node)));
            }
        }
        try (LoopDevice a = LoopDevice.attach(one, 512, Access.READ_WRITE);
                LoopDevice b = LoopDevice.attach(two, 512, Access.READ_WRITE)) {
            Path[] both = {first.physical(a), second.physical(b)};
            LvmTest.lvm("pvcreate -q %s %s".formatted(both[0], both[1]), both);
            LvmTest.lvm("vgcreate -q -s 4M fltest %s %s".formatted(both[0], both[1]), both);
            for (String row : volumes.lines().toList()) {
                String[] words = row.split(" ", -1);
                LvmTest.lvm(
                        "lvcreate -q --noudevsync -an -Zn -Wn -l %s -n %s fltest %s"
                                .formatted(words[0], words[1], words[2].equals("ONE") ? both[0] : both[1]),
                        both);
            }
            Shell.run("blockdev --flushbufs %s %s".formatted(a.node(), b.node()));
        }
        open(one, two, fill);
        List<Manifest> captured = new ArrayList<>();
        open(
                one,
                two,
                (a, b) -> captured.add(new Capture(store.sink(), Lab.THREADS, "test")
                        .capture(List.of(a, b), Progress.SILENT)
                        .manifest()));
        return captured.getFirst();
    }

    private static void shell(Disk disk, int partition, String command) throws IOException {
        Path node = disk.node(partition).orElseThrow();
        Shell.run(command.formatted(node) + "; blockdev --flushbufs " + node);
    }

    /** @param mebibytes of the disks */
    private static List<DiskLayout> plan(Manifest manifest, ChunkSource source, String grow, int... mebibytes)
            throws IOException {
        List<Shortest.Wanted> wanted = new ArrayList<>();
        for (int i = 0; i < mebibytes.length; i++) {
            DiskImage image = manifest.disks().get(i);
            String name = "disk " + (i + 1);
            long size = mebibytes[i] * MIB;
            wanted.add(new Shortest.Wanted(
                    image,
                    512,
                    lengths -> LayoutPlan.of(
                            image,
                            name,
                            size,
                            512,
                            Wishes.of(Map.of(Wishes.GROW, grow)).grow(),
                            lengths)));
        }
        return new Shortest(source, KeyRing.empty()).layout(wanted, Set.of());
    }

    private static long mebibytes(DiskLayout layout, int partition) {
        return layout.placements().stream()
                        .filter(each -> each.region().partition() == partition)
                        .mapToLong(Placement::length)
                        .sum()
                / MIB;
    }

    private static List<String> words(List<DiskLayout> layouts) {
        return layouts.stream().flatMap(layout -> layout.words().stream()).toList();
    }

    @Test
    void theFullDisksOwnPartitionsGiveBeforeExtentsGoToAnother() throws IOException {
        Manifest manifest = image(
                new Side("250M", "size=120M\\nsize=120M, type=lvm"),
                new Side("200M", ""),
                "29 data ONE",
                (one, _) -> shell(one, 1, "mkfs.ext4 -q %s"));
        List<DiskLayout> layouts = plan(manifest, store.source(), "largest", 150, 200);
        assertThat(mebibytes(layouts.getFirst(), 1)).isLessThan(60);
        assertThat(mebibytes(layouts.getFirst(), 2)).isBetween(90L, 119L);
        assertThat(words(layouts)).anyMatch(words -> words.contains("of fltest/data go from partition 2 of disk 1"));
    }

    @ParameterizedTest
    @CsvSource({"largest", "fltest/small", "3"})
    void whatALargerDiskHasMoreIsTakenWhicheverGrows(String grow) throws IOException {
        Manifest manifest = whole();
        assertThat(words(plan(manifest, store.source(), grow, 60, 60)))
                .contains("40 MiB of fltest/small go from disk 1 to disk 2");
    }

    @Test
    void whereNothingIsToGrowItIsSaid() throws IOException {
        Manifest manifest = whole();
        assertThatThrownBy(() -> plan(manifest, store.source(), "none", 60, 60))
                .isInstanceOf(ImageFailure.class)
                .hasMessageContaining(
                        "its other disks can take, and its file systems give, 36 MiB, where none of them grows");
    }

    /** Of both nobody knows what they hold; nothing is on the second. */
    private Manifest whole() throws IOException {
        return image(new Side("100M", ""), new Side("40M", ""), "10 small ONE\n14 data ONE", (_, _) -> {});
    }

    @Test
    void noToolIsAskedOfAGroupInWhichNothingShrinks() throws IOException {
        Manifest manifest = image(
                new Side("250M", "size=120M\\nsize=100M, type=lvm"),
                new Side("100M", ""),
                "20 data ONE\n4 other TWO",
                (one, two) -> {
                    shell(one, 1, "mkfs.ext4 -q %s");
                    Shell.run("head -c 6M /dev/urandom > '%s/late'".formatted(folder));
                    in(
                            "data",
                            one,
                            two,
                            node -> Shell.run(
                                    "mkfs.vfat -F 16 %1$s >/dev/null; mcopy -i %1$s '%2$s/late' ::LATE; mmd -i %1$s ::DIR"
                                            .formatted(node, folder)));
                });
        Set<ChunkId> asked = Collections.synchronizedSet(new HashSet<>());
        ChunkSource heard = ids -> {
            asked.addAll(ids);
            return store.source().get(ids);
        };
        plan(manifest, heard, "largest", 250, 100);
        Set<ChunkId> looked = Set.copyOf(asked);
        assertThat(words(plan(manifest, heard, "largest", 170, 100)))
                .anyMatch(words -> words.startsWith("partition 1 (ext4) shrinks"));
        asked.removeAll(looked);
        Set<ChunkId> ofGroup = new HashSet<>();
        manifest.disks()
                .forEach(disk -> disk.regions().stream()
                        .filter(region -> region.kind() == FileSystem.LVM)
                        .forEach(region -> {
                            if (region.content() instanceof Content.Blocks blocks) {
                                blocks.chunks().forEachStored(ofGroup::add);
                            }
                        }));
        assertThat(ofGroup).hasSizeGreaterThan(6);
        assertThat(asked).isNotEmpty().doesNotContainAnyElementsOf(ofGroup);
    }

    private AddOn addOn() throws IOException {
        Path root = Files.createDirectories(folder.resolve("files/etc"));
        Files.writeString(root.resolve("motd"), "hi\n");
        try (AddOnBuilder builder = new AddOnBuilder(store.trustingSink(), "");
                FileTree tree = FileTree.open(root.getParent(), false)) {
            new FolderSource(tree, builder, Optional.empty(), false).add("");
            return builder.build(PartitionChoice.SYSTEM);
        }
    }

    /** @param second a partition beside the physical volume, or one that is the other's whole disk */
    private Manifest system(Side second, OnBoth more) throws IOException {
        return image(new Side("64M", ""), second, "10 root ONE", (one, two) -> {
            in("root", one, two, node -> {
                Shell.run("mkfs.ext4 -q " + node);
                makeSystem(node);
            });
            more.use(one, two);
        });
    }

    private static void makeSystem(Path node) throws IOException {
        Lab.mounted("", node.toString(), at -> Shell.run("mkdir '%1$s/etc'; touch '%1$s/etc/fstab'".formatted(at)));
    }

    private ImagedPlace place(Manifest manifest, AddOn addOn) throws IOException {
        return ImagedPlace.check(
                manifest, store.source(), PartitionChoice.SYSTEM, Set.of(), addOn, List.of(), KeyRing.empty());
    }

    @Test
    void anAddOnIsLaidOnASystemThatCameToLieOnTwoDisks() throws IOException {
        Manifest manifest = system(new Side("20M", ""), (_, _) -> {});
        AddOn addOn = addOn();
        ImagedPlace place = place(manifest, addOn);
        Path one = new Lab(folder).usedDisk("target1", "36M");
        Path two = new Lab(folder).usedDisk("target2", "20M");
        open(one, two, (a, b) -> {
            new Restore(store.source(), Lab.THREADS)
                    .asking(place::check)
                    .restore(manifest, List.of(a, b), Wishes.USUAL, Progress.SILENT, words -> {});
            AddOnPlace found = AddOnPlaces.find(List.of(a, b), PartitionChoice.SYSTEM);
            assertThat(found).hasToString("volume fltest/root (ext4)");
            assertThat(found.volume().orElseThrow().physical()).hasSize(2);
            new LayDown(store.source()).lay(addOn, found, Progress.SILENT);
        });
        open(
                one,
                two,
                (a, b) -> in(
                        "root",
                        a,
                        b,
                        node -> Lab.mounted(
                                "-o ro",
                                node.toString(),
                                at -> assertThat(Files.readString(at.resolve("etc/motd")))
                                        .isEqualTo("hi\n"))));
    }

    @Test
    void anAddOnThatWouldFindAnotherSystemThenIsRefusedBeforeAnythingIsWritten() throws IOException {
        Manifest manifest = system(new Side("100M", "size=20M\\nsize=60M, type=lvm"), (_, two) -> {
            shell(two, 1, "mkfs.ext4 -q %s");
            makeSystem(two.node(1).orElseThrow());
        });
        ImagedPlace place = place(manifest, addOn());
        Path one = new Lab(folder).usedDisk("target1", "36M");
        Path two = new Lab(folder).usedDisk("target2", "100M");
        String before = Lab.sha256(one) + Lab.sha256(two);
        open(
                one,
                two,
                (a, b) -> assertThatThrownBy(() -> new Restore(store.source(), Lab.THREADS)
                                .asking(place::check)
                                .restore(manifest, List.of(a, b), Wishes.USUAL, Progress.SILENT, words -> {}))
                        .hasMessageContaining(
                                "a Linux or Windows system is on volume fltest/root (ext4) in the image, and would"
                                        + " be on volume fltest/root (ext4), partition 1 (ext4) of disk 2 then"));
        assertThat(Lab.sha256(one) + Lab.sha256(two)).isEqualTo(before);
        place.check(plan(manifest, store.source(), "largest", 64, 100)); // where it stays on its disk
    }
}
