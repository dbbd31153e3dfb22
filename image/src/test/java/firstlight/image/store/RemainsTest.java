package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;

class RemainsTest {
    private final byte[] whole = new byte[1000];

    RemainsTest() {
        new Random(1).nextBytes(whole);
    }

    @Test
    void aFileWithOneFlippedBitAnywhereIsKnown() {
        for (int at = 0; at < whole.length; at += 7) {
            byte[] flipped = whole.clone();
            flipped[at] ^= 1;
            assertThat(new Remains(flipped).areOf(whole)).as("octet %d", at).isTrue();
        }
    }

    @Test
    void aFileThatWasCutOffIsKnownWhileEnoughIsLeft() {
        assertThat(new Remains(Arrays.copyOf(whole, 999)).areOf(whole)).isTrue();
        assertThat(new Remains(Arrays.copyOf(whole, 200)).areOf(whole)).isTrue();
        assertThat(new Remains(Arrays.copyOf(whole, 199)).areOf(whole)).isFalse();
        assertThat(new Remains(new byte[0]).areOf(whole)).isFalse();
    }

    @Test
    void anotherFileIsNot() {
        byte[] other = new byte[1000];
        new Random(2).nextBytes(other);
        assertThat(new Remains(other).areOf(whole)).isFalse();
        assertThat(new Remains(new byte[1000]).areOf(whole)).isFalse();
        byte[] longer = Arrays.copyOf(whole, 2000);
        assertThat(new Remains(longer).areOf(whole)).isFalse();
        byte[] both = whole.clone();
        both[100] ^= 1;
        both[990] ^= 1;
        assertThat(new Remains(both).areOf(whole)).as("neither proves it").isFalse();
    }
}
