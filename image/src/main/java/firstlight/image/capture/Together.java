package firstlight.image.capture;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** The same for several things at once: partclone needs two seconds for the smallest partition. */
final class Together {
    private Together() {}

    @FunctionalInterface
    interface Step<A, B> {
        B take(A each) throws IOException;
    }

    /** Results in the order of {@code things}; the first failure when there is one, after all have ended. */
    static <A, B> List<B> all(List<A> things, Step<A, B> step) throws IOException {
        List<Future<B>> running = new ArrayList<>();
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (A each : things) {
                running.add(threads.submit(() -> step.take(each)));
            }
        }
        List<B> results = new ArrayList<>();
        for (Future<B> each : running) {
            results.add(result(each));
        }
        return results;
    }

    private static <B> B result(Future<B> done) throws IOException {
        try {
            return done.get();
        } catch (ExecutionException failed) {
            if (failed.getCause() instanceof IOException io) {
                throw io;
            }
            throw new IllegalStateException(failed.getCause());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted", stop);
        }
    }
}
