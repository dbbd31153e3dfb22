package firstlight.wire.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.Bytes;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ChunkFramesTest {
    private static final Bytes A = Bytes.ofHex("aa".repeat(32));
    private static final Bytes B = Bytes.ofHex("bb".repeat(32));

    @Test
    void namesSurviveTheWayAndHalfANameIsMalformed() throws MalformedMessage {
        assertThat(ChunkFrames.decodeNames(ChunkFrames.encodeNames(List.of(A, B))))
                .containsExactly(A, B);
        assertThatThrownBy(() -> ChunkFrames.decodeNames(new byte[33])).isInstanceOf(MalformedMessage.class);
    }

    @Test
    void missingChunksAreBitsWithTheLeastSignificantFirst() {
        List<Boolean> missing =
                IntStream.range(0, 10).mapToObj(i -> i == 0 || i == 9).toList();

        byte[] bits = ChunkFrames.encodeMissing(missing);

        assertThat(bits).containsExactly(0x01, 0x02);
        assertThat(IntStream.range(0, 10).filter(i -> ChunkFrames.isMissing(bits, i)))
                .containsExactly(0, 9);
    }

    @Test
    void framesAreReadInTheirOrderUntilACleanEnd() throws IOException, MalformedMessage {
        byte[] stream = twoFrames();
        ByteArrayInputStream in = new ByteArrayInputStream(stream);

        ChunkFrames.Frame first = ChunkFrames.readNamed(in).orElseThrow();
        ChunkFrames.Frame second = ChunkFrames.readNamed(in).orElseThrow();

        assertThat(first.name()).isEqualTo(A);
        assertThat(first.data()).containsExactly(1, 2, 3);
        assertThat(second.name()).isEqualTo(B);
        assertThat(second.data()).isEmpty();
        assertThat(ChunkFrames.readNamed(in)).isEmpty();
    }

    @Test
    void aStreamThatEndsWithinAFrameSaysSo() throws IOException {
        byte[] stream = twoFrames();
        for (int length = 1; length < 39; length++) {
            ByteArrayInputStream in = new ByteArrayInputStream(Arrays.copyOf(stream, length));
            assertThatThrownBy(() -> ChunkFrames.readNamed(in)).isInstanceOf(EOFException.class);
        }
    }

    @Test
    void anAbsurdLengthIsRefusedBeforeAnythingIsAllocated() {
        byte[] frame = new byte[40];
        Arrays.fill(frame, 32, 36, (byte) 0xFF);

        assertThatThrownBy(() -> ChunkFrames.readNamed(new ByteArrayInputStream(frame)))
                .isInstanceOf(MalformedMessage.class)
                .hasMessage("a chunk of 4294967295 octets");
    }

    private static byte[] twoFrames() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ChunkFrames.writeNamed(out, A, new byte[] {1, 2, 3});
        ChunkFrames.writeNamed(out, B, new byte[0]);
        return out.toByteArray();
    }
}
