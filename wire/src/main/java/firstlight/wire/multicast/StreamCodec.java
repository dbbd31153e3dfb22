package firstlight.wire.multicast;

import firstlight.model.Bytes;
import firstlight.wire.DecodeException;
import java.nio.ByteBuffer;

/**
 * Packets of a stream to octets and back. Numbers are big-endian.
 *
 * <pre>
 *    0  u16 'FM'   u8 version 2   u8 kind: 1 symbol, 2 beat, 3 report
 *    4  u32 stream
 *    8  u64 sequence
 *   16  symbol: u32 block, u32 length, u8 index, 3 octets of zero; then the symbol's octets
 *       beat:   u8 phase, 3 octets of zero, 16 octets of tag
 * </pre>
 */
public final class StreamCodec {
    /** Octets that all packets of a stream begin with. */
    private static final int HEADER = 16;

    /** Octets before a symbol's own. */
    public static final int SYMBOL_HEADER = 28;

    public static final int BEAT_LENGTH = 20 + StreamSeal.TAG;
    /** The longest packet. */
    public static final int MAX_PACKET = SYMBOL_HEADER + Block.SYMBOL;

    static final int MAGIC_AND_VERSION = 0x46_4D_02_00;
    static final int SYMBOL = 1;
    static final int BEAT = 2;
    static final int REPORT = 3;

    private static final String WHAT = "multicast packet";

    private StreamCodec() {}

    /** Writes the header of {@code packet}; after a symbol's its octets have to follow. */
    public static void encode(StreamPacket packet, ByteBuffer into) {
        switch (packet) {
            case StreamPacket.Symbol(int stream, long sequence, int block, int length, int index) ->
                into.putInt(MAGIC_AND_VERSION | SYMBOL)
                        .putInt(stream)
                        .putLong(sequence)
                        .putInt(block)
                        .putInt(length)
                        .putInt(index << 24);
            case StreamPacket.Beat(int stream, long sequence, StreamPacket.Phase phase, Bytes tag) ->
                into.putInt(MAGIC_AND_VERSION | BEAT)
                        .putInt(stream)
                        .putLong(sequence)
                        .putInt(phase.code() << 24)
                        .put(tag.toArray());
        }
    }

    /**
     * Reads one packet: all of {@code from}. What remains afterwards are the symbol's octets, as many as its header says.
     *
     * @throws DecodeException when it is none
     */
    public static StreamPacket decode(ByteBuffer from) {
        if (from.remaining() < HEADER) {
            throw new DecodeException(WHAT, from.remaining(), "it ends in its header");
        }
        int kind = kind(from.getInt());
        int stream = from.getInt();
        long sequence = from.getLong();
        if (sequence < 0) {
            throw new DecodeException(WHAT, 8, "the sequence is beyond 63 bits");
        }
        return switch (kind) {
            case SYMBOL -> symbol(stream, sequence, from);
            case BEAT -> beat(stream, sequence, from);
            default -> throw new DecodeException(WHAT, 3, "kind " + kind + " does not go to a group");
        };
    }

    static int kind(int firstWord) {
        if ((firstWord & 0xFFFFFF00) != MAGIC_AND_VERSION) {
            throw new DecodeException(WHAT, 0, "it does not begin with 'FM' and version 2");
        }
        return firstWord & 0xFF;
    }

    private static StreamPacket symbol(int stream, long sequence, ByteBuffer from) {
        if (from.remaining() < SYMBOL_HEADER - HEADER) {
            throw new DecodeException(WHAT, from.limit(), "it ends in its header");
        }
        int block = from.getInt();
        int length = from.getInt();
        int last = from.getInt();
        int index = last >>> 24;
        if (block < 0 || length < 1 || length > Block.MAX_LENGTH || index >= Block.MAX_SYMBOLS) {
            throw new DecodeException(WHAT, 16, "block " + block + " of length " + length + ", symbol " + index);
        }
        if ((last & 0xFFFFFF) != 0) {
            throw new DecodeException(WHAT, 25, "octets that are kept for later are not zero");
        }
        if (from.remaining() != Block.symbolLength(length, index)) {
            throw new DecodeException(WHAT, SYMBOL_HEADER, "the symbol has " + from.remaining() + " octets");
        }
        return new StreamPacket.Symbol(stream, sequence, block, length, index);
    }

    private static StreamPacket beat(int stream, long sequence, ByteBuffer from) {
        if (from.remaining() != BEAT_LENGTH - HEADER) {
            throw new DecodeException(WHAT, from.limit(), "no beat has that length");
        }
        int word = from.getInt();
        if ((word & 0xFFFFFF) != 0) {
            throw new DecodeException(WHAT, 17, "octets that are kept for later are not zero");
        }
        byte[] tag = new byte[StreamSeal.TAG];
        from.get(tag);
        for (StreamPacket.Phase phase : StreamPacket.Phase.values()) {
            if (phase.code() == word >>> 24) {
                return new StreamPacket.Beat(stream, sequence, phase, Bytes.of(tag));
            }
        }
        throw new DecodeException(WHAT, 16, "there is no phase " + (word >>> 24));
    }
}
