package firstlight.wire.dhcp;

import firstlight.model.Bytes;

/**
 * A boot file's name (option 67) without a NUL behind it, as RFC 2132 9.5 leaves it open. EDK2 writes one there (PxeBcDhcp4.c,
 * HttpBootDhcp4.c), over whatever follows.
 */
public final class UnendedFileName {
    private static final int BOOT_FILE_NAME = 67;

    private UnendedFileName() {}

    /** Whether that NUL makes another packet of {@code octets}: the name has none, and no pad follows. Never in what has no cookie. */
    public static boolean isIn(Bytes octets) {
        if (!DhcpGlance.hasCookie(octets)) {
            return false;
        }
        int overload = 0;
        OptionCursor option = new OptionCursor(octets);
        while (option.advance()) {
            if (option.code() == BOOT_FILE_NAME) {
                return isUnended(octets, option);
            }
            if (option.code() == DhcpCodec.OVERLOAD && option.length() == 1 && option.from() < octets.length()) {
                overload = octets.unsigned(option.from());
            }
        }
        return ((overload & 1) != 0 && isIn(octets, DhcpCodec.FILE, DhcpCodec.COOKIE_AT))
                || ((overload & 2) != 0 && isIn(octets, DhcpCodec.SNAME, DhcpCodec.FILE));
    }

    /** In a field that holds options as well (52): what follows the name may be the next field, or the cookie. */
    private static boolean isIn(Bytes octets, int from, int to) {
        OptionCursor option = new OptionCursor(octets, from, to);
        while (option.advance()) {
            if (option.code() == BOOT_FILE_NAME) {
                return isUnended(octets, option);
            }
        }
        return false;
    }

    private static boolean isUnended(Bytes octets, OptionCursor name) {
        int end = name.from() + name.length();
        return name.length() > 0 && end < octets.length() && octets.unsigned(end - 1) != 0 && octets.unsigned(end) != 0;
    }
}
