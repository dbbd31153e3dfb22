package firstlight.wire.ip;

import java.nio.ByteBuffer;

/** The Internet's checksum (RFC 1071) in parts: sums of 16-bit words that are not folded yet. Buffers are in network order. */
final class Checksum {
    private static final int UDP = 17;

    private Checksum() {}

    static long pseudoHeader(int source, int destination, int length) {
        return Integer.toUnsignedLong(source) + Integer.toUnsignedLong(destination) + UDP + length;
    }

    /** By words of 32 bits, whose sum folds to the same. An odd octet at the end counts as if a zero followed it. */
    static long sum(ByteBuffer in, int from, int length) {
        long sum = 0;
        int at = from;
        int end = from + length;
        for (; at + 4 <= end; at += 4) {
            sum += Integer.toUnsignedLong(in.getInt(at));
        }
        for (int shift = 24; at < end; at++, shift -= 8) {
            sum += (long) (in.get(at) & 0xFF) << shift;
        }
        return sum;
    }

    /** Not inverted. */
    static int folded(long sum) {
        long folded = sum;
        while (folded >>> 16 != 0) {
            folded = (folded & 0xFFFF) + (folded >>> 16);
        }
        return (int) folded;
    }
}
