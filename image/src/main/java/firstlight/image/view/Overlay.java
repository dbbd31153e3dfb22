package firstlight.image.view;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.BitSet;
import java.util.concurrent.locks.ReentrantReadWriteLock;

/**
 * A disk that can be written though what lies below it never changes: what was written is kept in a file of its own, by
 * blocks of 4 KiB (or longer ones, of a disk of more than 4 TiB), and is gone when it is closed. In the imaging environment that file is in memory.
 * Blocks of zeros take no room.
 */
public final class Overlay implements View {
    /** Octets: a page, by which file systems' tools write. */
    private static final int BLOCK = 4096;

    /** A bit for each is what a {@link BitSet} can number, and what is not too much for a small PC. */
    private static final long MOST_BLOCKS = 1 << 30;

    private final Disk base;

    /** Octets. */
    private final int unit;

    private final FileChannel changes;

    /** Octets that {@link #changes} may take. */
    private final long most;

    private final ByteBuffer blank;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    /** Blocks that are in {@link #changes}. */
    private final BitSet own = new BitSet();

    /** Blocks that are zero, whatever the base holds. */
    private final BitSet zero = new BitSet();

    /** Octets of {@link #changes} that hold blocks; {@link #full} once they were to be more than {@link #most}. */
    private long kept;

    private boolean full;

    private Overlay(Disk base, FileChannel changes, long most) {
        this.base = base;
        int octets = BLOCK;
        while (base.size() / octets >= MOST_BLOCKS) {
            octets *= 2;
        }
        this.unit = octets;
        this.changes = changes;
        this.most = most;
        this.blank = ByteBuffer.allocate(unit);
    }

    /** Takes {@code base} over and closes it at the end. */
    public static Overlay over(Disk base) throws IOException {
        return over(base, Long.MAX_VALUE);
    }

    /** The same, that keeps {@code most} octets. Who writes more gets nothing from it any more, so that a tool ends soon. */
    public static Overlay over(Disk base, long most) throws IOException {
        Path file = Files.createTempFile("firstlight-overlay", "");
        return new Overlay(
                base,
                FileChannel.open(
                        file,
                        StandardOpenOption.READ,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.SPARSE,
                        StandardOpenOption.DELETE_ON_CLOSE),
                most);
    }

    @Override
    public String name() {
        return base.name();
    }

    @Override
    public long size() {
        return base.size();
    }

    @Override
    public int sectorSize() {
        return base.sectorSize();
    }

    /** Octets that were written and differ from the base, in whole blocks. */
    public long changedBytes() {
        lock.readLock().lock();
        try {
            return kept;
        } finally {
            lock.readLock().unlock();
        }
    }

    /** Whether somebody wrote more than it may keep. */
    public boolean isFull() {
        lock.readLock().lock();
        try {
            return full;
        } finally {
            lock.readLock().unlock();
        }
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        check(offset, into.remaining());
        lock.readLock().lock();
        try {
            fill(offset, into);
        } finally {
            lock.readLock().unlock();
        }
    }

    private void fill(long offset, ByteBuffer into) throws IOException {
        refuseIfFull();
        int limit = into.limit();
        for (long at = offset; into.position() < limit; ) {
            int block = block(at);
            long end = at + (limit - into.position());
            long run = Math.min(end, runEnd(block, end));
            into.limit(into.position() + (int) (run - at));
            if (own.get(block)) {
                readChanges(at, into);
            } else if (zero.get(block)) {
                into.put(new byte[into.remaining()]);
            } else {
                base.read(at, into);
            }
            into.limit(limit);
            at = run;
        }
    }

    private void refuseIfFull() throws IOException {
        if (full) {
            throw new IOException("more was written to the overlay of " + name() + " than its " + most + " octets");
        }
    }

    private int block(long offset) {
        return Math.toIntExact(offset / unit);
    }

    /** Where the blocks that are of {@code block}'s kind end. */
    private long runEnd(int block, long limit) {
        int last = block((limit - 1));
        int next = block + 1;
        while (next <= last && own.get(next) == own.get(block) && zero.get(next) == zero.get(block)) {
            next++;
        }
        return (long) next * unit;
    }

    private void readChanges(long offset, ByteBuffer into) throws IOException {
        for (long at = offset; into.hasRemaining(); ) {
            int count = changes.read(into, at);
            if (count < 0) {
                throw new IOException("the overlay of " + name() + " was cut short at " + at);
            }
            at += count;
        }
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        check(offset, from.remaining());
        if (!from.hasRemaining()) {
            return;
        }
        lock.writeLock().lock();
        try {
            long end = offset + from.remaining();
            // What is cut at both ends becomes whole first, so that each block is in one place only.
            complete(offset);
            complete(end);
            for (long at = offset, next; at < end; at = next) {
                boolean zeros = isBlank(from, at, end);
                for (next = blockEnd(at, end); next < end && isBlank(from, next, end) == zeros; ) {
                    next = blockEnd(next, end);
                }
                if (zeros) {
                    forget(block(at), block(next));
                } else {
                    keep(at, from.slice(from.limit() - (int) (end - at), (int) (next - at)));
                }
            }
            from.position(from.limit());
        } finally {
            lock.writeLock().unlock();
        }
    }

    private long blockEnd(long at, long limit) {
        return Math.min(limit, (at / unit + 1) * unit);
    }

    /** @param from whose octets end at {@code end} */
    private boolean isBlank(ByteBuffer from, long at, long end) {
        return at % unit == 0
                && end - at >= unit
                && from.slice(from.limit() - (int) (end - at), unit).equals(blank);
    }

    /** @param octets that cut no block which is not in the changes already, whole */
    private void keep(long offset, ByteBuffer octets) throws IOException {
        int first = block(offset);
        int past = block(offset + octets.remaining() - 1) + 1;
        kept += (long) (past - first - own.get(first, past).cardinality()) * unit;
        full |= kept > most;
        refuseIfFull();
        for (long at = offset; octets.hasRemaining(); ) {
            at += changes.write(octets, at);
        }
        own.set(first, past);
        zero.clear(first, past);
    }

    /** From {@code first} to {@code past} there are zeros. */
    private void forget(int first, int past) {
        for (int each = own.nextSetBit(first); each >= 0 && each < past; each = own.nextSetBit(each + 1)) {
            kept -= unit;
        }
        own.clear(first, past);
        zero.set(first, past);
    }

    /** Brings the block that {@code edge} cuts in two into the changes, whole. */
    private void complete(long edge) throws IOException {
        if (edge % unit == 0 || own.get(block(edge))) {
            return;
        }
        int block = block(edge);
        long start = (long) block * unit;
        ByteBuffer whole = ByteBuffer.allocate((int) Math.min(unit, size() - start));
        fill(start, whole);
        keep(start, whole.flip());
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        check(offset, length);
        long first = Math.ceilDiv(offset, unit) * unit;
        long last = offset + length == size() ? Math.ceilDiv(size(), unit) * unit : (offset + length) / unit * unit;
        if (first >= last) {
            write(offset, ByteBuffer.allocate((int) length));
            return;
        }
        write(offset, ByteBuffer.allocate((int) (first - offset)));
        if (last < offset + length) {
            write(last, ByteBuffer.allocate((int) (offset + length - last)));
        }
        lock.writeLock().lock();
        try {
            forget(block(first), block(last));
        } finally {
            lock.writeLock().unlock();
        }
    }

    @Override
    public void discard(long offset, long length) throws IOException {
        zero(offset, length); // nobody needs the memory any more
    }

    @Override
    public void flush() {
        // lives no longer than this process
    }

    @Override
    public void close() throws IOException {
        changes.close();
        base.close();
    }
}
