package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** An exFAT's allocation bitmap, of which partclone does not see the end. */
class ExfatMapTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @ParameterizedTest(name = "clusters of {0}, sectors of {1}")
    @CsvSource({"512, 512", "4K, 4096", "64K, 512", "2M, 512"})
    void theLastClustersAreTaken(String cluster, int sectorSize) throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "40M");
        String[] full = {""};
        Lab.attached(source, sectorSize, node -> {
            Shell.run("mkfs.exfat -c %s %s >/dev/null".formatted(cluster, node));
            Lab.mounted("-t exfat-fuse", node.toString(), root -> full[0] = Shell.run("""
                    cd '%s'; head -c 60M /dev/urandom > all 2>/dev/null || true
                    stat -f -c '%%f' .; sha256sum all
                    """.formatted(root)));
        });
        assertThat(full[0]).as("free clusters").startsWith("0\n");
        Path target = lab.disk("target", "40M");
        Shell.run("head -c 40M /dev/urandom > '%s'".formatted(target));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, sectorSize, store);
            assertThat(manifest.notes()).isEmpty();
            assertThat(((Content.Blocks) manifest.disks()
                                    .getFirst()
                                    .regions()
                                    .getFirst()
                                    .content())
                            .method())
                    .isEqualTo(Content.Method.USED_BLOCKS);
            Lab.restore(manifest, store, target, sectorSize);
        }
        Lab.attached(target, sectorSize, node -> {
            Shell.run("fsck.exfat -n " + node);
            Lab.mounted(
                    "-t exfat-fuse -o ro",
                    node.toString(),
                    root -> assertThat(Shell.run("cd '%s'; stat -f -c '%%f' .; sha256sum all".formatted(root)))
                            .isEqualTo(full[0]));
        });
    }
}
