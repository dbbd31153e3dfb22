package firstlight.image.chunk;

import firstlight.model.Sha256;
import java.nio.ByteBuffer;
import java.security.MessageDigest;
import java.util.HexFormat;

/**
 * The SHA-256 of a chunk's plain content. Four longs, not an array: an image has millions of them.
 */
public record ChunkId(long first, long second, long third, long fourth) implements Comparable<ChunkId> {
    public static final int LENGTH = 32;

    /** Not a hash: stands for a chunk of zeros, which is never stored or sent. */
    public static final ChunkId ZERO = new ChunkId(0, 0, 0, 0);

    private static final ThreadLocal<MessageDigest> SHA_256 = ThreadLocal.withInitial(Sha256::fresh);

    public static ChunkId of(byte[] content, int offset, int length) {
        MessageDigest digest = SHA_256.get();
        digest.update(content, offset, length);
        return at(digest.digest(), 0);
    }

    /** Of {@code length} octets from {@code offset}; neither position nor limit counts or changes. */
    public static ChunkId of(ByteBuffer content, int offset, int length) {
        MessageDigest digest = SHA_256.get();
        digest.update(content.slice(offset, length));
        return at(digest.digest(), 0);
    }

    /** The id in the 32 octets from {@code offset}. */
    public static ChunkId at(byte[] octets, int offset) {
        return get(ByteBuffer.wrap(octets, offset, LENGTH));
    }

    public static ChunkId get(ByteBuffer from) {
        return new ChunkId(from.getLong(), from.getLong(), from.getLong(), from.getLong());
    }

    public static ChunkId ofHex(String hex) {
        byte[] octets = HexFormat.of().parseHex(hex);
        if (octets.length != LENGTH) {
            throw new IllegalArgumentException("a chunk id has 64 hexadecimal digits: " + hex);
        }
        return at(octets, 0);
    }

    public void put(ByteBuffer into) {
        into.putLong(first).putLong(second).putLong(third).putLong(fourth);
    }

    public void put(byte[] into, int offset) {
        put(ByteBuffer.wrap(into, offset, LENGTH));
    }

    public boolean isZero() {
        return (first | second | third | fourth) == 0;
    }

    @Override
    public int compareTo(ChunkId that) {
        int order = Long.compareUnsigned(first, that.first);
        order = order != 0 ? order : Long.compareUnsigned(second, that.second);
        order = order != 0 ? order : Long.compareUnsigned(third, that.third);
        return order != 0 ? order : Long.compareUnsigned(fourth, that.fourth);
    }

    /** Hexadecimal, as {@code sha256sum} prints it. */
    @Override
    public String toString() {
        HexFormat hex = HexFormat.of();
        return hex.toHexDigits(first) + hex.toHexDigits(second) + hex.toHexDigits(third) + hex.toHexDigits(fourth);
    }
}
