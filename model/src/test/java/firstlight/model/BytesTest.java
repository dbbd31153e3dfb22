package firstlight.model;

import static org.assertj.core.api.Assertions.assertThat;

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
}
