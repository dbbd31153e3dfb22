package firstlight.image.restore;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

class MarkTest {
    private final Mark mark = new Mark();

    @Test
    void eachFlippedBitChangesBothHalves() {
        byte[] content = new byte[4096];
        new Random(7).nextBytes(content);
        ByteBuffer seen = ByteBuffer.wrap(content);
        long before = mark.of(seen, 0, content.length);
        for (int bit = 0; bit < content.length * 8; bit++) {
            content[bit / 8] ^= (byte) (1 << bit % 8);
            long after = mark.of(seen, 0, content.length);
            assertThat((int) after).isNotEqualTo((int) before);
            assertThat(after >>> 32).isNotEqualTo(before >>> 32);
            content[bit / 8] ^= (byte) (1 << bit % 8);
        }
        assertThat(mark.of(seen, 0, content.length)).isEqualTo(before);
    }

    @Test
    void exchangedBlocksHaveAnotherMark() {
        byte[] content = new byte[1024];
        new Random(8).nextBytes(content);
        byte[] exchanged = new byte[1024];
        System.arraycopy(content, 512, exchanged, 0, 512);
        System.arraycopy(content, 0, exchanged, 512, 512);
        assertThat(mark.of(ByteBuffer.wrap(exchanged), 0, 1024))
                .isNotEqualTo(mark.of(ByteBuffer.wrap(content), 0, 1024));
    }

    @Test
    void itIsTheSameInAnArrayAndInMemoryOutsideOfTheHeap() {
        byte[] content = new byte[1024];
        new Random(9).nextBytes(content);
        ByteBuffer direct = ByteBuffer.allocateDirect(1034).put(10, content).limit(3);
        assertThat(mark.of(direct, 0, 0)).isEqualTo(mark.of(ByteBuffer.wrap(content), 0, 0));
        direct.clear();
        assertThat(mark.of(direct, 10, 1024)).isEqualTo(mark.of(ByteBuffer.wrap(content), 0, 1024));
    }

    @Test
    void itIsNeverTheNumberThatStandsForNone() {
        assertThat(mark.of(ByteBuffer.allocate(0), 0, 0)).isNotZero();
        assertThat(mark.of(ByteBuffer.allocate(4096), 0, 4096)).isNotZero();
    }
}
