package firstlight.wire.dhcp;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Tells from a packet's octets, without making anything of them, that it is nobody's who boots from the network. Phones, printers and PCs that
 * run ask for leases all day, and a boot server hears each of them.
 */
public final class DhcpGlance {
    private static final int OPTIONS = 240;
    private static final int COOKIE_AT = 236;
    private static final byte[] COOKIE = {0x63, (byte) 0x82, 0x53, 0x63};
    private static final byte[] PXE = DhcpOption.ClassIdentifier.PXE_CLIENT.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] HTTP = DhcpOption.ClassIdentifier.HTTP_CLIENT.getBytes(StandardCharsets.US_ASCII);
    private static final byte[] U_BOOT = DhcpOption.ClassIdentifier.U_BOOT.getBytes(StandardCharsets.US_ASCII);
    private static final int OVERLOAD = 52;
    private static final int MESSAGE_TYPE = 53;
    private static final int SERVER_IDENTIFIER = 54;
    private static final int CLASS_IDENTIFIER = 60;

    private DhcpGlance() {}

    /**
     * Whether {@code octets} are a reply, or a request that neither boots from the network (60) nor tells which offer of a lease it takes (53
     * and 54). False in doubt: for what is malformed, overloaded, or has no end.
     */
    public static boolean isOfNoInterest(byte[] octets) {
        if (!hasCookie(octets) || octets[2] > 16 || octets[2] < 0) {
            return false;
        }
        if (octets[0] == DhcpPacket.BOOTREPLY) {
            return true;
        }
        boolean request = false;
        boolean namesServer = false;
        OptionCursor option = new OptionCursor(octets);
        while (option.advance()) {
            int code = option.code();
            int from = option.from();
            int length = option.length();
            if (code == OVERLOAD || (code == CLASS_IDENTIFIER && isFirmware(octets, from, length))) {
                return false;
            }
            request |= code == MESSAGE_TYPE
                    && length == 1
                    && from < octets.length
                    && octets[from] == DhcpOption.MessageType.REQUEST;
            namesServer |= code == SERVER_IDENTIFIER;
        }
        return option.code() == OptionCursor.END && octets[0] == DhcpPacket.BOOTREQUEST && !(request && namesServer);
    }

    /** Whether options follow the fixed fields of BOOTP. */
    static boolean hasCookie(byte[] octets) {
        return octets.length > OPTIONS && Arrays.equals(octets, COOKIE_AT, OPTIONS, COOKIE, 0, COOKIE.length);
    }

    /** Or may be: a class that is too short may go on in a second piece (RFC 3396). */
    private static boolean isFirmware(byte[] octets, int from, int length) {
        return begins(octets, from, length, PXE)
                || begins(octets, from, length, HTTP)
                || begins(octets, from, length, U_BOOT);
    }

    private static boolean begins(byte[] octets, int from, int length, byte[] with) {
        int common = Math.min(length, with.length);
        return from + common > octets.length || Arrays.equals(octets, from, from + common, with, 0, common);
    }
}
