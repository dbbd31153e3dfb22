package firstlight.model;

import java.util.HexFormat;
import java.util.regex.Pattern;

/** An Ethernet address: the low 48 bits of {@code value}. */
public record MacAddress(long value) implements Comparable<MacAddress> {
    private static final Pattern SEPARATORS = Pattern.compile("[:.-]");
    private static final Pattern DIGITS = Pattern.compile("[0-9a-fA-F]{12}");

    public MacAddress {
        if (value >>> 48 != 0) {
            throw new IllegalArgumentException("a MAC address has 48 bits, not " + Long.toHexString(value));
        }
    }

    /** Reads six octets written with colons, hyphens, dots or nothing between them. */
    public static MacAddress parse(String text) {
        String digits = SEPARATORS.matcher(text.strip()).replaceAll("");
        if (!DIGITS.matcher(digits).matches()) {
            throw new IllegalArgumentException("'" + text + "' is no MAC address; write it as 52:54:00:12:34:56");
        }
        return new MacAddress(Long.parseLong(digits, 16));
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
        byte[] octets = new byte[6];
        for (int i = 0; i < 6; i++) {
            octets[i] = (byte) (value >> (40 - 8 * i));
        }
        return Bytes.of(octets);
    }

    /** {@code 52-54-00-12-34-56}: the form in file names such as {@code pxelinux.cfg/01-52-54-...}. */
    public String hyphenated() {
        return HexFormat.ofDelimiter("-").formatHex(octets().toArray());
    }

    @Override
    public int compareTo(MacAddress other) {
        return Long.compare(value, other.value);
    }

    @Override
    public String toString() {
        return HexFormat.ofDelimiter(":").formatHex(octets().toArray());
    }
}
