package firstlight.policy.rule;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Numbers of octets with their units, in both powers. Binary and decimal are kept apart: a disk of 256 GB has 238 GiB. */
final class Units {
    // Keys in small letters: MB and mb are the same here, there are no bits.
    private static final Map<String, Long> FACTORS = Map.of(
            "b", 1L,
            "kib", 1L << 10,
            "mib", 1L << 20,
            "gib", 1L << 30,
            "tib", 1L << 40,
            "kb", 1_000L,
            "mb", 1_000_000L,
            "gb", 1_000_000_000L,
            "tb", 1_000_000_000_000L);
    static final String NAMES = "B, KiB, MiB, GiB, TiB, KB, MB, GB, TB";
    private static final BigDecimal MOST = BigDecimal.valueOf(Long.MAX_VALUE);

    private Units() {}

    static boolean isUnit(String text) {
        return FACTORS.containsKey(text.toLowerCase(Locale.ROOT));
    }

    /** As they are written, whatever the case of the input: {@code GiB}. */
    static String canonical(String unit) {
        String small = unit.toLowerCase(Locale.ROOT);
        return small.length() == 3 ? Character.toUpperCase(small.charAt(0)) + "iB" : small.toUpperCase(Locale.ROOT);
    }

    /** Empty when there are more octets than any disk will have. */
    static Optional<Long> octets(BigDecimal number, String unit) {
        BigDecimal octets = number.multiply(BigDecimal.valueOf(FACTORS.getOrDefault(unit.toLowerCase(Locale.ROOT), 1L)))
                .setScale(0, RoundingMode.HALF_UP);
        return octets.compareTo(MOST) > 0 ? Optional.empty() : Optional.of(octets.longValueExact());
    }

    /** {@code 8 GiB} where it is whole, else {@code 256.1 GB}. */
    static String words(long octets) {
        for (int power = 40; power >= 10; power -= 10) {
            if (octets >= 1L << power && octets % (1L << power) == 0) {
                return (octets >> power) + " " + "KMGT".charAt(power / 10 - 1) + "iB";
            }
        }
        int index = -1;
        double value = octets;
        while (value >= 1000 && index < 3) {
            value /= 1000;
            index++;
        }
        return index < 0 ? octets + " B" : String.format(Locale.ROOT, "%.1f %sB", value, "KMGT".charAt(index));
    }
}
