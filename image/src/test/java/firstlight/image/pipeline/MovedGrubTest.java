package firstlight.image.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.Progress;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.manifest.Manifest;
import firstlight.image.resize.Wishes;
import firstlight.image.restore.Restore;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A BIOS boot partition behind one that gets another length: GRUB looks for its core by the sector's number. */
class MovedGrubTest {
    private static final int MIB = 1 << 20;
    private static final int KERNEL_SECTOR = 0x5C;
    private static final int LIST = 0x1F4;

    @TempDir
    Path folder;

    @BeforeAll
    static void needsLoopDevices() throws IOException {
        Shell.assertLoopDevices();
    }

    /** As grub-install leaves it: boot.img in sector 0, core.img in the partition of its own, in two stretches here. */
    private void grub(Path file, long core) throws IOException {
        ByteBuffer boot = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer first = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        first.putLong(LIST, core + 1).putShort(LIST + 8, (short) 40).putShort(LIST + 10, (short) 0x820);
        first.putLong(LIST - 12, core + 50).putShort(LIST - 4, (short) 9).putShort(LIST - 2, (short) 0xD20);
        try (Disk disk = DiskFile.open(file, 512, Access.READ_WRITE)) {
            disk.read(0, boot.clear());
            boot.putShort(0x5A, (short) 0x8000).putLong(KERNEL_SECTOR, core);
            boot.put(0x180, "GRUB \0Geom\0Hard Disk\0Read\0 Error\r\n\0".getBytes(StandardCharsets.US_ASCII));
            disk.write(0, boot.rewind());
            disk.write(core * 512, first.rewind());
        }
    }

    private Path disk(String name, int mebibytes) throws IOException {
        Path file = new Lab(folder).disk(name, mebibytes + 20 + "M");
        Shell.run("""
                printf 'label: gpt\nsize=%dMiB, type=linux\nsize=1MiB, type=21686148-6449-6E6F-744E-656564454649\n' |
                  sfdisk -q '%s'
                """.formatted(mebibytes, file));
        return file;
    }

    private static void pointsTo(Path file, long core, long list) throws IOException {
        ByteBuffer boot = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        ByteBuffer first = ByteBuffer.allocate(512).order(ByteOrder.LITTLE_ENDIAN);
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            disk.read(0, boot);
            disk.read(list * 512, first);
        }
        assertThat(boot.getLong(KERNEL_SECTOR)).isEqualTo(core);
        assertThat(first.getLong(LIST)).isEqualTo(list + 1);
        assertThat(first.getLong(LIST - 12)).isEqualTo(list + 50);
        assertThat(first.getLong(LIST - 24)).isZero();
    }

    private Manifest image(ImageStore store) throws IOException {
        Path source = disk("source", 40);
        Lab.attached(source, 512, node -> Shell.run("mkfs.ext4 -q %sp1".formatted(node)));
        grub(source, 41 * MIB / 512);
        return Lab.image(source, 512, store);
    }

    private static void restore(Manifest manifest, ImageStore store, Path target, Wishes wishes) throws IOException {
        try (Disk disk = DiskFile.open(target, 512, Access.READ_WRITE)) {
            new Restore(store.source(), 2).restore(manifest, List.of(disk), wishes, Progress.SILENT, words -> {});
        }
    }

    @Test
    void itsNumbersFollowThePartition() throws IOException {
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = image(store);
            Path same = new Lab(folder).disk("same", "60M");
            restore(manifest, store, same, Wishes.USUAL);
            pointsTo(same, 41 * MIB / 512, 41 * MIB / 512);
            Path larger = new Lab(folder).disk("larger", "160M");
            restore(manifest, store, larger, Wishes.USUAL);
            pointsTo(larger, 141 * MIB / 512, 141 * MIB / 512);
        }
    }

    /** The disk's own sector 0 stays, and names the disk's own partition. */
    @Test
    void ofAPartitionThatIsRestoredByItselfTheCoreFindsItsRest() throws IOException {
        try (ImageStore store = DiskStore.open(folder.resolve("store"))) {
            Manifest manifest = image(store);
            Path other = disk("other", 70);
            grub(other, 71 * MIB / 512);
            restore(manifest, store, other, Wishes.of(Map.of("partitions", "2")));
            pointsTo(other, 71 * MIB / 512, 71 * MIB / 512);
        }
    }
}
