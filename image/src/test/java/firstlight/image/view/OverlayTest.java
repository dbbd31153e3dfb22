package firstlight.image.view;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class OverlayTest {
    private static final int BLOCK = 4096;

    /** All octets of it are 7. */
    private record Sevens(long size) implements View {
        @Override
        public String name() {
            return "sevens";
        }

        @Override
        public int sectorSize() {
            return 512;
        }

        @Override
        public void read(long offset, ByteBuffer into) {
            while (into.hasRemaining()) {
                into.put((byte) 7);
            }
        }

        @Override
        public void write(long offset, ByteBuffer from) {
            throw new AssertionError("what lies below an overlay never changes");
        }

        @Override
        public void zero(long offset, long length) {
            throw new AssertionError("what lies below an overlay never changes");
        }

        @Override
        public void discard(long offset, long length) {
            throw new AssertionError("what lies below an overlay never changes");
        }

        @Override
        public void flush() {}

        @Override
        public void close() {}
    }

    private static byte[] read(Overlay overlay, long offset, int length) throws IOException {
        byte[] octets = new byte[length];
        overlay.read(offset, ByteBuffer.wrap(octets));
        return octets;
    }

    @Test
    void blocksOfZerosAmongWhatIsWrittenTakeNoRoom() throws IOException {
        try (Overlay overlay = Overlay.over(new Sevens(10 * BLOCK))) {
            byte[] octets = new byte[6 * BLOCK];
            Arrays.fill(octets, 0, BLOCK, (byte) 1);
            Arrays.fill(octets, 4 * BLOCK, 5 * BLOCK, (byte) 2);
            overlay.write(BLOCK / 2, ByteBuffer.wrap(octets));
            assertThat(read(overlay, BLOCK / 2, 6 * BLOCK)).isEqualTo(octets);
            assertThat(read(overlay, 0, BLOCK / 2)).containsOnly(7);
            assertThat(read(overlay, 13 * BLOCK / 2, BLOCK)).containsOnly(7);
            // The ones' two, the twos' two, and the last, half of which is of the base.
            assertThat(overlay.changedBytes()).isEqualTo(5 * BLOCK);
            overlay.write(0, ByteBuffer.allocate(10 * BLOCK));
            assertThat(read(overlay, 0, 10 * BLOCK)).containsOnly(0);
            assertThat(overlay.changedBytes()).isZero();
        }
    }

    @Test
    void whoWritesMoreThanItMayKeepGetsNothingFromItAnyMore() throws IOException {
        try (Overlay overlay = Overlay.over(new Sevens(10 * BLOCK), 2 * BLOCK)) {
            byte[] ones = new byte[2 * BLOCK];
            Arrays.fill(ones, (byte) 1);
            overlay.write(0, ByteBuffer.wrap(ones));
            overlay.write(BLOCK, ByteBuffer.wrap(ones, 0, BLOCK));
            overlay.write(4 * BLOCK, ByteBuffer.allocate(4 * BLOCK));
            assertThat(overlay.isFull()).isFalse();
            assertThat(read(overlay, 0, 2 * BLOCK)).isEqualTo(ones);
            assertThatThrownBy(() -> overlay.write(8 * BLOCK + 1, ByteBuffer.wrap(ones, 0, 10)))
                    .hasMessage("more was written to the overlay of sevens than its 8192 octets");
            assertThat(overlay.isFull()).isTrue();
            assertThatThrownBy(() -> read(overlay, 0, BLOCK)).hasMessageContaining("8192 octets");
        }
    }
}
