package firstlight.image.extents;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.disk.Tool;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Volumes that are too large for partclone's maps; they need no room here. */
class SoundnessTest {
    private static final long TIB = 1L << 40;

    @TempDir
    Path folder;

    private DiskFile sparse(long size) throws IOException {
        Path file = folder.resolve("volume");
        try (RandomAccessFile made = new RandomAccessFile(file.toFile(), "rw")) {
            made.setLength(size);
        }
        return DiskFile.open(file, 512, Access.READ_WRITE);
    }

    private static Optional<String> doubt(FileSystem fileSystem, DiskFile disk) throws IOException {
        Volume volume = new Volume.OfDisk(disk, "volume", 1, 0, disk.size());
        return Soundness.doubt(fileSystem, volume, volume.window());
    }

    @Test
    void anXfsOfMoreThan32BitsOfBlocks() throws IOException {
        ByteBuffer superblock = ByteBuffer.allocate(512);
        superblock.put("XFSB".getBytes(StandardCharsets.US_ASCII));
        superblock.putInt(4, 4096).putLong(8, 1L << 32).putLong(48, 1000);
        try (DiskFile disk = sparse(TIB)) {
            disk.write(0, superblock.clear().duplicate());
            assertThat(doubt(FileSystem.XFS, disk)).isEmpty();
            disk.write(0, superblock.putLong(8, (1L << 32) + 1).clear());
            assertThat(doubt(FileSystem.XFS, disk))
                    .hasValueSatisfying(why -> assertThat(why).contains("2^32 blocks"));
        }
    }

    /** The kernel mounts none, and its map of free space is not to be believed. */
    @Test
    void anXfsThatWaitsForItsRepair() throws IOException {
        ByteBuffer superblock = ByteBuffer.allocate(512);
        superblock.put("XFSB".getBytes(StandardCharsets.US_ASCII));
        superblock.putInt(4, 4096).putLong(8, 1000).putLong(48, 1000).putShort(100, (short) 0xB4A5);
        try (DiskFile disk = sparse(TIB)) {
            disk.write(0, superblock.putInt(216, 0xB).clear().duplicate());
            assertThat(doubt(FileSystem.XFS, disk)).isEmpty();
            disk.write(0, superblock.putInt(216, 0x1B).clear());
            assertThat(doubt(FileSystem.XFS, disk))
                    .hasValueSatisfying(why -> assertThat(why).contains("xfs_repair"));
        }
    }

    /** Of a zoned one (0x200) files lie behind the part that partclone knows, which it maps without a word. */
    @Test
    void anXfsWithFeaturesThatAreNewerThanItsMap() throws IOException {
        ByteBuffer superblock = ByteBuffer.allocate(512);
        superblock.put("XFSB".getBytes(StandardCharsets.US_ASCII));
        superblock.putInt(4, 4096).putLong(8, 1000).putLong(48, 1000).putShort(100, (short) 0xB4A5);
        try (DiskFile disk = sparse(TIB)) {
            disk.write(0, superblock.putInt(216, 0xEF).clear().duplicate());
            assertThat(doubt(FileSystem.XFS, disk)).isEmpty();
            disk.write(0, superblock.putInt(216, 0x3EF).clear());
            assertThat(doubt(FileSystem.XFS, disk))
                    .hasValueSatisfying(why -> assertThat(why).contains("newer than partclone"));
        }
    }

    @Test
    void anF2fsWhoseCheckpointFillsMoreThanItsBlock() throws IOException {
        try (DiskFile disk = sparse(6 * TIB)) {
            Tool made = Tool.run(
                    List.of("mkfs.f2fs", "-q", "-f", folder.resolve("volume").toString()));
            assertThat(made.succeeded()).as(made.output()).isTrue();
            assertThat(doubt(FileSystem.F2FS, disk))
                    .hasValueSatisfying(why -> assertThat(why).contains("laid out in a way"));
        }
        try (DiskFile disk = sparse(TIB)) {
            Tool.run(List.of("mkfs.f2fs", "-q", "-f", folder.resolve("volume").toString()));
            assertThat(doubt(FileSystem.F2FS, disk)).isEmpty();
        }
    }
}
