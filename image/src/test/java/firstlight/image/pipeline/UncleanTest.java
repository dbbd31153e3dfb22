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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** File systems whose own map of used blocks cannot be believed are taken whole, and the image says so. */
class UncleanTest {
    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    private void assertTakenWhole(Path source, String reason) throws IOException {
        Path target = new Lab(folder).disk("target", "128M");
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            Region region = manifest.disks().getFirst().regions().getFirst();
            assertThat(((Content.Blocks) region.content()).method()).isEqualTo(Content.Method.RAW);
            assertThat(manifest.notes()).singleElement().asString().contains(reason);
            Lab.restore(manifest, store, target, 512);
        }
        Shell.run("cmp -n $(stat -c %%s '%1$s') '%1$s' '%2$s'".formatted(source, target));
    }

    @Test
    void anExt4ThatWasNotUnmounted() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> {
            Shell.run("mkfs.ext4 -q " + node);
            Lab.mounted("", node.toString(), root -> Shell.run("""
                    for i in $(seq 100); do echo $i > %1$s/$i; done; sync -f %1$s
                    dd if=%2$s of='%3$s' bs=1M status=none
                    """.formatted(root, node, folder.resolve("pulled"))));
        });
        assertTakenWhole(folder.resolve("pulled"), "journal is not replayed");
    }

    @Test
    void anNtfsInWhichWindowsIsHibernated() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> {
            Shell.run("mkntfs -q -Q -F " + node);
            Lab.mounted(
                    "-t ntfs-3g",
                    node.toString(),
                    root -> Shell.run("(printf hibr; head -c 8188 /dev/zero) > %s/hiberfil.sys".formatted(root)));
        });
        assertTakenWhole(source, "hibernated");
    }

    @Test
    void swapInWhichLinuxIsHibernated() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> Shell.run("""
                mkswap -q %1$s
                head -c 3000000 /dev/urandom | dd of=%1$s bs=1M seek=8 status=none
                printf 'S1SUSPEND\\0' | dd of=%1$s bs=1 seek=4086 conv=notrunc status=none
                """.formatted(node)));
        assertTakenWhole(source, "a Linux system is hibernated in it");
    }

    @Test
    void anExfatThatIsMarkedAsDirty() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> Shell.run("""
                mkfs.exfat %1$s >/dev/null
                printf '\\002' | dd of=%1$s bs=1 seek=106 conv=notrunc status=none
                """.formatted(node)));
        assertTakenWhole(source, "its map may lag behind");
    }

    @Test
    void oneOfTwoDevicesOfABtrfs() throws IOException {
        Path other = new Lab(folder).disk("other", "128M");
        Path source = new Lab(folder).disk("source", "128M");
        Lab.attached(
                other,
                512,
                second -> Lab.attached(
                        source, 512, first -> Shell.run("mkfs.btrfs -q -f -m raid1 %s %s".formatted(first, second))));
        assertTakenWhole(source, "it is one of 2 devices of a Btrfs");
    }

    @Test
    void anNtfsThatIsMarkedAsDirty() throws IOException {
        Path source = new Lab(folder).disk("source", "64M");
        Lab.attached(source, 512, node -> Shell.run("mkntfs -q -Q -F %1$s; ntfsfix %1$s".formatted(node)));
        assertTakenWhole(source, "(ntfs) is taken whole");
    }
}
