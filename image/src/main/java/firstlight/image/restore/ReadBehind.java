package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.work.CellBatch;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * What a restore has written and may read back while it goes on writing: where the network is slower than the disk, the reading back
 * costs no time of its own then. A batch is due when its disk was told to flush after it was written, and so much came after it
 * that the disk's own memory, too, has passed it on. For all threads of a restore.
 */
final class ReadBehind {
    /** Octets: more than disks without a moving head keep to themselves of what they were given. */
    static final long BEHIND = 64L << 20;

    /** Batches that are kept in mind: 8 GiB of the disk, and less than a megabyte of memory. */
    private static final int MOST = 4096;

    private final long behind;
    private final int atOnce;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Written> flushed = new ArrayDeque<>();
    private List<Written> fresh = new ArrayList<>();
    private long octets;
    private long octetsAtFlush;
    private boolean flushing;
    private int reading;

    /** @param end the octets that had been written when it was */
    private record Written(CellBatch batch, long end) {}

    static ReadBehind of(int threads) {
        return new ReadBehind(BEHIND, Math.max(1, threads / 3));
    }

    /**
     * @param behind octets that are written between a flush and the next, and before what was flushed is read
     * @param atOnce how many threads may read
     */
    ReadBehind(long behind, int atOnce) {
        this.behind = behind;
        this.atOnce = atOnce;
    }

    /**
     * Where a thread gets its next step from. While the network sets the pace some threads read back and the others write: all of them at one,
     * and then all at the other, would leave half of the disk's time unused.
     */
    Optional<Step> next(FetchAhead ahead) throws IOException {
        Optional<CellBatch> due = ahead.isLow() ? due() : Optional.empty();
        return due.isPresent() ? due.map(Step.Verify::new) : ahead.next();
    }

    void written(CellBatch batch) {
        lock.lock();
        try {
            octets += batch.usedBytes();
            if (fresh.size() == MOST) {
                fresh.clear(); // nobody waited for the network for so long: it is read when all is written
            }
            fresh.add(new Written(batch, octets));
        } finally {
            lock.unlock();
        }
    }

    /** A batch that may be read back, after a flush if it needs one. Who gets one says when it {@link #wasRead}. */
    Optional<CellBatch> due() throws IOException {
        List<Written> toFlush;
        lock.lock();
        try {
            Optional<CellBatch> due = oldest();
            if (due.isPresent() || flushing || reading == atOnce || octets - octetsAtFlush < behind) {
                return due;
            }
            flushing = true;
            octetsAtFlush = octets;
            toFlush = fresh;
            fresh = new ArrayList<>();
        } finally {
            lock.unlock();
        }
        for (Disk disk : disks(toFlush)) {
            disk.flush();
        }
        lock.lock();
        try {
            flushing = false;
            flushed.addAll(toFlush);
            return oldest();
        } finally {
            lock.unlock();
        }
    }

    void wasRead() {
        lock.lock();
        try {
            reading--;
        } finally {
            lock.unlock();
        }
    }

    private Optional<CellBatch> oldest() {
        Written oldest = flushed.peek();
        if (oldest == null || reading == atOnce || octets - oldest.end() < behind) {
            return Optional.empty();
        }
        reading++;
        flushed.remove();
        return Optional.of(oldest.batch());
    }

    private static Set<Disk> disks(List<Written> written) {
        return written.stream().map(each -> each.batch().range().disk()).collect(Collectors.toSet());
    }
}
