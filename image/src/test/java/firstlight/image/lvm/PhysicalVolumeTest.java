package firstlight.image.lvm;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.disk.Source;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PhysicalVolumeTest {
    private static final int FIRST = 4096;
    private static final int SECOND = 16384;
    private static final int SIZE = 8192;

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

    private static void area(ByteBuffer volume, int at, String text) {
        ByteBuffer area = volume.slice(at, SIZE).order(ByteOrder.LITTLE_ENDIAN);
        byte[] octets = text.getBytes(StandardCharsets.UTF_8);
        area.put(512, octets);
        area.put(4, " LVM2 x[5A%r0N*>".getBytes(StandardCharsets.US_ASCII));
        area.putInt(20, 1).putLong(24, at).putLong(32, SIZE).putLong(40, 512).putLong(48, octets.length);
        area.putInt(56, PhysicalVolume.crc(area, 512, 512 + octets.length));
        area.putInt(0, PhysicalVolume.crc(area, 4, 512));
    }

    private static Source volume(String first, String second) {
        ByteBuffer volume = ByteBuffer.allocate(64 << 10).order(ByteOrder.LITTLE_ENDIAN);
        volume.put(0, "LABELONE".getBytes(StandardCharsets.US_ASCII)).putInt(20, 32);
        volume.put(24, "LVM2 001".getBytes(StandardCharsets.US_ASCII));
        volume.put(32, "x".repeat(32).getBytes(StandardCharsets.US_ASCII)).putLong(72, SECOND + SIZE);
        volume.putLong(104, FIRST).putLong(112, SIZE).putLong(120, SECOND).putLong(128, SIZE);
        volume.putInt(16, PhysicalVolume.crc(volume, 20, 512));
        area(volume, FIRST, first);
        area(volume, SECOND, second);
        return new Memory(volume);
    }

    /** As where another version of LVM wrote it: what is newer is told all the same. */
    @ParameterizedTest
    @ValueSource(ints = {1, 3})
    void aTextThatMakesNoSenseIsNoNewerForThat(int sequence) throws IOException {
        String whole = "vg {\nid = \"y\"\nseqno = 2\nextent_size = 8192\n}\n";
        String odd = "vg {\nid = \"y\"\nseqno = " + sequence + "\nextent_size = 8192\n\n";
        assertThat(PhysicalVolume.read(volume(whole, odd)).metadata()).contains(sequence > 2 ? odd : whole);
    }
}
