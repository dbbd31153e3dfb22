package firstlight.model;

import java.util.HexFormat;

/** An Ethernet address: the low 48 bits of {@code value}. */
public record MacAddress(long value) implements Comparable<MacAddress> {
    private static final int DIGITS = 12;
    private static final HexFormat COLONS = HexFormat.ofDelimiter(":");
    private static final HexFormat HYPHENS = HexFormat.ofDelimiter("-");

    public MacAddress {
        if (value >>> 48 != 0) {
            throw new IllegalArgumentException("a MAC address has 48 bits, not " + Long.toHexString(value));
        }
    }

    /** Reads six octets written with colons, hyphens, dots or nothing between them. In a plain loop: each firmware's packet comes by here. */
    public static MacAddress parse(String text) {
        String written = text.strip();
        long value = 0;
        int digits = 0;
        for (int i = 0; i < written.length(); i++) {
            char character = written.charAt(i);
            if (character == ':' || character == '.' || character == '-') {
                continue;
            }
            if (digits == DIGITS || !HexFormat.isHexDigit(character)) {
                throw noAddress(text);
            }
            value = value << 4 | HexFormat.fromHexDigit(character);
            digits++;
        }
        if (digits < DIGITS) {
            throw noAddress(text);
        }
        return new MacAddress(value);
    }

    private static IllegalArgumentException noAddress(String text) {
        return new IllegalArgumentException("'" + text + "' is no MAC address; write it as 52:54:00:12:34:56");
    }

    /** Reads the first six octets of {@code octets}. */
    public static MacAddress of(Bytes octets) {
        long value = 0;
        for (int i = 0; i < 6; i++) {
            value = value << 8 | octets.unsigned(i);
        }
        return new MacAddress(value);
    }

    public Bytes octets() {
        return Bytes.of(array());
    }

    private byte[] array() {
        byte[] octets = new byte[6];
        for (int i = 0; i < 6; i++) {
            octets[i] = (byte) (value >> (40 - 8 * i));
        }
        return octets;
    }

    /** {@code 52-54-00-12-34-56}: the form in file names such as {@code pxelinux.cfg/01-52-54-...}. */
    public String hyphenated() {
        return HYPHENS.formatHex(array());
    }

    @Override
    public int compareTo(MacAddress other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return COLONS.formatHex(array());
    }
}
