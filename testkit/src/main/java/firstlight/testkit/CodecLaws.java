package firstlight.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import java.util.Arrays;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Function;

/**
 * What every codec owes: values survive the wire, and no octets of a stranger do more than fail in the codec's own way.
 *
 * @param decode octets to a value; throws {@code failure} for malformed input, nothing else
 * @param encode a value to octets
 * @param failure the codec's own decode failure
 */
public record CodecLaws<T>(
        Function<byte[], T> decode, Function<T, byte[]> encode, Class<? extends RuntimeException> failure) {

    /** All laws, for a value and its octets. */
    public void hold(T value) {
        roundTrip(value);
        byte[] octets = encode.apply(value);
        truncation(octets);
        mutation(octets, 2_000);
    }

    /** What was encoded decodes to the same value. */
    public void roundTrip(T value) {
        assertThat(decode.apply(encode.apply(value))).isEqualTo(value);
    }

    /** Octets of the codec's own form come out as they went in. */
    public void byteForByte(byte[] octets) {
        assertThat(HexFormat.of().formatHex(encode.apply(decode.apply(octets))))
                .isEqualTo(HexFormat.of().formatHex(octets));
    }

    /** Every prefix decodes, or fails cleanly. */
    public void truncation(byte[] octets) {
        for (int length = 0; length < octets.length; length++) {
            decodesOrFailsCleanly(Arrays.copyOf(octets, length), "truncated to " + length);
        }
    }

    /** Octets that were changed, dropped, doubled or added decode, or fail cleanly; what decodes can be encoded again. */
    public void mutation(byte[] octets, int rounds) {
        Seeded random = Seeded.fresh();
        for (int round = 0; round < rounds; round++) {
            byte[] mutant = octets;
            for (int change = random.between(1, 4); change > 0; change--) {
                mutant = random.mutated(mutant);
            }
            decodesOrFailsCleanly(mutant, "mutant " + round + " of " + random);
        }
    }

    private void decodesOrFailsCleanly(byte[] octets, String what) {
        String told = what + ": " + HexFormat.of().formatHex(octets);
        Optional<T> value = Optional.empty();
        try {
            value = Optional.of(decode.apply(octets));
        } catch (RuntimeException thrown) {
            if (!failure.isInstance(thrown)) {
                fail(told + " did not fail with " + failure.getSimpleName(), thrown);
            }
            assertThat(thrown.getMessage()).as(told).isNotBlank();
        }
        if (value.isPresent()) {
            try {
                assertThat(decode.apply(encode.apply(value.get()))).as(told).isEqualTo(value.get());
            } catch (RuntimeException thrown) {
                fail(told + " decoded, but what it decoded to does not encode and decode again", thrown);
            }
        }
    }
}
