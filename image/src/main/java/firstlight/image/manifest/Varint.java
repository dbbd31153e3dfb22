package firstlight.image.manifest;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;

/** The tables' numbers and strings: 7 bits an octet, low ones first, the high bit says that more follow. */
final class Varint {
    private Varint() {}

    static void put(ByteArrayOutputStream out, long value) {
        long rest = value;
        while (rest < 0 || rest >= 0x80) {
            out.write((int) (rest & 0x7F) | 0x80);
            rest >>>= 7;
        }
        out.write((int) rest);
    }

    /** Zero or more: 63 bits at most, in nine octets. Too few octets are a BufferUnderflowException. */
    static long get(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; shift < 63; shift += 7) {
            byte octet = in.get();
            value |= (long) (octet & 0x7F) << shift;
            if (octet >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("a number of more than 63 bits");
    }

    /** A number of things of which each has at least one octet: what claims more is a mistake or an attack. */
    static int count(ByteBuffer in) {
        long count = get(in);
        if (count > in.remaining()) {
            throw new IllegalArgumentException(count + " things in " + in.remaining() + " octets");
        }
        return (int) count;
    }

    static void put(ByteArrayOutputStream out, byte[] octets) {
        put(out, octets.length);
        out.writeBytes(octets);
    }

    static byte[] octets(ByteBuffer in) {
        byte[] octets = new byte[count(in)];
        in.get(octets);
        return octets;
    }

    static void put(ByteArrayOutputStream out, String text) {
        put(out, text.getBytes(StandardCharsets.UTF_8));
    }

    static String text(ByteBuffer in) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(octets(in)))
                    .toString();
        } catch (CharacterCodingException malformed) {
            throw new IllegalArgumentException("a name that is no UTF-8", malformed);
        }
    }
}
