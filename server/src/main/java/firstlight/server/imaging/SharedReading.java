package firstlight.server.imaging;

import java.io.IOException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;

/**
 * A reading that many need at once and one of them does: what it comes to, all are told. A bucket that hangs for a minute holds up a room
 * for a minute, and not for one after the other. Who comes while one runs gets that one's outcome, though it began before he asked.
 */
final class SharedReading {
    private final Reading reading;
    private final Object lock = new Object();
    private FutureTask<Boolean> running = ended();

    /** May take minutes. */
    interface Reading {
        void run() throws IOException;
    }

    SharedReading(Reading reading) {
        this.reading = reading;
    }

    private static FutureTask<Boolean> ended() {
        FutureTask<Boolean> task = new FutureTask<>(() -> true);
        task.run();
        return task;
    }

    /** @throws IOException when it failed, whoever did it */
    void read() throws IOException {
        FutureTask<Boolean> mine = new FutureTask<>(() -> {
            reading.run();
            return true;
        });
        FutureTask<Boolean> its;
        synchronized (lock) {
            if (running.isDone()) {
                running = mine;
            }
            its = running;
        }
        if (its == mine) {
            mine.run();
        }
        try {
            boolean _ = its.get();
        } catch (ExecutionException failed) {
            throw failed.getCause() instanceof IOException cause
                    ? new IOException(cause.getMessage(), cause)
                    : new IOException(failed);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("the server stops", stop);
        }
    }
}
