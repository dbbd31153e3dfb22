package firstlight.model;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BytesTest {
    /** A site's PCs of one make have numbers that follow each other; they are keys of what is asked at each packet. */
    @Test
    void theMacAddressesOfThousandsOfPcsHaveHashesOfTheirOwn() {
        Set<Integer> hashes = new HashSet<>();
        for (int i = 0; i < 10_000; i++) {
            hashes.add(Bytes.of((byte) 0x52, (byte) 0x54, (byte) 0, (byte) (i >> 16), (byte) (i >> 8), (byte) i)
                    .hashCode());
        }
        assertThat(hashes).hasSizeGreaterThan(9_900);
    }

    @Test
    void whatStandsSomewhereIsFoundThereAndNotBeyondTheEnd() {
        Bytes octets = Bytes.ofHex("00 63825363 ff");
        assertThat(octets.has(1, Bytes.ofHex("63825363"))).isTrue();
        assertThat(octets.has(0, Bytes.ofHex("63825363"))).isFalse();
        assertThat(octets.has(5, Bytes.ofHex("ff00"))).isFalse();
    }

    @Test
    void aBuffersOctetsAreCopiedAndTheBufferStaysWhereItIs() {
        ByteBuffer buffer = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}).position(1);
        Bytes copied = Bytes.of(buffer, 2, 2);
        buffer.put(2, (byte) 9);
        assertThat(copied).isEqualTo(Bytes.of((byte) 3, (byte) 4));
        assertThat(buffer.position()).isEqualTo(1);
    }

    @Test
    void noOctetIsLostInAText() {
        assertThat(Bytes.ofHex("41 ff 00 80").text(1, 3)).isEqualTo("\u00ff\u0000\u0080");
    }
}
