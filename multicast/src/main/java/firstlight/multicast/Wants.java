package firstlight.multicast;

import firstlight.wire.multicast.Report;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;
import java.util.TreeSet;

/**
 * What the members of a stream lack, all of them together. Whole blocks are given out in a circle, so that whoever comes late
 * gets the beginning when the others have the end; a few symbols of a block are given out at once. A member that has not
 * heard yet what was sent last says nothing about it: the sequence that it has heard decides, no clock.
 */
final class Wants {
    /** What was sent longer ago than so many blocks is on its way to nobody. */
    private static final int LOG = 4096;

    private final int blocks;
    private final BitSet whole = new BitSet();
    /** Symbols wanted of each block, 0 to 254. */
    private final byte[] symbols;
    /** Blocks of which symbols are wanted, each once. */
    private final Deque<Integer> few = new ArrayDeque<>();

    private final BitSet never = new BitSet();
    private final Deque<Sent> log = new ArrayDeque<>();
    private int cursor;

    /** @param end the sequence of the block's last packet */
    private record Sent(int block, long end) {}

    /** @param symbols 0: all of the block */
    record Next(int block, int symbols) {}

    Wants(int blocks) {
        this.blocks = blocks;
        this.symbols = new byte[blocks];
    }

    /** How many whole blocks are to be sent. */
    int wholeBlocks() {
        return whole.cardinality();
    }

    /** Takes what a member lacks that has heard the stream up to {@code heard}. */
    void add(Report report) {
        TreeSet<Integer> onTheWay = new TreeSet<>();
        Iterator<Sent> newest = log.descendingIterator();
        while (newest.hasNext()) {
            Sent sent = newest.next();
            if (sent.end() <= report.heard()) {
                break;
            }
            onTheWay.add(sent.block());
        }
        for (Report.Want want : report.wants()) {
            int end = Math.min(blocks, want.block() + want.count());
            if (want.block() >= end) {
                continue; // of another image, or a mistake: nothing of ours
            }
            int from = want.block();
            for (int skip : onTheWay.subSet(from, end)) {
                add(from, skip, want.symbols());
                from = skip + 1;
            }
            add(from, end, want.symbols());
        }
    }

    private void add(int from, int end, int wanted) {
        if (wanted == 0) {
            whole.set(from, end);
            whole.andNot(never);
            return;
        }
        for (int block = from; block < end; block++) {
            int before = symbols[block] & 0xFF;
            if (before == 0) {
                few.add(block);
            }
            symbols[block] = (byte) Math.max(before, wanted);
        }
    }

    /** What to send now; it is not wanted any more then. Null when nobody lacks anything. */
    @org.jspecify.annotations.Nullable
    Next take() {
        while (!few.isEmpty()) {
            int block = few.remove();
            int wanted = symbols[block] & 0xFF;
            symbols[block] = 0;
            if (!whole.get(block) && !never.get(block)) {
                return new Next(block, wanted);
            }
        }
        int block = whole.nextSetBit(cursor);
        if (block < 0) {
            block = whole.nextSetBit(0);
        }
        if (block < 0) {
            return null;
        }
        whole.clear(block);
        cursor = block + 1;
        return new Next(block, 0);
    }

    /** The whole blocks that {@link #take} will give out next, at most {@code most}, if nothing else is asked for. */
    List<Integer> upcoming(int most) {
        List<Integer> next = new ArrayList<>(most);
        for (int block = whole.nextSetBit(cursor); block >= 0 && next.size() < most; ) {
            next.add(block);
            block = whole.nextSetBit(block + 1);
        }
        for (int block = whole.nextSetBit(0); block >= 0 && block < cursor && next.size() < most; ) {
            next.add(block);
            block = whole.nextSetBit(block + 1);
        }
        return next;
    }

    /** What {@link #take} gave out could not be sent: it comes next. */
    void again(int block, int wanted) {
        add(block, block + 1, wanted);
        cursor = wanted == 0 ? block : cursor;
    }

    /** From now on nobody gets {@code block}. */
    void never(int block) {
        never.set(block);
        whole.clear(block);
    }

    void sent(int block, long end) {
        log.add(new Sent(block, end));
        if (log.size() > LOG) {
            log.remove();
        }
    }
}
