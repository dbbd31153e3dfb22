package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.luks.KeyRing;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.restore.RestoreSummary;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A group within an encrypted volume (Debian, Ubuntu), and an encrypted volume within a group. Deciphered by cryptsetup afterwards. */
class LuksAndLvmTest {
    private static final String KEY = "secret";
    private static final Passphrases KEYS = uuid -> List.of(KEY.getBytes(StandardCharsets.UTF_8));
    private static final String LVM =
            "%s --driverloaded n --config 'backup{backup=0 archive=0}' --devices %2$s %3$s 2>/dev/null";

    @TempDir
    Path folder;

    private String tree = "";

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    private Path filled(int mebibytes) throws IOException {
        Path volume = new Lab(folder).disk("volume", mebibytes + "M");
        Shell.run("mkfs.ext4 -q -b 4096 '%s'; printf %s > '%s/key'".formatted(volume, KEY, folder));
        Lab.attached(
                volume,
                512,
                node -> Lab.mounted("", node.toString(), root -> {
                    Tree.plant(root);
                    tree = Tree.describe(root);
                }));
        return volume;
    }

    private static void group(Path disk, int extents) throws IOException {
        Lab.attached(disk, 512, node -> {
            Shell.run(LVM.formatted("pvcreate", node, "-q " + node));
            Shell.run(LVM.formatted("vgcreate", node, "-q -s 4M flluks " + node));
            Shell.run(LVM.formatted("lvcreate", node, "-q --noudevsync -an -Zn -Wn -l " + extents + " -n data flluks"));
        });
    }

    private void encrypt(Path volume) throws IOException {
        encrypt(volume, 512);
    }

    private void encrypt(Path volume, int sector) throws IOException {
        Shell.run("""
                cd '%s'; truncate -s +32M '%2$s'
                cryptsetup reencrypt -q --encrypt --type luks2 --reduce-device-size 32M --pbkdf-force-iterations 4 \
                    --pbkdf-memory 32768 --sector-size %3$d --key-file key '%2$s'
                """.formatted(folder, volume, sector));
    }

    private void decrypt(Path volume) throws IOException {
        Shell.run(
                "cd '%s'; rm -f header; cryptsetup reencrypt -q --decrypt --force-offline-reencrypt --header header --key-file key '%s'"
                        .formatted(folder, volume));
    }

    private Path restored(Path source, String size, int most) throws IOException {
        return restored(source, size, most, KeyRing.empty());
    }

    private Path restored(Path source, String size, int most, KeyRing keys) throws IOException {
        CaptureOptions options = new CaptureOptions(IfLocked.RAW, List.of(), KEYS);
        Path target = new Lab(folder).usedDisk("target" + size, size);
        try (ImageStore store = DiskStore.open(folder.resolve("store" + size));
                LoopDevice from = LoopDevice.attach(source, 512, Access.READ_WRITE);
                LoopDevice to = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk old = BlockDevice.open(from.node(), Access.READ);
                Disk disk = BlockDevice.open(to.node(), Access.READ_WRITE)) {
            Manifest manifest = new Capture(store.sink(), Lab.THREADS, "test")
                    .capture(Capture.plan(List.of(old), options, Progress.SILENT), Progress.SILENT)
                    .manifest();
            assertThat(manifest.notes()).isEmpty();
            Content.Blocks blocks = (Content.Blocks)
                    manifest.disks().getFirst().regions().getFirst().content();
            assertThat(blocks.method()).isEqualTo(Content.Method.USED_BLOCKS);
            assertThat(blocks.used().octets()).isLessThan((long) most << 20);
            new Restore(store.source(), Lab.THREADS)
                    .opening(keys)
                    .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, words -> {});
        }
        return target;
    }

    private void assertIsThere(Path fileSystem) throws IOException {
        Shell.run("e2fsck -f -n '%s'".formatted(fileSystem));
        Lab.attached(
                fileSystem,
                512,
                node -> Lab.mounted(
                        "-o ro",
                        node.toString(),
                        root -> assertThat(Tree.describe(root)).isEqualTo(tree)));
    }

    @Test
    void aGroupWithinAnEncryptedVolume() throws IOException {
        Path volume = filled(80);
        Path source = new Lab(folder).disk("source", "120M");
        group(source, 20);
        Shell.run("dd if='%s' of='%s' bs=1M seek=1 conv=notrunc status=none".formatted(volume, source));
        encrypt(source);
        for (String size : List.of("152M", "180M")) {
            Path target = restored(source, size, 70);
            decrypt(target);
            Lab.attached(target, 512, node -> Shell.run(LVM.formatted("vgck", node, "flluks")));
            Shell.run("dd if='%s' of='%s' bs=1M skip=1 count=80 status=none".formatted(target, volume));
            assertIsThere(volume);
        }
    }

    /** The volume grows, by whole extents of 4 MiB; on the smaller disk free extents go, and none that is in use can move. */
    @Test
    void aGroupWithinAnEncryptedVolumeGetsAnotherLengthWhereItsKeyIsKnown() throws IOException {
        Path volume = filled(80);
        Path source = new Lab(folder).disk("source", "120M");
        group(source, 20);
        Shell.run("dd if='%s' of='%s' bs=1M seek=1 conv=notrunc status=none".formatted(volume, source));
        encrypt(source);
        String before = Lab.sha256(source);
        for (int extents : new int[] {28, 20}) {
            String size = extents > 20 ? "184M" : "100M";
            Path target = restored(source, size, 70, new KeyRing(KEYS));
            assertThat(Lab.sha256(source)).isEqualTo(before);
            decrypt(target);
            Lab.attached(target, 512, node -> {
                Shell.run(LVM.formatted("vgck", node, "flluks"));
                Shell.run("pvck --driverloaded n --devices %1$s %1$s".formatted(node));
                assertThat(Shell.run(LVM.formatted("lvs", node, "--noheadings --units 4m --nosuffix -o lv_size"))
                                .strip())
                        .isEqualTo(extents + ".00");
            });
            Shell.run("dd if='%s' of='%s' bs=1M skip=1 count=%d status=none; truncate -s %3$dM '%2$s'"
                    .formatted(target, volume, extents * 4));
            assertThat(Shell.run("dumpe2fs -h '%s' 2>/dev/null | sed -n 's/^Block count: *//p'".formatted(volume)))
                    .isEqualTo(String.valueOf(extents * 1024));
            assertIsThere(volume);
        }
        assertThatThrownBy(() -> restored(source, "40M", 70, new KeyRing(KEYS)))
                .isInstanceOfSatisfying(
                        ImageFailure.class,
                        failure -> assertThat(failure.cause()).contains("too few"));
    }

    @Test
    void anEncryptedVolumeWithinAGroup() throws IOException {
        Path volume = filled(60);
        encrypt(volume);
        Path source = new Lab(folder).disk("source", "120M");
        group(source, 23);
        Shell.run("dd if='%s' of='%s' bs=1M seek=1 conv=notrunc status=none".formatted(volume, source));
        for (String size : List.of("120M", "150M", "100M")) {
            Path target = restored(source, size, 70);
            Lab.attached(target, 512, node -> Shell.run(LVM.formatted("vgck", node, "flluks")));
            Shell.run("dd if='%s' of='%s' bs=1M skip=1 count=92 status=none".formatted(target, volume));
            decrypt(volume);
            assertIsThere(volume);
        }
    }

    private static final String SWAP = "11111111-2222-3333-4444-555555555555";

    /**
     * As Debian installs it: a group that its volumes fill, but for a hole of two extents at its start. Returns the volumes' files.
     *
     * @param extents of the root volume; of the others 4 and 12
     */
    private Map<String, String> full(Path disk, String physical, String make, int extents) throws IOException {
        Map<String, String> trees = new TreeMap<>();
        Lab.attached(disk, 512, node -> {
            LvmResizeTest.lvm("pvcreate -q " + physical + " " + node, node);
            LvmResizeTest.lvm("vgcreate -q -s 4M flluks " + node, node);
            for (String volume :
                    List.of("-l 2 -n gone", "-l " + extents + " -n root", "-l 4 -n swap", "-l 100%FREE -n home")) {
                LvmResizeTest.lvm("lvcreate -q --noudevsync -an -Zn -Wn " + volume + " flluks", node);
            }
            LvmResizeTest.lvm("lvremove -q --noudevsync -f flluks/gone", node);
            Shell.run("blockdev --flushbufs " + node);
            LvmResizeTest.eachVolume(node, Access.READ_WRITE, (name, device) -> {
                if (name.endsWith("swap")) {
                    Shell.run("mkswap -q -U " + SWAP + " " + device);
                    return;
                }
                Shell.run((name.endsWith("root") ? make : "mkfs.ext4 -q -b 4096") + " " + device);
                Lab.mounted("", device.toString(), root -> {
                    if (name.endsWith("root")) { // so that there is something behind the new end
                        Shell.run("head -c 24M /dev/urandom > '%1$s/early'; sync -f '%1$s'".formatted(root));
                    }
                    Tree.plant(root);
                    Shell.run("head -c 4M /dev/urandom > '%1$s/late'; rm -f '%1$s/early'".formatted(root));
                });
                Lab.mounted("-o ro", device.toString(), root -> trees.put(name, LvmResizeTest.describe(root)));
            });
        });
        return trees;
    }

    /** LVM's tools and GRUB read what was deciphered, the file systems' tools what is in its volumes. */
    private void isRight(Path target, Map<String, String> trees, String check, int extents) throws IOException {
        Lab.attached(target, 512, node -> {
            assertThat(LvmResizeTest.lvm("pvs --noheadings -o pv_pe_count,pv_pe_alloc_count " + node, node)
                            .strip()
                            .replaceAll(" +", " "))
                    .isEqualTo(extents + " " + extents);
            Shell.run("pvck --driverloaded n --devices %1$s %1$s".formatted(node));
            LvmResizeTest.lvm("vgck flluks", node);
            Map<String, String> found = new TreeMap<>();
            LvmResizeTest.eachVolume(node, Access.READ, (name, device) -> {
                if (name.endsWith("swap")) {
                    assertThat(Shell.run("blkid -p -o export " + device)).contains("UUID=" + SWAP, "TYPE=swap");
                    return;
                }
                Shell.run((name.endsWith("root") ? check : "e2fsck -f -n") + " " + device);
                Lab.mounted("-o ro", device.toString(), root -> found.put(name, LvmResizeTest.describe(root)));
            });
            assertThat(found).isEqualTo(trees);
        });
        String crc = "grub-fstest '%s' crc '(lvm/flluks-root)/text'";
        assertThat(Shell.run(crc.formatted(target))).isEqualTo(Shell.run(crc.formatted(folder.resolve("plain"))));
    }

    /** Where extents do not begin where chunks do, nothing else is different. */
    @ParameterizedTest(name = "{0}, {3} in sectors of {4}")
    @CsvSource({
        "mkfs.ext4 -q -b 4096, e2fsck -f -n, 24, --dataalignmentoffset 0, 512",
        "mkfs.ext4 -q -b 4096, e2fsck -f -n, 24, --dataalignmentoffset 68k, 4096",
        "mkfs.xfs -q -f, xfs_repair -n, 100, --dataalignmentoffset 0, 512"
    })
    void whereAGroupFillsAnEncryptedVolumeItsExtentsMoveAndItsFileSystemsShrink(
            String make, String check, int extents, String physical, int sector) throws IOException {
        Shell.run("printf %s > '%s/key'".formatted(KEY, folder));
        Path source = new Lab(folder).disk("source", 2 + 4 * (2 + extents + 16) + "M");
        Map<String, String> trees = full(source, physical, make, extents);
        Shell.run("cp --sparse=always '%s' '%s/plain'".formatted(source, folder));
        encrypt(source, sector);
        CaptureOptions options = new CaptureOptions(IfLocked.RAW, List.of(), KEYS);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.captured(source, options, store);
            assertThat(manifest.notes()).isEmpty();
            for (int fewer : new int[] {0, 8}) {
                int left = extents + 16 - fewer;
                List<String> said = new ArrayList<>();
                Path target = new Lab(folder).usedDisk("target", 18 + 4 * left + "M");
                Lab.attached(target, 512, node -> {
                    try (Disk disk = BlockDevice.open(node, Access.READ_WRITE)) {
                        RestoreSummary done = new Restore(store.source(), Lab.THREADS)
                                .opening(new KeyRing(KEYS))
                                .restore(manifest, List.of(disk), Wishes.USUAL, Progress.SILENT, said::add);
                        assertThat(done.verified()).isTrue();
                        assertThat(done.copiedBytes()).isPositive();
                        assertThat(done.stageTimes().getLast().millis()).isPositive();
                    }
                });
                assertThat(said).contains("the volumes of flluks are placed side by side");
                assertThat(said.stream().anyMatch(words -> words.startsWith("flluks/root")))
                        .isEqualTo(fewer > 0);
                decrypt(target);
                isRight(target, trees, check, left);
            }
        }
    }

    /** A copy through two ciphers has no hash in the image: what was written is read back. */
    @Test
    void anExtentThatReadsBackDifferentlyEndsTheRestore() throws IOException {
        Shell.run("printf %s > '%s/key'".formatted(KEY, folder));
        Path source = new Lab(folder).disk("source", 2 + 4 * (2 + 24 + 16) + "M");
        full(source, "", "mkfs.ext4 -q -b 4096", 24);
        encrypt(source, 512);
        CaptureOptions options = new CaptureOptions(IfLocked.RAW, List.of(), KEYS);
        Path target = new Lab(folder).usedDisk("target", 18 + 4 * 40 + "M");
        long second = (17L + 4 * 24) << 20; // where the swap space comes to lie, 8 MiB before its old place
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            Manifest manifest = Lab.captured(source, options, store);
            assertThatThrownBy(() -> new Restore(store.source(), Lab.THREADS)
                            .opening(new KeyRing(KEYS))
                            .restore(
                                    manifest,
                                    List.of(new Forgetful(disk, second)),
                                    Wishes.USUAL,
                                    Progress.SILENT,
                                    words -> {}))
                    .isInstanceOfSatisfying(
                            ImageFailure.class,
                            failure -> assertThat(failure.cause()).contains("reads back differently"));
        }
    }

    /** Of whose medium one sector is not what was written. */
    private record Forgetful(Disk disk, long sector) implements DiskOver {
        @Override
        public void readBack(long offset, ByteBuffer into) throws IOException {
            int from = into.position();
            disk.readBack(offset, into);
            if (offset <= sector && sector < offset + into.position() - from) {
                int at = from + (int) (sector - offset);
                into.put(at, (byte) ~into.get(at));
            }
        }
    }
}
