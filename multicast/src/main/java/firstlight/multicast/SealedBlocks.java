package firstlight.multicast;

import firstlight.wire.multicast.Block;
import firstlight.wire.multicast.StreamSeal;
import java.io.IOException;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.zip.CRC32C;

/**
 * Blocks, sealed: those that are sent next are read and sealed ahead by threads of their own, for a disk may take longer to
 * find a chunk than the network takes to send one; the last ones are kept for those who lack a few symbols of them.
 * Belongs to the sender's thread.
 */
final class SealedBlocks implements AutoCloseable {
    /** About half a second of a gigabit: what is complained of was sent a moment ago. */
    private static final int KEPT = 160;

    /** So many blocks are made ready before they are sent: a few megabytes. */
    static final int AHEAD = 24;

    private static final int READERS = 2;

    private final BlockSource source;
    private final StreamSeal seal;
    /** What each block's frame was; written by one reader at a time, which the next one knows by {@code ready}. */
    private final long[] marks;

    private final AtomicBoolean changed = new AtomicBoolean();

    private final ExecutorService readers = Executors.newFixedThreadPool(
            READERS, Thread.ofPlatform().name("stream-blocks-", 0).daemon().factory());
    /** For what is not read ahead, which does not wait behind what is. */
    private final ExecutorService reader = Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("stream-block").daemon().factory());

    private final Map<Integer, Future<Optional<byte[]>>> ready = new HashMap<>();
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

    /** Has {@code next} made ready, which will be sent soon. */
    void prepare(List<Integer> next) {
        for (int block : next) {
            if (!kept.containsKey(block) && !ready.containsKey(block)) {
                ready.put(block, readers.submit(() -> seal(block)));
            }
        }
    }

    /** Whether {@link #get} has its answer, or its failure; waits so many nanoseconds for it. */
    boolean isReady(int block, long nanos) throws IOException {
        if (keeps(block)) {
            return true;
        }
        try {
            var _ = ready.computeIfAbsent(block, _ -> reader.submit(() -> seal(block)))
                    .get(nanos, TimeUnit.NANOSECONDS);
            return true;
        } catch (ExecutionException told) {
            return true; // by get
        } catch (TimeoutException standsStill) {
            return false;
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        }
    }

    /** Whether it needs no reading. */
    boolean keeps(int block) {
        return kept.containsKey(block);
    }

    /** It is not sent any more: what is read of it would stay here until the stream ends. */
    void forget(int block) {
        Future<Optional<byte[]>> made = ready.remove(block);
        if (made != null) {
            made.cancel(false);
        }
    }

    /** What could not be read ahead is read anew when it is asked for. */
    void forgetFailures() {
        ready.values().removeIf(made -> made.state() == Future.State.FAILED);
    }

    /** Empty for a block that must not be sent, see {@link #seal}. */
    Optional<byte[]> get(int block) throws IOException {
        byte[] again = kept.get(block);
        if (again != null) {
            return Optional.of(again);
        }
        Future<Optional<byte[]>> made = ready.remove(block);
        Optional<byte[]> sealed = made == null ? seal(block) : result(made);
        sealed.ifPresent(octets -> kept.put(block, octets));
        return sealed;
    }

    private static Optional<byte[]> result(Future<Optional<byte[]>> made) throws IOException {
        try {
            return made.get();
        } catch (ExecutionException failed) {
            switch (failed.getCause()) {
                case IOException lost -> throw lost;
                case RuntimeException bug -> throw bug;
                case null, default -> throw new IllegalStateException(failed);
            }
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        }
    }

    /**
     * Empty when the frame is too long, or is not the one that was sealed before: a store that packs anew, or that has lost a
     * chunk and got it again from another capture, holds another frame of it. Two contents under one nonce would give both away.
     *
     * @throws LostBlock also the first time that a frame is another one
     */
    private Optional<byte[]> seal(int block) throws IOException {
        byte[] frame = source.frame(block);
        if (frame.length + StreamSeal.TAG > Block.MAX_LENGTH) {
            return Optional.empty();
        }
        CRC32C sum = new CRC32C();
        sum.update(frame, 0, frame.length);
        long mark = (long) frame.length << 32 | sum.getValue();
        if (marks[block] != 0 && marks[block] != mark) {
            if (!changed.getAndSet(true)) {
                throw new LostBlock(
                        "the image store has another frame of it since it was sent (packed anew, or healed); who "
                                + "lacks such blocks fetches them without the stream");
            }
            return Optional.empty();
        }
        marks[block] = mark;
        return Optional.of(seal.sealBlock(block, frame));
    }

    /** How many are in memory. */
    int held() {
        return kept.size() + ready.size();
    }

    /** After this the source is not asked any more. The blocks go: whoever looks at a stream that has ended keeps this object. */
    @Override
    public void close() {
        ready.values().forEach(made -> made.cancel(false));
        readers.close();
        reader.close();
        ready.clear();
        kept.clear();
    }
}
