package firstlight.wire.dhcp;

/**
 * A boot file's name (option 67) without a NUL behind it, as RFC 2132 9.5 leaves it open. EDK2 writes one there (PxeBcDhcp4.c,
 * HttpBootDhcp4.c), over whatever follows.
 */
public final class UnendedFileName {
    private static final int BOOT_FILE_NAME = 67;

    private UnendedFileName() {}

    /** Whether that NUL makes another packet of {@code octets}: the name has none, and no pad follows. Never in what has no cookie. */
    public static boolean isIn(byte[] octets) {
        if (!DhcpGlance.hasCookie(octets)) {
            return false;
        }
        OptionCursor option = new OptionCursor(octets);
        while (option.advance()) {
            int end = option.from() + option.length();
            if (option.code() == BOOT_FILE_NAME) {
                return option.length() > 0 && end < octets.length && octets[end - 1] != 0 && octets[end] != 0;
            }
        }
        return false;
    }
}
