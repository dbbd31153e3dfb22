package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.work.CellBatch;
import firstlight.image.work.Workers;
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

    private final long behind;
    private final ReentrantLock lock = new ReentrantLock();
    private final Queue<Written> flushed = new ArrayDeque<>();
    private List<Written> fresh = new ArrayList<>();
    private long octets;
    private long octetsAtFlush;
    private boolean flushing;

    /** @param end the octets that had been written when it was */
    private record Written(CellBatch batch, long end) {}

    /** @param behind octets that are written between a flush and the next, and before what was flushed is read */
    ReadBehind(long behind) {
        this.behind = behind;
    }

    /** What one thread does: writes a batch, then, while the network sets the pace, reads back one that is due. */
    Workers.Worker<CellBatch> worker(WriteWorker writer, VerifyWorker verifier, RestoreStages stages) {
        return new Workers.Worker<>() {
            @Override
            public void work(CellBatch batch) throws IOException {
                writer.work(batch);
                Optional<CellBatch> due = stages.waitForTheNetwork() ? next(batch) : Optional.empty();
                if (due.isPresent()) {
                    verifier.work(due.get());
                }
            }

            @Override
            public void close() {
                writer.close();
                verifier.close();
            }
        };
    }

    /** Takes note of a batch that was written just now, and answers one that is due. */
    Optional<CellBatch> next(CellBatch justWritten) throws IOException {
        List<Written> toFlush;
        lock.lock();
        try {
            octets += justWritten.usedBytes();
            fresh.add(new Written(justWritten, octets));
            if (flushing || octets - octetsAtFlush < behind) {
                return due();
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
            return due();
        } finally {
            lock.unlock();
        }
    }

    private Optional<CellBatch> due() {
        Written oldest = flushed.peek();
        if (oldest == null || octets - oldest.end() < behind) {
            return Optional.empty();
        }
        flushed.remove();
        return Optional.of(oldest.batch());
    }

    private static Set<Disk> disks(List<Written> written) {
        return written.stream().map(each -> each.batch().range().disk()).collect(Collectors.toSet());
    }
}
