package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.BlockDevice;
import firstlight.image.disk.LoopDevice;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A partition that is restored by itself, into one that starts elsewhere: its boot code asks its own boot sector where it is. */
class MovedBootSectorTest {
    private static final int HIDDEN_SECTORS = 0x1C;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "FAT32, mkfs.vfat -F 32 -s 1 -h 22528, c, fsck.vfat -n, 6",
        "FAT16, mkfs.vfat -F 16 -h 22528, e, fsck.vfat -n, 0",
        "NTFS, mkntfs -q -Q -p 22528 -H 16 -S 63, 7, ntfsfix -n, 81919"
    })
    void aPartitionThatIsRestoredElsewhereKnowsWhereItIs(String name, String make, String type, String check, int copy)
            throws IOException {
        Path source = disk("source", 10, type);
        Lab.attached(source, 512, node -> Shell.run("%s %sp2".formatted(make, node)));
        Path target = disk("target", 20, type);
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = Lab.image(source, 512, store);
            try (LoopDevice loop = LoopDevice.attach(target, 512, Access.READ_WRITE);
                    Disk disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
                new Restore(store.source(), 2)
                        .restore(
                                manifest,
                                List.of(disk),
                                Wishes.of(Map.of("partitions", "2")),
                                Progress.SILENT,
                                words -> {});
            }
        }
        ByteBuffer octets = ByteBuffer.wrap(Files.readAllBytes(target)).order(ByteOrder.LITTLE_ENDIAN);
        int start = 21 << 20;
        assertThat(octets.getInt(start + HIDDEN_SECTORS)).isEqualTo(start / 512);
        assertThat(octets.getInt(start + 512 * copy + HIDDEN_SECTORS)).isEqualTo(start / 512);
        Lab.attached(
                target,
                512,
                node -> assertThat(Shell.run("%s %sp2".formatted(check, node)))
                        .doesNotContain("differences between boot sector"));
    }

    /** With a first partition of so many MiB, and a second one of 40. */
    private Path disk(String name, int first, String type) throws IOException {
        Path file = new Lab(folder).disk(name, "100M");
        Shell.run("printf 'label: dos\\nstart=2048, size=%dMiB, type=83\\nsize=40MiB, type=%s\\n' | sfdisk -q '%s'"
                .formatted(first, type, file));
        return file;
    }
}
