package firstlight.testkit;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** Laws are worth something only if a broken codec breaks them. */
class CodecLawsTest {
    /** A text behind its length in one octet. */
    private static final CodecLaws<String> SOUND =
            new CodecLaws<>(CodecLawsTest::decode, CodecLawsTest::encode, IllegalArgumentException.class);

    private static String decode(byte[] octets) {
        if (octets.length == 0 || octets.length - 1 != (octets[0] & 0xFF)) {
            throw new IllegalArgumentException("length at 0");
        }
        return new String(octets, 1, octets.length - 1, StandardCharsets.ISO_8859_1);
    }

    private static byte[] encode(String text) {
        return ((char) text.length() + text).getBytes(StandardCharsets.ISO_8859_1);
    }

    @Test
    void aSoundCodecKeepsThem() {
        assertThatCode(() -> SOUND.hold("firstlight")).doesNotThrowAnyException();
        assertThatCode(() -> SOUND.byteForByte(new byte[] {1, 'x'})).doesNotThrowAnyException();
    }

    @Test
    void aCodecThatLosesOctetsBreaksTheRoundTrip() {
        var lossy =
                new CodecLaws<>(CodecLawsTest::decode, text -> encode(text.strip()), IllegalArgumentException.class);
        assertThatThrownBy(() -> lossy.roundTrip(" x")).isInstanceOf(AssertionError.class);
    }

    @Test
    void aCodecThatReadsPastTheEndBreaksTruncationAndMutation() {
        var careless = new CodecLaws<>(
                octets -> new String(octets, 1, octets[0] & 0xFF, StandardCharsets.ISO_8859_1),
                CodecLawsTest::encode,
                IllegalArgumentException.class);
        assertThatThrownBy(() -> careless.truncation(encode("text")))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("truncated to 0");
        assertThatThrownBy(() -> careless.mutation(encode("text"), 500))
                .isInstanceOf(AssertionError.class)
                .hasMessageContaining("-Dfirstlight.seed=");
    }
}
