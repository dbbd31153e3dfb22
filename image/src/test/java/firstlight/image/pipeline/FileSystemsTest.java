package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Each file system that is captured by used blocks, on a disk of its own, over a target full of old data. */
class FileSystemsTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "ext4 with blocks of 1 KiB, mkfs.ext4 -q -b 1024, e2fsck -f -n",
        "ext4 without a journal, mkfs.ext4 -q -O ^has_journal, e2fsck -f -n",
        "xfs, mkfs.xfs -q, xfs_repair -n",
        "btrfs, mkfs.btrfs -q -f, btrfs check"
    })
    void comesBackByItsUsedBlocks(String name, String make, String check) throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "320M");
        String[] tree = {""};
        Lab.attached(source, 512, node -> {
            Shell.run(make + " " + node);
            Lab.mounted("", node.toString(), root -> {
                Tree.plant(root);
                tree[0] = Tree.describe(root);
            });
        });
        String before = Lab.sha256(source);
        Path target = lab.usedDisk("target", "320M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            assertThat(manifest.notes()).isEmpty();
            Region region = manifest.disks().getFirst().regions().getFirst();
            assertThat(((Content.Blocks) region.content()).method()).isEqualTo(Content.Method.USED_BLOCKS);
            assertThat(Lab.sha256(source)).isEqualTo(before);
            assertThat(Lab.restore(manifest, store, target, 512).verified()).isTrue();
        }
        Lab.attached(target, 512, node -> {
            Shell.run(check + " " + node);
            Lab.mounted(
                    "-o ro",
                    node.toString(),
                    root -> assertThat(Tree.describe(root)).isEqualTo(tree[0]));
        });
    }
}
