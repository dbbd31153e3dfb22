package firstlight.image.restore;

import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.work.CellBatch;
import firstlight.image.work.CellCursor;
import firstlight.image.work.Waiting;
import firstlight.image.work.Workers;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Optional;
import java.util.Queue;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Fetches, by threads of its own while the network sets the pace, what a restore will write next: where the image is dense it is the
 * network that is waited for, where it packs well the disk, and neither has to wait for the other as long as there is room between
 * them. What comes is kept as it came, compressed.
 */
final class FetchAhead implements Workers.Supply<Step>, AutoCloseable {
    /** Octets: a gigabit of Ethernet brings so much in half a second; more gains nothing that could be measured. */
    private static final long MOST = 64L << 20;

    /** Of the heap: a PC of 1 GB has room for a batch a thread, as if each fetched its own. */
    private static final int ONE_OF = 16;

    private final ChunkSource source;
    private final List<Target> targets;
    private final CellCursor cursor;
    private final long room;
    private final RestoreStages stages;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition left = lock.newCondition();
    private final Condition came = lock.newCondition();
    private final Queue<Step.Write> queue = new ArrayDeque<>();
    private long held;
    private long waiting;
    /** Threads that fetch, or will. */
    private int running;

    /** Threads that wait to be given something. */
    private int asking;

    /** Until something is taken. */
    private boolean headStart;

    private boolean closed;
    private boolean exhausted;
    private @Nullable Throwable failure;

    private FetchAhead(ChunkSource source, List<Target> targets, CellCursor cursor, long room, RestoreStages stages) {
        this.source = source;
        this.targets = targets;
        this.cursor = cursor;
        this.room = room;
        this.stages = stages;
    }

    static FetchAhead begin(
            ChunkSource source, List<Target> targets, CellCursor cursor, int threads, RestoreStages stages) {
        return begin(source, targets, cursor, threads, Runtime.getRuntime().maxMemory() / ONE_OF, stages);
    }

    /** @param affordable octets that may be fetched, or being fetched, and not taken yet; a batch a thread is always */
    static FetchAhead begin(
            ChunkSource source,
            List<Target> targets,
            CellCursor cursor,
            int threads,
            long affordable,
            RestoreStages stages) {
        long least = (long) threads * CellBatch.OCTETS;
        long room = Math.clamp(affordable, least, Math.max(least, MOST));
        FetchAhead ahead = new FetchAhead(source, targets, cursor, room, stages);
        ahead.running = threads;
        for (int i = 1; i <= threads; i++) {
            Thread.ofPlatform().name("fetch-" + i).start(ahead::loop);
        }
        return ahead;
    }

    /**
     * Lets it fetch what there is room for, whoever will set the pace, until something is taken: while a disk is erased, which takes a
     * large one seconds, the network has nothing else to do.
     */
    FetchAhead withHeadStart() {
        lock.lock();
        try {
            headStart = true;
            left.signalAll();
            return this;
        } finally {
            lock.unlock();
        }
    }

    private void loop() {
        try {
            for (Optional<CellBatch> batch = nextBatch(); batch.isPresent(); batch = nextBatch()) {
                arrived(fetch(batch.get()));
            }
        } catch (Throwable broken) { // Error too: who waits for the frames throws it
            failed(broken);
        }
        ended();
    }

    private void failed(Throwable broken) {
        lock.lock();
        try {
            failure = failure == null ? broken : failure;
        } finally {
            lock.unlock();
        }
    }

    private void ended() {
        lock.lock();
        try {
            running--;
            came.signalAll();
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until the network sets the pace, or a thread waits that was told so, and there is room for all that a batch can be: how
     * much will come is not known yet.
     */
    private Optional<CellBatch> nextBatch() {
        lock.lock();
        try {
            while (!isOver() && (held + CellBatch.OCTETS > room || !isWanted())) {
                left.awaitUninterruptibly();
            }
            Optional<CellBatch> batch = isOver() ? Optional.empty() : fromCursor();
            held += batch.isPresent() ? CellBatch.OCTETS : 0;
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private boolean isWanted() {
        return headStart || asking > 0 || stages.waitForTheNetwork();
    }

    private Optional<CellBatch> fromCursor() {
        Optional<CellBatch> batch = cursor.next();
        if (batch.isEmpty()) {
            exhausted = true;
            left.signalAll();
        }
        return batch;
    }

    private boolean isOver() {
        return closed || exhausted || failure != null;
    }

    private Step.Write fetch(CellBatch batch) throws IOException {
        List<ChunkId> ids = wanted(batch);
        if (ids.isEmpty()) {
            return new Step.Write(batch, List.of());
        }
        Waiting begun = Waiting.now();
        List<byte[]> frames = source.get(ids);
        if (isWaitedFor()) {
            stages.network.waitedSince(begun);
        }
        return new Step.Write(batch, frames);
    }

    /** What a head start brings holds nobody up. */
    private boolean isWaitedFor() {
        lock.lock();
        try {
            return !headStart;
        } finally {
            lock.unlock();
        }
    }

    private List<ChunkId> wanted(CellBatch batch) {
        ChunkTable chunks = targets.get(batch.region()).chunks();
        return IntStream.range(0, batch.cells().length)
                .mapToObj(i -> chunks.get(batch.firstIndex() + i))
                .filter(id -> !id.isZero())
                .toList();
    }

    private void arrived(Step.Write write) {
        lock.lock();
        try {
            queue.add(write);
            waiting += octets(write);
            held += octets(write) - CellBatch.OCTETS;
            came.signal();
            left.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private static long octets(Step.Write write) {
        return write.frames().stream().mapToLong(frame -> frame.length).sum();
    }

    /** Whether little is there to be written: the network sets the pace, not the processor and not the disk. */
    boolean isLow() {
        lock.lock();
        try {
            return waiting < room / 4 && stages.waitForTheNetwork();
        } finally {
            lock.unlock();
        }
    }

    /**
     * What comes next; empty at the end. While nobody waits for the network the thread that asks fetches it itself: what one processor
     * fetched another would have to bring into its caches first, a tenth of a restore's time. After a failure what came is handed out
     * still, so that it is on the disk when the work is taken up again.
     */
    @Override
    public Optional<Step> next() throws IOException {
        long now = System.nanoTime();
        try {
            while (true) {
                CellBatch own;
                lock.lock();
                try {
                    headStart = false;
                    Step.Write first = queue.poll();
                    if (first != null) {
                        held -= octets(first);
                        waiting -= octets(first);
                        left.signalAll();
                        return Optional.of(first);
                    }
                    Optional<CellBatch> batch =
                            isOver() || stages.waitForTheNetwork() ? Optional.empty() : fromCursor();
                    if (batch.isEmpty() && running == 0) {
                        Workers.rethrow(failure);
                        return Optional.empty();
                    }
                    if (batch.isEmpty()) {
                        asking++;
                        left.signalAll();
                        came.awaitUninterruptibly();
                        asking--;
                        continue;
                    }
                    own = batch.get();
                    running++;
                    came.signalAll(); // those, too, that wait for what comes may fetch for themselves
                } finally {
                    lock.unlock();
                }
                try {
                    return Optional.of(fetch(own));
                } catch (Throwable broken) {
                    failed(broken);
                } finally {
                    ended();
                }
            }
        } finally {
            stages.fetch.since(now);
        }
    }

    /** Returns when no thread fetches any more; what was not taken is forgotten. */
    @Override
    public void close() {
        lock.lock();
        try {
            closed = true;
            left.signalAll();
            while (running > 0) {
                came.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
