package firstlight.image.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BlockDeviceTest {
    private static final int SECTOR = 512;

    /** No whole number of pages. */
    private static final int SIZE = (1 << 20) + SECTOR;

    @TempDir
    Path folder;

    /** Of a sector, as a boot sector or a table is read: not of the page in which the kernel keeps it. */
    @Test
    void whatIsReadBackIsWhatTheMediumHoldsAndNotWhatTheKernelRemembers() throws IOException {
        Path file = Files.write(folder.resolve("disk"), octets(1, SIZE));
        try (LoopDevice loop = LoopDevice.attach(file, SECTOR, Access.READ_WRITE);
                BlockDevice disk = BlockDevice.open(loop.node(), Access.READ_WRITE)) {
            ByteBuffer all = ByteBuffer.allocate(SIZE);
            disk.read(0, all);
            assertThat(all.array()).isEqualTo(octets(1, SIZE));
            try (FileChannel medium = FileChannel.open(file, StandardOpenOption.WRITE)) {
                medium.write(ByteBuffer.wrap(octets(2, SIZE)));
            }
            assertReadBack(disk, 0, SECTOR);
            assertReadBack(disk, 65 * SECTOR, SECTOR);
            assertReadBack(disk, 999 * SECTOR, 17 * SECTOR);
            assertReadBack(disk, SIZE - SECTOR, SECTOR);
        }
    }

    private static void assertReadBack(BlockDevice disk, long offset, int length) throws IOException {
        ByteBuffer back = ByteBuffer.allocate(length);
        disk.readBack(offset, back);
        assertThat(back.array()).as("at %d", offset).isEqualTo(octets(2, length));
    }

    private static byte[] octets(int value, int count) {
        byte[] octets = new byte[count];
        Arrays.fill(octets, (byte) value);
        return octets;
    }
}
