package firstlight.engine;

import firstlight.image.Progress;
import java.util.function.LongSupplier;

/** Progress for a person at the prompt: a line when a phase begins, and every few seconds. For any thread. */
public final class ScreenProgress implements Progress {
    private static final long EVERY_NANOS = 5_000_000_000L;

    private final Console console;
    private final LongSupplier nanoTime;
    private Phase phase = Phase.MAPPING;
    private long begun;
    private long shown;

    public ScreenProgress(Console console, LongSupplier nanoTime) {
        this.console = console;
        this.nanoTime = nanoTime;
        this.begun = nanoTime.getAsLong();
        this.shown = begun - EVERY_NANOS;
    }

    @Override
    public synchronized void progress(Phase now, long done, long total) {
        long time = nanoTime.getAsLong();
        if (now != phase) {
            phase = now;
            begun = time;
            shown = time - EVERY_NANOS;
        }
        // Mapping counts disks, not octets.
        if (now != Phase.MAPPING && time - shown >= EVERY_NANOS) {
            shown = time;
            long nanos = time - begun;
            console.line(Reports.line(now, done, total, nanos <= 0 ? 0 : (long) (done * 1e9 / nanos)));
        }
    }
}
