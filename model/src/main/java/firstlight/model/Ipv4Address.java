package firstlight.model;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;

/** An IPv4 address as its 32 bits. */
public record Ipv4Address(int value) {
    public static final Ipv4Address ANY = new Ipv4Address(0);
    public static final Ipv4Address BROADCAST = new Ipv4Address(-1);

    /** Reads four decimal numbers with dots between them. */
    public static Ipv4Address parse(String text) {
        String[] parts = text.strip().split("\\.", -1);
        int value = 0;
        for (String part : parts) {
            if (parts.length != 4 || !part.matches("[0-9]{1,3}") || Integer.parseInt(part) > 255) {
                throw new IllegalArgumentException("'" + text + "' is no IPv4 address; write it as 192.168.1.10");
            }
            value = value << 8 | Integer.parseInt(part);
        }
        return new Ipv4Address(value);
    }

    public static Ipv4Address of(Inet4Address address) {
        return of(Bytes.of(address.getAddress()), 0);
    }

    /** Reads the four octets from {@code offset}. */
    public static Ipv4Address of(Bytes octets, int offset) {
        int value = 0;
        for (int i = 0; i < 4; i++) {
            value = value << 8 | octets.unsigned(offset + i);
        }
        return new Ipv4Address(value);
    }

    public Bytes octets() {
        return Bytes.of((byte) (value >> 24), (byte) (value >> 16), (byte) (value >> 8), (byte) value);
    }

    public Inet4Address toInet() {
        try {
            return (Inet4Address) InetAddress.getByAddress(octets().toArray());
        } catch (UnknownHostException impossible) {
            throw new AssertionError("four octets are an address", impossible);
        }
    }

    public boolean isAny() {
        return value == 0;
    }

    /** The network that this address is in: {@code 192.168.1.0/24}. */
    public String network(int prefixLength) {
        int mask = prefixLength == 0 ? 0 : -1 << (32 - prefixLength);
        return new Ipv4Address(value & mask) + "/" + prefixLength;
    }

    @Override
    public String toString() {
        return (value >>> 24) + "." + ((value >> 16) & 255) + "." + ((value >> 8) & 255) + "." + (value & 255);
    }
}
