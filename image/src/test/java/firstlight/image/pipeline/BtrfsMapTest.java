package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
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

    /** As a disk leaves it that lost a write: with a checksum that is right, and older than the block above it says. */
    @Test
    void ofABlocksTwoCopiesTheOneThatMissedAWriteIsNotBelieved() throws IOException {
        Path source = new Lab(folder).disk("source", "320M");
        String[] place = {""};
        Lab.attached(source, 512, node -> {
            Shell.run("mkfs.btrfs -q -f -m dup " + node);
            Lab.mounted("", node.toString(), Tree::plant);
            place[0] = Shell.run("""
                    leaf=$(btrfs inspect-internal dump-tree -t extent %1$s | sed -n 's/^leaf \\([0-9]*\\) .*/\\1/p' | sed -n 1p)
                    btrfs-map-logical -l $leaf %1$s | sed -n 's/^mirror 1 .*physical \\([0-9]*\\) .*/\\1/p' | sed -n 1p
                    """.formatted(node)).strip();
        });
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            long used = Lab.image(source, 512, store).usedBytes();
            try (Disk disk = DiskFile.open(source, 512, Access.READ_WRITE)) {
                ByteBuffer block = ByteBuffer.allocate(16384).order(ByteOrder.LITTLE_ENDIAN);
                disk.read(Long.parseLong(place[0]), block);
                block.putLong(0x50, block.getLong(0x50) - 1).putInt(0x60, block.getInt(0x60) / 2);
                CRC32C crc = new CRC32C();
                crc.update(block.duplicate().position(32).limit(16384));
                disk.write(
                        Long.parseLong(place[0]),
                        block.putInt(0, (int) crc.getValue()).clear());
            }
            assertThat(Lab.image(source, 512, store).usedBytes()).isEqualTo(used);
        }
    }

    private static void assertTakenWhole(Path source, ImageStore store, String reason) throws IOException {
        Manifest manifest = Lab.image(source, 512, store);
        Region region = manifest.disks().getFirst().regions().getFirst();
        assertThat(((Content.Blocks) region.content()).method()).isEqualTo(Content.Method.RAW);
        assertThat(manifest.notes()).singleElement().asString().contains("is taken whole", reason);
    }

    /** A clone on a smaller disk, or a volume that was made shorter alone: trees lie where nothing is. */
    @Test
    void oneThatReachesOverItsVolumesEndIsTakenWholeAndNoDiskIsBlamed() throws IOException {
        Path source = new Lab(folder).disk("source", "320M");
        Shell.run("mkfs.btrfs -q '%1$s'; truncate -s 37M '%1$s'".formatted(source));
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            assertTakenWhole(source, store, "octets longer than the partition");
        }
    }

    @Test
    void oneWithADamagedSuperblockIsTakenWhole() throws IOException {
        Path source = new Lab(folder).disk("source", "320M");
        Shell.run("mkfs.btrfs -q -m dup '%1$s'".formatted(source));
        try (ImageStore store = DiskStore.open(folder.resolve("store"));
                Disk disk = DiskFile.open(source, 512, Access.READ_WRITE)) {
            ByteBuffer superblock = ByteBuffer.allocate(4096).order(ByteOrder.LITTLE_ENDIAN);
            disk.read(64 << 10, superblock);
            superblock.putShort(0x32B + 17 + 44, (short) 0xFFFF); // stripes of the first system chunk
            disk.write(64 << 10, superblock.clear().duplicate());
            assertTakenWhole(source, store, "its superblock is damaged");
            CRC32C crc = new CRC32C();
            crc.update(superblock.duplicate().position(32));
            disk.write(64 << 10, superblock.putInt(0, (int) crc.getValue()).clear());
            assertTakenWhole(source, store, "an item of its trees is cut off");
        }
    }
}
