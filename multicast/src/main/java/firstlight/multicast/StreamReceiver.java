package firstlight.multicast;

import firstlight.wire.multicast.Block;
import firstlight.wire.multicast.ErasureCode;
import firstlight.wire.multicast.Report;
import firstlight.wire.multicast.Report.Want;
import firstlight.wire.multicast.StreamPacket;
import firstlight.wire.multicast.StreamPacket.Phase;
import firstlight.wire.multicast.StreamSeal;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The receiver's decisions: puts blocks together from symbols in any order, and says what it lacks. Knows no socket or clock;
 * one thread owns it.
 *
 * <pre>
 * block:    wanted --a symbol--> partial --as many symbols as it has--> complete --opened, verified, written--> done
 * receiver: LISTENING --lacks nothing--> COMPLETE
 *           LISTENING --nothing came, or nothing that helps, for long--> SILENT, USELESS: the rest is fetched by unicast
 * </pre>
 */
public final class StreamReceiver {
    private static final long SECOND = 1_000_000_000L;
    /** A block of which nothing came for so long has got what was sent of it. */
    private static final long SETTLED = 20_000_000;
    /** A partial block is given up for a new one after so long. */
    private static final long STALE = 2 * SECOND;
    /** The sender beats ten times a second, and switches of some makes let a group through after seconds only. */
    private static final long SILENCE = 8 * SECOND;

    /** No sequence is so far ahead, whatever was missed before {@link #SILENCE}: somebody without the secret made it up. */
    private static final long FAR = 1 << 24;

    private static final long PATIENCE = 10 * SECOND;

    /** Longer than Linux tries a sector, or a link, again (30 s a try); the disk that is silent still is dead, and holds up the room. */
    private static final long STILL = 80 * SECOND;

    static final long REPORT = 100_000_000;
    /** In the first second that it hears symbols: the sender goes faster only when all have told that they follow. */
    private static final long FIRST_REPORTS = 25_000_000;

    /** Complaints of single blocks in one report; the rest is for whole ones. */
    private static final int MOST_FEW = 120;

    private final int stream;
    private final int blocks;
    private final Buffers buffers;
    private final StreamSeal seal;
    private final BitSet wanted = new BitSet();
    private final Map<Integer, Partial> partials = new LinkedHashMap<>();
    private long heard = -1;
    private long received;
    private int at;
    private boolean ended;
    private boolean begun;
    private long begunAt;
    private long heardAt;
    private long usefulAt;
    /** Whether no buffer comes free, and since when. */
    private boolean still;

    private long stillSince;

    /** A block on its way. */
    private static final class Partial {
        private final byte[] octets;
        private final int length;
        private final BitSet there = new BitSet();
        private final Map<Integer, byte[]> parities = new LinkedHashMap<>();
        private int count;
        private long touched;

        Partial(byte[] octets, int length) {
            this.octets = octets;
            this.length = length;
        }

        int lacking() {
            return Block.symbols(length) - count;
        }
    }

    /**
     * A block that is whole; its octets go back by {@link Buffers#release}.
     *
     * @param octets the first {@code length} are the block
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Complete(int block, byte[] octets, int length) {}

    /** Whether it makes sense to listen on. */
    public enum Standing {
        LISTENING,
        /** Has all that it wanted. */
        COMPLETE,
        /** Not even a beat came for a while. */
        SILENT,
        /** What comes is nothing that it lacks. */
        USELESS
    }

    StreamReceiver(int stream, int blocks, StreamSeal seal, Buffers buffers, long now) {
        this.stream = stream;
        this.seal = seal;
        this.blocks = blocks;
        this.buffers = buffers;
        heardAt = now;
        usefulAt = now;
    }

    /** From now on these blocks are wanted as well. */
    public void want(BitSet more) {
        wanted.or(more);
        wanted.clear(blocks, Math.max(blocks, wanted.length()));
    }

    /** Takes a packet: its header, and the symbol's octets that {@code rest} holds. Empty unless it makes a block whole. */
    public Optional<Complete> on(StreamPacket packet, ByteBuffer rest, long now) {
        if (packet.stream() != stream
                || (heard >= 0 && packet.sequence() - heard > FAR)
                || (packet instanceof StreamPacket.Beat told && !seal.isSealed(told))) {
            return Optional.empty();
        }
        boolean newest = packet.sequence() > heard;
        heard = Math.max(heard, packet.sequence());
        heardAt = now;
        return switch (packet) {
            case StreamPacket.Beat beat -> {
                received++;
                ended |= beat.phase() == Phase.ENDED;
                if (newest && beat.phase() == Phase.GATHERING) { // an older one may be a stranger's copy
                    usefulAt = now; // others are waited for
                }
                yield Optional.empty();
            }
            case StreamPacket.Symbol symbol -> symbol(symbol, rest, now);
        };
    }

    private Optional<Complete> symbol(StreamPacket.Symbol symbol, ByteBuffer rest, long now) {
        if (symbol.block() >= blocks) {
            return Optional.empty();
        }
        at = symbol.block();
        begunAt = begun ? begunAt : now;
        begun = true;
        Partial partial = partials.get(symbol.block());
        if (partial == null) {
            if (!wanted.get(symbol.block())) {
                received++;
                return Optional.empty();
            }
            Optional<byte[]> buffer = buffer(now);
            if (buffer.isEmpty()) {
                // A disk that stands still for a while: the sender does not wait for it, and sends the block again.
                stillSince = still ? stillSince : now;
                still = true;
                usefulAt = now - stillSince <= STILL ? now : usefulAt;
                return Optional.empty(); // not counted as received: the sender shall notice
            }
            still = false;
            partial = new Partial(buffer.get(), symbol.length());
            partials.put(symbol.block(), partial);
            wanted.clear(symbol.block());
        }
        received++;
        if (partial.length != symbol.length() || !take(partial, symbol.index(), rest)) {
            return Optional.empty();
        }
        partial.touched = now;
        usefulAt = now;
        if (partial.lacking() > 0) {
            return Optional.empty();
        }
        partials.remove(symbol.block());
        if (!partial.parities.isEmpty()) {
            ErasureCode.recover(partial.octets, partial.length, partial.there, partial.parities);
        }
        return Optional.of(new Complete(symbol.block(), partial.octets, partial.length));
    }

    private static boolean take(Partial partial, int index, ByteBuffer rest) {
        int symbols = Block.symbols(partial.length);
        if (index < symbols) {
            if (partial.there.get(index)) {
                return false;
            }
            partial.there.set(index);
            rest.get(partial.octets, index * Block.SYMBOL, rest.remaining());
        } else {
            if (partial.parities.containsKey(index)) {
                return false;
            }
            byte[] parity = new byte[rest.remaining()];
            rest.get(parity);
            partial.parities.put(index, parity);
        }
        partial.count++;
        return true;
    }

    /** A free buffer, if need be that of a block of which nothing came for long. */
    private Optional<byte[]> buffer(long now) {
        Optional<byte[]> free = buffers.take();
        if (free.isPresent()) {
            return free;
        }
        Iterator<Map.Entry<Integer, Partial>> oldest = partials.entrySet().iterator();
        while (oldest.hasNext()) {
            Map.Entry<Integer, Partial> entry = oldest.next();
            if (now - entry.getValue().touched > STALE) {
                oldest.remove();
                wanted.set(entry.getKey());
                return Optional.of(entry.getValue().octets);
            }
        }
        return Optional.empty();
    }

    /** How long after a report the next one is due, in nanoseconds. */
    long reportEvery(long now) {
        return begun && now - begunAt < SECOND ? FIRST_REPORTS : REPORT;
    }

    /** What the sender has to know now. */
    public Report report(long now) {
        List<Want> wants = new ArrayList<>();
        for (Map.Entry<Integer, Partial> entry : partials.entrySet()) {
            Partial partial = entry.getValue();
            if (wants.size() < MOST_FEW && now - partial.touched > SETTLED) {
                // When nearly all of it is lacking, parity has nothing to add to.
                int symbols = partial.lacking();
                wants.add(new Want(entry.getKey(), 1, symbols > Block.symbols(partial.length) / 2 ? 0 : symbols));
            }
        }
        whole(at, blocks, wants);
        whole(0, at, wants);
        return new Report(heard, received, lacking(), buffers.occupancy(partials.size()), wants);
    }

    private void whole(int from, int end, List<Want> wants) {
        int block = wanted.nextSetBit(from);
        while (block >= 0 && block < end && wants.size() < Report.MAX_WANTS) {
            int next = Math.min(end, wanted.nextClearBit(block));
            wants.add(new Want(block, next - block, 0));
            block = wanted.nextSetBit(next);
        }
    }

    /** Blocks that are wanted and not complete. */
    public int lacking() {
        return wanted.cardinality() + partials.size();
    }

    public Standing standing(long now) {
        if (lacking() == 0) {
            return Standing.COMPLETE;
        }
        if (now - heardAt > SILENCE) {
            return Standing.SILENT;
        }
        return ended || now - usefulAt > PATIENCE ? Standing.USELESS : Standing.LISTENING;
    }
}
