package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.capture.Capture;
import firstlight.image.capture.CaptureOptions;
import firstlight.image.capture.IfLocked;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
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
        CaptureOptions options =
                new CaptureOptions(IfLocked.RAW, List.of(), uuid -> List.of(KEY.getBytes(StandardCharsets.UTF_8)));
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
