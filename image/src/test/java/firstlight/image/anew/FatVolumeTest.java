package firstlight.image.anew;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.disk.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.Test;

class FatVolumeTest {
    private record Memory(ByteBuffer octets) implements Source {
        @Override
        public long size() {
            return octets.capacity();
        }

        @Override
        public void read(long offset, ByteBuffer into) {
            into.put(octets.slice((int) offset, into.remaining()));
        }
    }

    /** FAT32 with two tables of one sector each, 64 clusters of one sector, and an empty root in cluster 2. */
    private static Source volume(int flags) {
        ByteBuffer volume = ByteBuffer.allocate(128 * 512).order(ByteOrder.LITTLE_ENDIAN);
        volume.putShort(11, (short) 512)
                .put(13, (byte) 1)
                .putShort(14, (short) 1)
                .put(16, (byte) 2);
        volume.putInt(32, 67).putInt(36, 1).putShort(40, (short) flags).putInt(44, 2);
        for (int table = 1; table <= 2; table++) {
            volume.putInt(table * 512 + 2 * 4, 0x0FFF_FFFF);
        }
        return new Memory(volume);
    }

    /** Of a table that is not there the chains would be read from data: files of anybody's, and clusters to write to. */
    @Test
    void whereTheActiveTableIsNoneOfItsOwnTheVolumeIsMalformed() throws IOException {
        assertThat(ClusterFiles.ofFat(volume(0x81)).names("")).isEmpty();
        assertThat(ClusterFiles.ofFat(volume(0x02)).names(""))
                .as("all tables are alike")
                .isEmpty();
        assertThatThrownBy(() -> ClusterFiles.ofFat(volume(0x82)))
                .isInstanceOf(MalformedVolume.class)
                .hasMessage("table 2 is the active one, and it has 2");
    }
}
