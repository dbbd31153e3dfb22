package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Disk;
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
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

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
        Shell.run("""
                cd '%s'; truncate -s +32M '%2$s'
                cryptsetup reencrypt -q --encrypt --type luks2 --reduce-device-size 32M --pbkdf-force-iterations 4 \
                    --pbkdf-memory 32768 --key-file key '%2$s'
                """.formatted(folder, volume));
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
        assertThatThrownBy(() -> restored(source, "90M", 70, new KeyRing(KEYS)))
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
}
