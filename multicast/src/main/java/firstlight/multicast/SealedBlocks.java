package firstlight.multicast;

import firstlight.wire.multicast.Block;
import firstlight.wire.multicast.StreamSeal;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;

/** Blocks, sealed, the last ones kept for those who lack a few symbols of them. Belongs to the sender's thread. */
final class SealedBlocks {
    /** About half a second of a gigabit: what is complained of was sent a moment ago. */
    private static final int KEPT = 160;

    private final BlockSource source;
    private final StreamSeal seal;
    private final long[] marks;
    private final Map<Integer, byte[]> kept = new LinkedHashMap<>(KEPT * 2, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Integer, byte[]> eldest) {
            return size() > KEPT;
        }
    };

    SealedBlocks(BlockSource source, int blocks, StreamSeal seal) {
        this.source = source;
        this.seal = seal;
        this.marks = new long[blocks];
    }

    /**
     * Empty for a block that must not be sent: its frame is not the one that was sealed before. (A store that has lost a
     * chunk and got it again from another capture may hold another frame of it.) Two contents under one nonce would give
     * both away.
     */
    Optional<byte[]> get(int block) throws IOException {
        byte[] again = kept.get(block);
        if (again != null) {
            return Optional.of(again);
        }
        byte[] frame = source.frame(block);
        if (frame.length + StreamSeal.TAG > Block.MAX_LENGTH) {
            return Optional.empty();
        }
        CRC32C sum = new CRC32C();
        sum.update(frame, 0, frame.length);
        long mark = (long) frame.length << 32 | sum.getValue();
        if (marks[block] != 0 && marks[block] != mark) {
            return Optional.empty();
        }
        marks[block] = mark;
        byte[] sealed = seal.sealBlock(block, frame);
        kept.put(block, sealed);
        return Optional.of(sealed);
    }
}
