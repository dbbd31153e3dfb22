package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Overlay;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** File systems inside an image, checked, mounted and written without a restore. */
class KernelDiskTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @ParameterizedTest(name = "sectors of {0} octets")
    @ValueSource(ints = {512, 4096})
    void aFileSystemOfAnImageIsMountedAndWrittenAndTheImageStaysAsItIs(int sectorSize) throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "200M");
        String[] tree = {""};
        Lab.attached(source, sectorSize, node -> {
            Shell.run("mkfs.ext4 -q -b 4096 " + node);
            Lab.mounted("", node.toString(), root -> {
                Tree.plant(root);
                tree[0] = Tree.describe(root);
            });
        });
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, sectorSize, store);
            Region region = manifest.disks().getFirst().regions().getFirst();
            try (Disk image = ImageDisk.of("image", region, sectorSize, store.source());
                    KernelDisk device = KernelDisk.attach(image, Access.READ)) {
                Shell.run("e2fsck -f -n " + device.node());
                Lab.mounted(
                        "-o ro,noload",
                        device.node().toString(),
                        root -> assertThat(Tree.describe(root)).isEqualTo(tree[0]));
            }
            try (Overlay overlay = Overlay.over(ImageDisk.of("image", region, sectorSize, store.source()))) {
                try (KernelDisk device = KernelDisk.attach(overlay, Access.READ_WRITE)) {
                    Lab.mounted(
                            "",
                            device.node().toString(),
                            root -> Shell.run(
                                    "cd '%s'; head -c 3M /dev/urandom > new; cp new new2; rm text".formatted(root)));
                    Shell.run("e2fsck -f -n " + device.node());
                }
                assertThat(overlay.changedBytes()).isGreaterThan(6 << 20);
                try (KernelDisk device = KernelDisk.attach(overlay, Access.READ)) {
                    Lab.mounted(
                            "-o ro,noload",
                            device.node().toString(),
                            root -> Shell.run("cd '%s'; cmp new new2; test ! -e text".formatted(root)));
                }
            }
            try (Disk image = ImageDisk.of("image", region, sectorSize, store.source());
                    KernelDisk device = KernelDisk.attach(image, Access.READ)) {
                Lab.mounted(
                        "-o ro,noload",
                        device.node().toString(),
                        root -> assertThat(Tree.describe(root)).isEqualTo(tree[0]));
            }
        }
    }
}
