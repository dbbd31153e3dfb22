package firstlight.netboot.udp;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** IPv4 addresses as 32-bit numbers, 10.0.0.1 being 0x0A000001; 0 is the wildcard. */
public final class Ipv4 {
    private Ipv4() {}

    public static int toInt(Inet4Address address) {
        byte[] octets = address.getAddress();
        return ((octets[0] & 0xFF) << 24) | ((octets[1] & 0xFF) << 16) | ((octets[2] & 0xFF) << 8) | (octets[3] & 0xFF);
    }

    public static Inet4Address of(int address) {
        byte[] octets = {(byte) (address >> 24), (byte) (address >> 16), (byte) (address >> 8), (byte) address};
        try {
            return (Inet4Address) InetAddress.getByAddress(octets);
        } catch (UnknownHostException e) {
            throw new AssertionError("four octets are an address", e);
        }
    }

    public static String text(int address) {
        return (address >>> 24) + "." + ((address >> 16) & 0xFF) + "." + ((address >> 8) & 0xFF) + "."
                + (address & 0xFF);
    }
}
