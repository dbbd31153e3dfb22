package firstlight.database;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes what may wait a moment, in batches, on a thread of its own. What could not be written is tried again. */
final class Housekeeping implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Housekeeping.class);
    /** So much is lost at most when the server is killed: when PCs were seen and engines heard, and alarms that are in the log. */
    private static final Duration EVERY = Duration.ofSeconds(2);

    private final List<Runnable> chores;
    private final ScheduledExecutorService executor = Executors.newSingleThreadScheduledExecutor(
            task -> Thread.ofPlatform().daemon().name("database-chores").unstarted(task));

    Housekeeping(List<Runnable> chores) {
        this.chores = List.copyOf(chores);
        var _ = executor.scheduleWithFixedDelay(this::run, EVERY.toMillis(), EVERY.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void run() {
        for (Runnable chore : chores) {
            try {
                chore.run();
            } catch (DatabaseUnreachable e) {
                return; // it was said already, and comes again
            } catch (RuntimeException e) {
                LOG.error("the database did not take what was gathered", e);
            }
        }
    }

    /** After a last round. Before the backend closes: the stores' last words are written. */
    @Override
    public void close() {
        executor.close();
        run();
    }
}
