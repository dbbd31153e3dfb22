package firstlight.server.work;

import firstlight.model.Bytes;
import firstlight.model.MacAddress;

/** What wakes a sleeping network card: six octets FF, then its address sixteen times. */
final class MagicPacket {
    private static final int TIMES = 16;

    private MagicPacket() {}

    /** 102 octets (AMD, Magic Packet Technology, 1995). */
    static Bytes of(MacAddress mac) {
        String digits = mac.toString().replaceAll("[^0-9A-Fa-f]", "");
        return Bytes.ofHex("ff".repeat(6) + digits.repeat(TIMES));
    }
}
