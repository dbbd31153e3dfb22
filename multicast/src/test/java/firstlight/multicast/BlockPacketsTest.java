package firstlight.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.testkit.Seeded;
import firstlight.wire.multicast.Block;
import firstlight.wire.multicast.StreamCodec;
import firstlight.wire.multicast.StreamPacket;
import firstlight.wire.multicast.StreamSeal;
import java.nio.ByteBuffer;
import java.util.BitSet;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class BlockPacketsTest {
    private final byte[] block = Seeded.fresh().octets(262_175);
    private final int symbols = Block.symbols(block.length);
    private final int parities = Block.MAX_SYMBOLS - symbols;
    private final ByteBuffer into = ByteBuffer.allocate(BlockPackets.ROOM);

    private int mend(int wanted, int parity) {
        BlockPackets.Written written =
                BlockPackets.write(1, 0, new StreamSender.Next.Send(0, wanted, 0), parity, block, into.clear());
        into.flip();
        assertThat(written.packets()).isEqualTo(written.parity());
        return written.parity();
    }

    private ByteBuffer next() {
        int index = into.get(into.position() + 24) & 0xFF;
        int length = StreamCodec.SYMBOL_HEADER + Block.symbolLength(block.length, index);
        ByteBuffer packet = into.slice(into.position(), length);
        into.position(into.position() + length);
        return packet;
    }

    @Test
    void eachSymbolComesOnceBeforeOneComesAgain() {
        Set<Integer> seen = new HashSet<>();
        for (int turn = 0; turn < Block.MAX_SYMBOLS; turn++) {
            mend(1, turn);
            seen.add(((StreamPacket.Symbol) StreamCodec.decode(next())).index());
        }
        assertThat(seen).hasSize(Block.MAX_SYMBOLS);
    }

    /** It lost some of the parity too, and of the block the end. */
    @Test
    void whoLacksOneSymbolWhenAllParityWasSentHasItSoon() {
        StreamReceiver receiver =
                new StreamReceiver(1, 1, new StreamSeal(Bytes.of(new byte[StreamSeal.SECRET])), new Buffers(1), 0);
        BitSet all = new BitSet();
        all.set(0);
        receiver.want(all);
        BlockPackets.write(1, 0, new StreamSender.Next.Send(0, 0, 0), 0, block, into.clear());
        into.flip();
        for (int i = 0; i < symbols - 20; i++) {
            hear(receiver);
        }
        mend(19, 0);
        while (into.hasRemaining()) {
            hear(receiver);
        }
        int turn = parities;
        int asked = 0;
        while (receiver.lacking() > 0 && asked < 10) {
            turn += mend(1, turn % Block.MAX_SYMBOLS);
            while (into.hasRemaining() && receiver.lacking() > 0) {
                hear(receiver);
            }
            asked++;
        }
        assertThat(receiver.lacking()).isZero();
    }

    private void hear(StreamReceiver receiver) {
        ByteBuffer packet = next();
        receiver.on(StreamCodec.decode(packet), packet, 0);
    }
}
