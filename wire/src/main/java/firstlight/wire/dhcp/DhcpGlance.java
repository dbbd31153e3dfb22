package firstlight.wire.dhcp;

import firstlight.model.Bytes;
import java.nio.charset.StandardCharsets;

/**
 * Tells from a packet's octets, without making anything of them, that it is nobody's who boots from the network. Phones, printers and PCs that
 * run ask for leases all day, and a boot server hears each of them.
 */
public final class DhcpGlance {
    private static final int OPTIONS = 240;
    private static final int COOKIE_AT = 236;
    private static final Bytes COOKIE = Bytes.ofHex("63825363");
    private static final Bytes PXE = ascii(DhcpOption.ClassIdentifier.PXE_CLIENT);
    private static final Bytes HTTP = ascii(DhcpOption.ClassIdentifier.HTTP_CLIENT);
    private static final Bytes U_BOOT = ascii(DhcpOption.ClassIdentifier.U_BOOT);
    private static final int OVERLOAD = 52;
    private static final int MESSAGE_TYPE = 53;
    private static final int SERVER_IDENTIFIER = 54;
    private static final int CLASS_IDENTIFIER = 60;

    private DhcpGlance() {}

    private static Bytes ascii(String text) {
        return Bytes.of(text.getBytes(StandardCharsets.US_ASCII));
    }

    /**
     * Whether {@code octets} are a reply, or a request that neither boots from the network (60) nor tells which offer of a lease it takes (53
     * and 54). False in doubt: for what is malformed, overloaded, or has no end.
     */
    public static boolean isOfNoInterest(Bytes octets) {
        if (!hasCookie(octets) || octets.unsigned(2) > 16) {
            return false;
        }
        if (octets.unsigned(0) == DhcpPacket.BOOTREPLY) {
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
                    && from < octets.length()
                    && octets.unsigned(from) == DhcpOption.MessageType.REQUEST;
            namesServer |= code == SERVER_IDENTIFIER;
        }
        return option.code() == OptionCursor.END
                && octets.unsigned(0) == DhcpPacket.BOOTREQUEST
                && !(request && namesServer);
    }

    /** Whether options follow the fixed fields of BOOTP. */
    static boolean hasCookie(Bytes octets) {
        return octets.length() > OPTIONS && octets.has(COOKIE_AT, COOKIE);
    }

    /** Or may be: a class that is too short may go on in a second piece (RFC 3396). */
    private static boolean isFirmware(Bytes octets, int from, int length) {
        return begins(octets, from, length, PXE)
                || begins(octets, from, length, HTTP)
                || begins(octets, from, length, U_BOOT);
    }

    private static boolean begins(Bytes octets, int from, int length, Bytes with) {
        int common = Math.min(length, with.length());
        if (from + common > octets.length()) {
            return true;
        }
        for (int i = 0; i < common; i++) {
            if (octets.unsigned(from + i) != with.unsigned(i)) {
                return false;
            }
        }
        return true;
    }
}
