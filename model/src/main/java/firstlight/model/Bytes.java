package firstlight.model;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HexFormat;

/** An immutable run of octets that compares by content; what records hold in place of arrays. */
public final class Bytes {
    public static final Bytes EMPTY = new Bytes(new byte[0]);

    private final byte[] octets;

    private Bytes(byte[] octets) {
        this.octets = octets;
    }

    /** Copies {@code octets}. */
    public static Bytes of(byte... octets) {
        return octets.length == 0 ? EMPTY : new Bytes(octets.clone());
    }

    /** Copies {@code length} octets from {@code offset}. */
    public static Bytes of(byte[] source, int offset, int length) {
        return new Bytes(Arrays.copyOfRange(source, offset, offset + length));
    }

    /** Copies {@code length} octets of {@code source} from {@code at}; moves nothing in it. */
    public static Bytes of(ByteBuffer source, int at, int length) {
        byte[] octets = new byte[length];
        source.get(at, octets);
        return new Bytes(octets);
    }

    /** Reads hexadecimal digits; blanks between them are allowed. */
    public static Bytes ofHex(String hex) {
        return new Bytes(HexFormat.of().parseHex(hex.replaceAll("\\s", "")));
    }

    public int length() {
        return octets.length;
    }

    public boolean isEmpty() {
        return octets.length == 0;
    }

    /** The octet at {@code index}, 0 to 255. */
    public int unsigned(int index) {
        return octets[index] & 0xFF;
    }

    public Bytes slice(int offset, int length) {
        return of(octets, offset, length);
    }

    /** The last {@code length} octets, or all when there are no more. */
    public Bytes last(int length) {
        return octets.length <= length ? this : slice(octets.length - length, length);
    }

    /** A copy. */
    public byte[] toArray() {
        return octets.clone();
    }

    /** Whether {@code other} stands at {@code offset}. */
    public boolean has(int offset, Bytes other) {
        return offset + other.octets.length <= octets.length
                && Arrays.equals(octets, offset, offset + other.octets.length, other.octets, 0, other.octets.length);
    }

    /** As text in ISO 8859-1, so that no octet is lost. */
    public String text(int offset, int length) {
        return new String(octets, offset, length, StandardCharsets.ISO_8859_1);
    }

    /** Copies all octets into {@code target}, the first to {@code at}. */
    public void copyTo(byte[] target, int at) {
        System.arraycopy(octets, 0, target, at, octets.length);
    }

    public String toHex() {
        return HexFormat.of().formatHex(octets);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Bytes that && Arrays.equals(octets, that.octets);
    }

    /** FNV-1a: by {@link Arrays#hashCode(byte[])} the MAC addresses of one room's PCs, numbers that follow each other, are some hundred. */
    @Override
    public int hashCode() {
        int hash = 0x811C_9DC5;
        for (byte octet : octets) {
            hash = (hash ^ octet) * 0x0100_0193;
        }
        return hash;
    }

    @Override
    public String toString() {
        return toHex();
    }
}
