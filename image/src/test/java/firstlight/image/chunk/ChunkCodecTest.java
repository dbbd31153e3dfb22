package firstlight.image.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ChunkCodecTest {
    private static final int AT = 4096;
    private static final byte UNTOUCHED = 7;

    private final byte[] content = content();
    private final ChunkId id = ChunkId.of(content, 0, content.length);

    /** Half noise, half zeros. */
    private static byte[] content() {
        byte[] content = new byte[Chunk.SIZE];
        byte[] noise = new byte[Chunk.SIZE / 2];
        new Random(1).nextBytes(noise);
        System.arraycopy(noise, 0, content, 0, noise.length);
        return content;
    }

    @Test
    void aFrameIsTheSameFromAnArrayAndFromADirectBuffer() {
        ByteBuffer direct = ByteBuffer.allocateDirect(AT + content.length).put(AT, content);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            assertThat(codec.pack(id, direct, AT, content.length).frame())
                    .isEqualTo(codec.pack(id, content, 0, content.length).frame());
            assertThat(direct.position()).isZero();
        }
    }

    @Test
    void aFrameOfTheNextChunkLeavesTheOneBeforeAlone() throws DamagedChunk {
        byte[] next = new byte[Chunk.LARGEST];
        new Random(2).nextBytes(next);
        ByteBuffer direct = ByteBuffer.allocateDirect(next.length).put(0, content);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            byte[] first = codec.pack(id, direct, 0, content.length).frame();
            direct.put(0, next);
            ChunkId second = ChunkId.of(direct, 0, next.length);
            byte[] longest = codec.pack(second, direct, 0, next.length).frame();
            assertThat(codec.content(id, first)).isEqualTo(content);
            assertThat(codec.content(second, longest)).isEqualTo(next);
        }
    }

    @Test
    void whatIsUnpackedIntoADirectBufferLiesInItsPlaceAndNowhereElse() throws DamagedChunk {
        ByteBuffer direct = ByteBuffer.allocateDirect(AT + content.length + AT);
        for (int i = 0; i < direct.capacity(); i++) {
            direct.put(i, UNTOUCHED);
        }
        try (ChunkCodec codec = new ChunkCodec(1)) {
            byte[] frame = codec.pack(id, content, 0, content.length).frame();
            assertThat(codec.unpack(id, frame, direct, AT)).isEqualTo(content.length);
        }
        assertThat(direct.slice(AT, content.length)).isEqualTo(ByteBuffer.wrap(content));
        for (int i = 0; i < AT; i++) {
            assertThat(direct.get(i)).isEqualTo(UNTOUCHED);
            assertThat(direct.get(AT + content.length + i)).isEqualTo(UNTOUCHED);
        }
    }

    @Test
    void anotherContentAndAGarbledFrameAreDamagedInADirectBufferToo() throws DamagedChunk {
        byte[] other = content.clone();
        other[9] ^= 1;
        ByteBuffer direct = ByteBuffer.allocateDirect(content.length);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            byte[] frame = codec.pack(id, other, 0, other.length).frame();
            assertThatThrownBy(() -> codec.unpack(id, frame, direct, 0))
                    .isInstanceOf(DamagedChunk.class)
                    .hasMessageContaining("its content has the SHA-256");
            byte[] garbled = frame.clone();
            garbled[0] ^= 1;
            assertThatThrownBy(() -> codec.unpack(id, garbled, direct, 0))
                    .isInstanceOf(DamagedChunk.class)
                    .hasMessageContaining("cannot be unpacked");
            byte[] sound = codec.pack(id, content, 0, content.length).frame();
            assertThat(codec.unpack(id, sound, direct, 0)).as("afterwards").isEqualTo(content.length);
        }
    }

    /** As a region's last chunk has it: less room than a frame of something else would take. */
    @Test
    void aFrameThatHoldsMoreThanThereIsRoomForIsDamaged() {
        ByteBuffer direct = ByteBuffer.allocateDirect(content.length - 1);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            byte[] frame = codec.pack(id, content, 0, content.length).frame();
            assertThatThrownBy(() -> codec.unpack(id, frame, direct, 0)).isInstanceOf(DamagedChunk.class);
        }
    }
}
