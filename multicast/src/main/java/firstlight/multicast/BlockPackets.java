package firstlight.multicast;

import firstlight.wire.multicast.Block;
import firstlight.wire.multicast.ErasureCode;
import firstlight.wire.multicast.StreamCodec;
import firstlight.wire.multicast.StreamPacket;
import java.nio.ByteBuffer;

/** The packets of one block, side by side as the kernel takes them: all of one length, but perhaps some that are shorter. */
final class BlockPackets {
    /** Enough for the most that is sent of a block in one go. */
    static final int ROOM = Block.MAX_SYMBOLS * StreamCodec.MAX_PACKET;

    /** Messages of as many whole packets as UDP takes: each is cut into packets by the kernel, or by the NIC. */
    private static final int MESSAGE = 65_507 / StreamCodec.MAX_PACKET * StreamCodec.MAX_PACKET;

    /** A prime above all numbers of symbols: with it as step each comes once, and those side by side, which a PC lost together, apart. */
    private static final long STEP = 7919;

    /**
     * What was written.
     *
     * @param packets how many, the parity among them
     */
    record Written(int packets, int parity) {}

    private BlockPackets() {}

    /**
     * Writes what {@code send} asks for.
     *
     * @param sequence of the first packet
     * @param parity the number of the first parity symbol; after the last one the block's own symbols come again, in another order
     * @param into {@link #ROOM} octets are enough
     */
    static Written write(
            int stream, long sequence, StreamSender.Next.Send send, int parity, byte[] sealed, ByteBuffer into) {
        int symbols = Block.symbols(sealed.length);
        int own = send.symbols() == 0 ? symbols : 0;
        int more = send.symbols() == 0
                ? (int) Math.min(Block.MAX_SYMBOLS - symbols, symbols * send.parityShare())
                : mending(symbols, parity, send.symbols());
        for (int i = 0; i < own + more; i++) {
            int index = i < own ? i : mend(symbols, (parity + i - own) % Block.MAX_SYMBOLS);
            StreamCodec.encode(new StreamPacket.Symbol(stream, sequence + i, send.block(), sealed.length, index), into);
            int size = Block.symbolLength(sealed.length, index);
            if (index < symbols) {
                into.put(sealed, index * Block.SYMBOL, size);
            } else {
                into.put(ErasureCode.parity(sealed, sealed.length, index));
            }
        }
        return new Written(own + more, more);
    }

    /** Once all parity was sent, what is sent again may be there: the PC has all symbols but those that it lacks, of whichever kind. */
    private static int mending(int symbols, int parity, int wanted) {
        int parities = Block.MAX_SYMBOLS - symbols;
        int fresh = Math.clamp(parities - parity, 0, wanted);
        int again = Math.ceilDiv((wanted - fresh) * Block.MAX_SYMBOLS, parities + wanted);
        return Math.min(Block.MAX_SYMBOLS - 1, fresh + again);
    }

    private static int mend(int symbols, int turn) {
        int parities = Block.MAX_SYMBOLS - symbols;
        return turn < parities ? symbols + turn : (int) ((turn - parities) * STEP % symbols);
    }

    /** How many octets of {@code room} from {@code at} on go by one call: whole packets of one length, of which the last may be shorter. */
    static int message(ByteBuffer room, int sealedLength, int at) {
        int length = 0;
        while (at + length < room.limit() && length + StreamCodec.MAX_PACKET <= MESSAGE) {
            int packet = packetLength(room, sealedLength, at + length);
            length += packet;
            if (packet < StreamCodec.MAX_PACKET) {
                break;
            }
        }
        return length;
    }

    private static int packetLength(ByteBuffer room, int sealedLength, int at) {
        int index = room.get(at + 24) & 0xFF;
        return StreamCodec.SYMBOL_HEADER + Block.symbolLength(sealedLength, index);
    }
}
