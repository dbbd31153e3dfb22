package firstlight.image.work;

import firstlight.image.Progress;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

/** Adds up what the threads have done and tells of it, one thread at a time and not too often. */
public final class Meter {
    /** Between two tellings, at least: each may be a message to a server. */
    private static final long INTERVAL = 250_000_000; // nanoseconds

    private final Progress progress;
    private final Progress.Phase phase;
    private final long total;
    private final AtomicLong done = new AtomicLong();
    private final ReentrantLock telling = new ReentrantLock();
    private long told = System.nanoTime();

    public Meter(Progress progress, Progress.Phase phase, long total) throws IOException {
        this.progress = progress;
        this.phase = phase;
        this.total = total;
        progress.progress(phase, 0, total);
    }

    /** Throws what the progress throws: whoever is told may end the work so. */
    public void add(long octets) throws IOException {
        long now = done.addAndGet(octets);
        if (telling.tryLock()) {
            try {
                if (System.nanoTime() - told >= INTERVAL) {
                    told = System.nanoTime();
                    progress.progress(phase, now, total);
                }
            } finally {
                telling.unlock();
            }
        }
    }

    /** Tells the last state, which {@link #add} may have kept to itself. */
    public void end() throws IOException {
        progress.progress(phase, done.get(), total);
    }
}
