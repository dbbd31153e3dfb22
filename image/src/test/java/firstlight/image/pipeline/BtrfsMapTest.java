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
import org.junit.jupiter.params.provider.ValueSource;

/** What a Btrfs keeps comes back, twice where it is kept twice: scrub reads every copy, which a mount and btrfs check do not. */
class BtrfsMapTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "-m dup -d dup", "-m single", "--mixed -m dup -d dup", "-n 65536 --csum sha256"})
    void scrubFindsNoErrorInARestoredFileSystem(String profile) throws IOException {
        Lab lab = new Lab(folder);
        Path source = lab.disk("source", "320M");
        Lab.attached(source, 512, node -> {
            Shell.run("mkfs.btrfs -q -f %s %s".formatted(profile, node));
            Lab.mounted("", node.toString(), root -> {
                Tree.plant(root);
                Shell.run("""
                        cd %s; btrfs subvolume create a; for i in $(seq 300); do echo $i > a/file-with-a-long-name-$i; done
                        btrfs subvolume snapshot -r a before; touch a/*; btrfs subvolume create a/within
                        """.formatted(root));
            });
        });
        Path target = lab.disk("target", "320M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            assertThat(manifest.notes()).isEmpty();
            Region region = manifest.disks().getFirst().regions().getFirst();
            assertThat(((Content.Blocks) region.content()).method()).isEqualTo(Content.Method.USED_BLOCKS);
            Lab.restore(manifest, store, target, 512);
        }
        Lab.attached(target, 512, node -> {
            Shell.run("btrfs check " + node);
            Lab.mounted(
                    "",
                    node.toString(),
                    root -> assertThat(Shell.run("btrfs scrub start -B -r %s 2>&1".formatted(root)))
                            .contains("no errors found"));
        });
    }
}
