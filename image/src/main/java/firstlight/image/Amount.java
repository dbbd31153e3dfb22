package firstlight.image;

import java.util.Locale;

/** Amounts as people read them. */
public final class Amount {
    private Amount() {}

    /** Exact where it is about little. */
    public static String text(long octets) {
        if (octets < 10L << 20) {
            return octets + " octets";
        }
        return octets < 10L << 30 ? mib(octets) : String.format(Locale.ROOT, "%.1f GiB", octets / (double) (1L << 30));
    }

    /** Whole MiB, also of little and of much. */
    public static String mib(long octets) {
        return (octets >> 20) + " MiB";
    }
}
