package firstlight.image.work;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * Threads that take work from one cursor until it is empty or one of them fails. Platform threads: they compute. Never
 * interrupted, for an interrupt closes the channel of the disk; the others see the failure and stop.
 */
public final class Workers {
    /** Memory for each thread: its buffers of both kinds and zstd's, with room to spare. */
    private static final long SHARE = 24L << 20;

    private final AtomicReference<@Nullable Throwable> failure = new AtomicReference<>();

    private Workers() {}

    /** One thread's part; made in that thread, so that its buffers and codec are its own. */
    public interface Worker<T> extends AutoCloseable {
        void work(T piece) throws IOException;

        @Override
        void close();
    }

    @FunctionalInterface
    public interface Maker<T> {
        Worker<T> make();
    }

    /** Where the threads get their pieces of work from. */
    @FunctionalInterface
    public interface Supply<T> {
        /** Empty at the end, and from then on. */
        Optional<T> next() throws IOException;
    }

    /**
     * Returns when all batches of {@code cursor} are done; throws what the first failing thread threw.
     *
     * @param threads at most: fewer on a PC with little memory
     */
    public static void run(int threads, String name, CellCursor cursor, Maker<CellBatch> maker) throws IOException {
        run(threads, name, cursor::next, maker);
    }

    /** As {@link #run(int, String, CellCursor, Maker)}, with pieces of work from anywhere. */
    public static <T> void run(int threads, String name, Supply<T> supply, Maker<T> maker) throws IOException {
        Workers workers = new Workers();
        List<Thread> running = new ArrayList<>();
        for (int i = 1; i <= affordable(threads); i++) {
            running.add(Thread.ofPlatform().name(name + "-" + i).start(() -> workers.loop(supply, maker)));
        }
        try {
            for (Thread thread : running) {
                thread.join();
            }
        } catch (InterruptedException stop) {
            workers.failure.compareAndSet(null, new IOException("interrupted", stop));
            Thread.currentThread().interrupt();
        }
        rethrow(workers.failure.get());
    }

    /** How many of {@code threads} this PC's memory allows. */
    public static int affordable(int threads) {
        return (int) Math.min(threads, Math.max(2, Runtime.getRuntime().maxMemory() / SHARE));
    }

    private <T> void loop(Supply<T> supply, Maker<T> maker) {
        try (Worker<T> worker = maker.make()) {
            // Asked before a piece is taken: one that was taken is done, since nobody else would do it.
            while (failure.get() == null) {
                Optional<T> piece = supply.next();
                if (piece.isEmpty()) {
                    return;
                }
                worker.work(piece.get());
            }
        } catch (Throwable broken) {
            failure.compareAndSet(null, broken);
        }
    }

    /** Throws in this thread what another one met; nothing where it met nothing. */
    public static void rethrow(@Nullable Throwable broken) throws IOException {
        if (broken instanceof IOException io) {
            throw io;
        }
        if (broken instanceof Error error) {
            throw error;
        }
        if (broken != null) {
            throw new IllegalStateException(broken);
        }
    }
}
