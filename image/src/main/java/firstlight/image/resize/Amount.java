package firstlight.image.resize;

import java.util.Locale;

/** Amounts as people read them, exact where it is about little. */
final class Amount {
    private Amount() {}

    static String text(long octets) {
        if (octets < 10L << 20) {
            return octets + " octets";
        }
        return octets < 10L << 30
                ? (octets >> 20) + " MiB"
                : String.format(Locale.ROOT, "%.1f GiB", octets / (double) (1L << 30));
    }
}
