package firstlight.image.safe;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.CharBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.zip.CRC32;

/**
 * One copy of image-safe data as it lies on a disk: {@value #LENGTH} octets, numbers big-endian.
 *
 * <pre>
 *  0  8  magic "FLSAFE\r\n"
 *  8  4  version, 1
 * 12  4  n, the length of the text
 * 16  8  where on the disk this copy lies: one that lies elsewhere is a file's content, or was moved
 * 24  4  CRC-32 of octets 0 to 23 and of the text
 * 28  n  "key=value\n", UTF-8, by rising key; then zeros
 * </pre>
 */
public record SafeBlock(long offset, SafeData data) {
    public static final int LENGTH = 4096;

    private static final byte[] MAGIC = "FLSAFE\r\n".getBytes(StandardCharsets.US_ASCII);
    private static final int VERSION = 1;
    private static final int CHECKED = 24;
    private static final int TEXT = 28;

    public byte[] encode() {
        ByteArrayOutputStream text = new ByteArrayOutputStream();
        data.values()
                .forEach((key, value) -> text.writeBytes((key + "=" + value + "\n").getBytes(StandardCharsets.UTF_8)));
        ByteBuffer block = ByteBuffer.allocate(LENGTH);
        block.put(MAGIC).putInt(VERSION).putInt(text.size()).putLong(offset);
        block.putInt(crc(block.array(), text.toByteArray())).put(text.toByteArray());
        return block.array();
    }

    /** Whether this is such a block, or was one that was torn or spoilt since. */
    static boolean begins(byte[] octets) {
        return octets.length >= MAGIC.length && Arrays.equals(octets, 0, MAGIC.length, MAGIC, 0, MAGIC.length);
    }

    /** @throws MalformedSafeData when {@code octets} are no such block */
    public static SafeBlock decode(byte[] octets) {
        if (octets.length < TEXT || !begins(octets)) {
            throw new MalformedSafeData("there is no magic word");
        }
        ByteBuffer block = ByteBuffer.wrap(octets).position(MAGIC.length);
        int version = block.getInt();
        if (version != VERSION) {
            throw new MalformedSafeData("its version is " + version + ", not " + VERSION);
        }
        int length = block.getInt();
        long offset = block.getLong();
        int crc = block.getInt();
        if (length < 0 || length > octets.length - TEXT) {
            throw new MalformedSafeData("a text of " + length + " octets does not fit");
        }
        byte[] text = Arrays.copyOfRange(octets, TEXT, TEXT + length);
        if (crc != crc(octets, text)) {
            throw new MalformedSafeData("its CRC is wrong");
        }
        try {
            return new SafeBlock(offset, new SafeData(values(text)));
        } catch (IllegalArgumentException e) {
            throw new MalformedSafeData(String.valueOf(e.getMessage()));
        }
    }

    private static SortedMap<String, String> values(byte[] text) {
        CharBuffer decoded;
        try {
            decoded = StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(text));
        } catch (CharacterCodingException e) {
            throw new MalformedSafeData("its text is no UTF-8");
        }
        SortedMap<String, String> values = new TreeMap<>();
        for (String line : decoded.toString().split("\n", -1)) {
            int equals = line.indexOf('=');
            if (equals > 0) {
                values.put(line.substring(0, equals), line.substring(equals + 1));
            } else if (!line.isEmpty()) {
                throw new MalformedSafeData("a line has no key");
            }
        }
        return values;
    }

    private static int crc(byte[] block, byte[] text) {
        CRC32 crc = new CRC32();
        crc.update(block, 0, CHECKED);
        crc.update(text);
        return (int) crc.getValue();
    }

    /** For logs: no values, which may name people. */
    @Override
    public String toString() {
        return "image-safe data at " + offset + ": " + Map.copyOf(data.values()).keySet();
    }
}
