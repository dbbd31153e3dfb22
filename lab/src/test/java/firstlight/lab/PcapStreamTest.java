package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class PcapStreamTest {
    private static byte[] file(ByteOrder order, byte[]... frames) {
        int length =
                24 + Arrays.stream(frames).mapToInt(frame -> 16 + frame.length).sum();
        ByteBuffer file = ByteBuffer.allocate(length).order(order);
        file.putInt(0xA1B2C3D4)
                .putShort((short) 2)
                .putShort((short) 4)
                .putLong(0)
                .putInt(800)
                .putInt(1);
        for (byte[] frame : frames) {
            file.putInt(1_800_000_000)
                    .putInt(250_000)
                    .putInt(frame.length)
                    .putInt(frame.length)
                    .put(frame);
        }
        return file.array();
    }

    @Test
    void framesComeOutWhenTheyAreWholeHoweverTheFileGrows() {
        byte[] file = file(ByteOrder.LITTLE_ENDIAN, new byte[] {1, 2, 3}, new byte[] {4, 5});
        for (int step = 1; step <= file.length; step++) {
            PcapStream stream = new PcapStream();
            List<PcapStream.Frame> frames = new ArrayList<>();
            for (int at = 0; at < file.length; at += step) {
                frames.addAll(stream.feed(Arrays.copyOfRange(file, at, Math.min(file.length, at + step))));
            }
            assertThat(frames).hasSize(2);
            assertThat(frames.getFirst().at()).isEqualTo(Instant.ofEpochSecond(1_800_000_000, 250_000_000));
            assertThat(frames.getLast().frame()).isEqualTo(ByteBuffer.wrap(new byte[] {4, 5}));
        }
    }

    @Test
    void aFileOfTheOtherByteOrderIsReadAsWell() {
        assertThat(new PcapStream().feed(file(ByteOrder.BIG_ENDIAN, new byte[] {9})))
                .hasSize(1);
    }

    @Test
    void whatIsNoPcapFileIsRefusedInWords() {
        assertThatThrownBy(() -> new PcapStream().feed(new byte[64]))
                .isInstanceOf(LabFailure.class)
                .hasMessageContaining("pcap");
    }
}
