package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.KernelDisk;
import firstlight.image.disk.LoopDevice;
import firstlight.image.extents.Volume;
import firstlight.image.lvm.LogicalVolume;
import firstlight.image.lvm.MappedDisk;
import firstlight.image.lvm.PhysicalVolume;
import firstlight.image.lvm.VolumeGroup;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A volume group that LVM's own tools made, restored onto smaller and larger disks: its metadata are read, checked and written
 * on by LVM's tools, its file systems checked by theirs and compared file by file.
 */
class LvmResizeTest {
    @TempDir
    Path folder;

    private final List<String> said = new ArrayList<>();
    private int sector = 512;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    static String lvm(String command, Path node) throws IOException {
        String[] words = command.split(" ", 2);
        return Shell.run("%s --driverloaded n --config 'backup{backup=0 archive=0}' --devices %s %s 2>/dev/null"
                .formatted(words[0], node, words[1]));
    }

    @FunctionalInterface
    interface OnVolume {
        void use(String name, Path node) throws IOException;
    }

    /** Each logical volume of the group in the partition, or on the bare disk, as a device. */
    static void eachVolume(Path node, Access access, OnVolume work) throws IOException {
        try (Disk disk = BlockDevice.open(node, access)) {
            List<Partition> partitions = PartitionTable.read(disk).partitions();
            long start = partitions.isEmpty() ? 0 : partitions.getLast().start();
            long length =
                    partitions.isEmpty() ? disk.size() : partitions.getLast().length();
            Slice physical = new Slice(disk, start, length);
            PhysicalVolume read = PhysicalVolume.read(new Volume.OfDisk(physical, "", 0, 0, length));
            VolumeGroup group = VolumeGroup.parse(read.metadata().orElseThrow());
            for (LogicalVolume volume : group.volumes()) {
                try (KernelDisk device = KernelDisk.attach(new MappedDisk(volume, physical), access)) {
                    work.use(volume.name(), device.node());
                }
            }
        }
    }

    /** Of 224 extents 164 in use: a hole of 20 at the start, 40 at the end. Returns the volumes' files by their name. */
    private static Map<String, String> source(Path disk, String make) throws IOException {
        Map<String, String> trees = new TreeMap<>();
        try (LoopDevice loop = LoopDevice.attach(disk, 512, Access.READ_WRITE)) {
            Shell.run("printf 'label: gpt\\nsize=90M, type=linux\\nsize=900M, type=lvm\\n' | sfdisk -q " + loop.node());
            loop.partitionsChanged();
            Path node = Path.of(loop.node() + "p2");
            Shell.run("mkfs.ext4 -q %sp1".formatted(loop.node()));
            lvm("pvcreate -q " + node, node);
            lvm("vgcreate -q -s 4M flr " + node, node);
            String create = "lvcreate -q --noudevsync -an -Zn -Wn ";
            lvm(create + "-l 20 -n gone flr", node);
            lvm(create + "-l 60 -n root flr", node);
            lvm(create + "-l 20 -n var flr", node);
            lvm(create + "-l 20 -i 2 -I 64k --alloc anywhere -n striped flr", node);
            lvm("lvextend -q --noudevsync -l +60 flr/root", node);
            lvm(create + "-l 4 -n swap flr", node);
            lvm("lvremove -q --noudevsync -f flr/gone", node);
            Shell.run("blockdev --flushbufs " + loop.node());
            eachVolume(loop.node(), Access.READ_WRITE, (name, device) -> {
                if (name.equals("flr/swap")) {
                    Shell.run("mkswap -q -U 11111111-2222-3333-4444-555555555555 " + device);
                    return;
                }
                Shell.run((name.equals("flr/root") ? make : "mkfs.ext4 -q") + " " + device);
                Lab.mounted("", device.toString(), root -> {
                    if (name.equals("flr/root")) { // so that there is something behind the new end
                        Shell.run("fallocate -l 300M '%1$s/filler'; sync -f '%1$s'".formatted(root));
                    }
                    Tree.plant(root);
                    Shell.run("head -c 20M /dev/urandom > '%1$s/late'; rm -f '%1$s/filler'".formatted(root));
                });
                Lab.mounted("-o ro", device.toString(), root -> trees.put(name, describe(root)));
            });
        }
        return trees;
    }

    /** How long a folder is depends on how it came about. */
    static String describe(Path root) throws IOException {
        return Tree.describe(root).replaceAll("(?m)^(.* d \\d+ \\d+ \\d+) \\d+ ", "$1 ");
    }

    private Path restored(Manifest manifest, ImageStore store, String size) throws IOException {
        return restored(manifest, store, size, Wishes.USUAL);
    }

    private Path restored(Manifest manifest, ImageStore store, String size, Wishes wishes) throws IOException {
        Path target = new Lab(folder).usedDisk("target", "400M");
        Shell.run("truncate -s %s '%s'".formatted(size, target));
        said.clear();
        try (LoopDevice loop = LoopDevice.attach(target, sector, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            assertThat(new Restore(store.source(), 3)
                            .restore(manifest, List.of(disk), wishes, Progress.SILENT, said::add)
                            .verified())
                    .isTrue();
        }
        return target;
    }

    /** @param extents of the physical volume and of the root volume */
    private void isRight(Path target, boolean bare, Map<String, String> trees, String check, int... extents)
            throws IOException {
        try (LoopDevice loop = LoopDevice.attach(target, sector, Access.READ_WRITE)) {
            loop.partitionsChanged();
            Path node = bare ? loop.node() : Path.of(loop.node() + "p2");
            assertThat(lvm("pvs --noheadings --units b --nosuffix -o pv_pe_count,dev_size " + node, node)
                            .strip()
                            .replaceAll(" +", " "))
                    .isEqualTo(extents[0] + " " + Shell.run("blockdev --getsize64 " + node));
            assertThat(lvm("lvs --noheadings --units 4m --nosuffix -o lv_size flr/root", node)
                            .strip())
                    .isEqualTo(extents[1] + ".00");
            Shell.run("pvck --driverloaded n --devices %1$s %1$s".formatted(node));
            lvm("vgck flr", node);
            Map<String, String> found = new TreeMap<>();
            eachVolume(loop.node(), Access.READ, (name, device) -> {
                if (name.equals("flr/swap")) {
                    assertThat(Shell.run("blkid -p -o export " + device))
                            .contains("UUID=11111111-2222-3333-4444-555555555555", "TYPE=swap");
                    return;
                }
                Shell.run((name.equals("flr/root") ? check : "e2fsck -f -n") + " " + device);
                Lab.mounted("-o ro", device.toString(), root -> found.put(name, describe(root)));
            });
            assertThat(found).isEqualTo(trees);
            assertThat(readByGrub(target)).isEqualTo(readByGrub(target.resolveSibling("source")));
            // LVM goes on from what we wrote.
            lvm("vgchange -q --addtag after flr", node);
            assertThat(lvm("vgs --noheadings -o vg_tags flr", node).strip()).isEqualTo("after");
            lvm("vgck flr", node);
        }
    }

    /** Its reader of LVM's text wants things in LVM's order, and starts systems whose kernel is in a volume. */
    private static String readByGrub(Path disk) throws IOException {
        return Shell.run("grub-fstest '%s' crc '(lvm/flr-root)/text'".formatted(disk));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"mkfs.ext4 -q, e2fsck -f -n", "mkfs.xfs -q -f, xfs_repair -n"})
    void aGroupGrowsMovesAndShrinksWithItsDisk(String make, String check) throws IOException {
        growsAndMoves(make, check, (manifest, store, trees) -> {
            Path least = restored(manifest, store, "650M");
            assertThat(String.join("\n", said)).contains("flr/root", "shrinks from 480 MiB");
            isRight(least, false, trees, check, 139, 95);
        });
    }

    @Test
    @EnabledIfSystemProperty(named = "firstlight.matrix", matches = "all")
    void aGroupWithBtrfsDoesSoToo() throws IOException {
        growsAndMoves(
                "mkfs.btrfs -q -f", "btrfs check", (manifest, store, trees) -> {}); // what it could shrink by is little
    }

    @FunctionalInterface
    private interface Then {
        void on(Manifest manifest, ImageStore store, Map<String, String> trees) throws IOException;
    }

    private void growsAndMoves(String make, String check, Then then) throws IOException {
        Path source = new Lab(folder).disk("source", "1000M");
        Map<String, String> trees = source(source, make);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            assertThat(manifest.notes()).noneMatch(note -> note.contains("flr"));
            Path larger = restored(manifest, store, "1300M");
            assertThat(String.join("\n", said)).contains("flr/root", "grows from 480 MiB to 780 MiB");
            isRight(larger, false, trees, check, 299, 195);
            Path smaller = restored(manifest, store, "800M");
            assertThat(String.join("\n", said))
                    .contains("are placed side by side")
                    .doesNotContain("flr/root");
            isRight(smaller, false, trees, check, 176, 120);
            then.on(manifest, store, trees);
        }
    }

    @ParameterizedTest(name = "sectors of {0} octets")
    @ValueSource(ints = {512, 4096})
    void aGroupOnABareDiskTakesItsSecondMetadataAreaAlong(int sectorSize) throws IOException {
        sector = sectorSize;
        Path source = new Lab(folder).disk("source", "200M");
        Map<String, String> trees = new TreeMap<>();
        try (LoopDevice loop = LoopDevice.attach(source, sector, Access.READ_WRITE)) {
            lvm("pvcreate -q --pvmetadatacopies 2 " + loop.node(), loop.node());
            lvm("vgcreate -q -s 4M flr " + loop.node(), loop.node());
            lvm("lvcreate -q --noudevsync -an -Zn -Wn -l 47 -n root flr", loop.node());
            Shell.run("blockdev --flushbufs " + loop.node());
            eachVolume(loop.node(), Access.READ_WRITE, (name, device) -> {
                Shell.run("mkfs.ext4 -q " + device);
                Lab.mounted("", device.toString(), Tree::plant);
                Lab.mounted("-o ro", device.toString(), root -> trees.put(name, describe(root)));
            });
        }
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, sector, store);
            isRight(restored(manifest, store, "300M"), true, trees, "e2fsck -f -n", 74, 72);
            assertThat(said).anyMatch(words -> words.startsWith("flr/root (ext4) grows from 188 MiB to 288 MiB"));
            isRight(restored(manifest, store, "120M"), true, trees, "e2fsck -f -n", 29, 29);
        }
    }

    @Test
    void theVolumeThatWasChosenGrowsAndWhatCannotIsRefusedWithThoseThatCan() throws IOException {
        Path source = new Lab(folder).disk("source", "200M");
        Map<String, String> trees = new TreeMap<>();
        try (LoopDevice loop = LoopDevice.attach(source, sector, Access.READ_WRITE)) {
            lvm("pvcreate -q " + loop.node(), loop.node());
            lvm("vgcreate -q -s 4M flr " + loop.node(), loop.node());
            for (String volume : List.of("-l 30 -n root", "-l 12 -n var", "-l 4 -n swap")) {
                lvm("lvcreate -q --noudevsync -an -Zn -Wn " + volume + " flr", loop.node());
            }
            Shell.run("blockdev --flushbufs " + loop.node());
            eachVolume(loop.node(), Access.READ_WRITE, (name, device) -> {
                if (name.equals("flr/swap")) {
                    Shell.run("mkswap -q -U 11111111-2222-3333-4444-555555555555 " + device);
                    return;
                }
                Shell.run("mkfs.ext4 -q " + device);
                Lab.mounted("", device.toString(), Tree::plant);
                Lab.mounted("-o ro", device.toString(), root -> trees.put(name, describe(root)));
            });
        }
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, sector, store);
            Wishes wishes = Wishes.of(Map.of(Wishes.GROW, "flr/var"));
            isRight(restored(manifest, store, "300M", wishes), true, trees, "e2fsck -f -n", 74, 30);
            assertThat(said)
                    .anyMatch(words -> words.startsWith("flr/var (ext4) grows from 48 MiB to 148 MiB"))
                    .noneMatch(words -> words.startsWith("flr/root"));
            assertThatThrownBy(() -> restored(manifest, store, "300M", Wishes.of(Map.of(Wishes.GROW, "flr/swap"))))
                    .hasMessageContaining("The volume flr/swap cannot grow")
                    .hasMessageContaining("the volumes of the image that can are flr/root, flr/var");
            Wishes unable =
                    Wishes.of(Map.of(Wishes.GROW, "flr/swap")); // a room's rule, and a disk on which nothing grows
            isRight(restored(manifest, store, "200M", unable), true, trees, "e2fsck -f -n", 49, 30);
        }
    }
}
