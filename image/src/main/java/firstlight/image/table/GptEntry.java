package firstlight.image.table;

import firstlight.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.UUID;

/**
 * One entry of a GPT (UEFI 2.10, 5.3.3). {@code name} is the field of 36 UTF-16LE units and {@code rest} what follows in entries
 * longer than 128 octets, both as they are: vendors put more than names into them.
 *
 * @param type its first field, a GUID: all zeros for an entry that is not used
 * @param lastLba of the partition's own sectors, not behind them
 */
record GptEntry(UUID type, UUID unique, long firstLba, long lastLba, long attributes, Bytes name, Bytes rest) {
    static final int LENGTH = 128;
    private static final int NAME = 72;
    private static final UUID UNUSED = new UUID(0, 0);

    boolean isUsed() {
        return !type.equals(UNUSED);
    }

    String nameText() {
        String text = new String(name.toArray(), StandardCharsets.UTF_16LE);
        int end = text.indexOf(0);
        return end < 0 ? text : text.substring(0, end);
    }

    GptEntry at(long first, long last) {
        return new GptEntry(type, unique, first, last, attributes, name, rest);
    }

    static GptEntry get(ByteBuffer in, int length) {
        UUID type = guid(in);
        UUID unique = guid(in);
        long first = in.getLong();
        long last = in.getLong();
        long attributes = in.getLong();
        return new GptEntry(type, unique, first, last, attributes, bytes(in, NAME), bytes(in, length - LENGTH));
    }

    void put(ByteBuffer out) {
        guid(out, type);
        guid(out, unique);
        out.putLong(firstLba).putLong(lastLba).putLong(attributes);
        out.put(name.toArray()).put(rest.toArray());
    }

    /** A GUID's first three fields are little-endian, the other two are plain octets (UEFI 2.10, appendix A). */
    static UUID guid(ByteBuffer in) {
        long high = (in.getInt() & 0xFFFF_FFFFL) << 32 | (in.getShort() & 0xFFFFL) << 16 | (in.getShort() & 0xFFFFL);
        long low = Long.reverseBytes(in.getLong());
        return new UUID(high, low);
    }

    static void guid(ByteBuffer out, UUID guid) {
        long high = guid.getMostSignificantBits();
        out.putInt((int) (high >>> 32)).putShort((short) (high >>> 16)).putShort((short) high);
        out.putLong(Long.reverseBytes(guid.getLeastSignificantBits()));
    }

    static Bytes bytes(ByteBuffer in, int length) {
        byte[] octets = new byte[length];
        in.get(octets);
        return Bytes.of(octets);
    }

    static ByteBuffer little(byte[] octets) {
        return ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
    }
}
