package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Progress;
import java.time.Instant;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class ImageJobsTest {
    /** The store is closed behind the jobs; a pull that still runs then would find it closed under it. */
    @Test
    void theEndWaitsAlsoForJobsThatHaveAThreadOfTheirOwn() throws Exception {
        ImageJobs jobs = new ImageJobs(() -> Instant.EPOCH);
        CountDownLatch runs = new CountDownLatch(1);
        CompletableFuture<Boolean> waitedFor = new CompletableFuture<>();
        Thread closing = Thread.ofPlatform().unstarted(jobs::close);
        jobs.startAtOnce("a pull", progress -> {
            runs.countDown();
            try {
                while (true) {
                    progress.progress(Progress.Phase.MAPPING, 0, 0);
                    Thread.onSpinWait();
                }
            } finally {
                // What is to be done before it can end.
                Thread.State state = closing.getState();
                while (state != Thread.State.TIMED_WAITING && state != Thread.State.TERMINATED) {
                    Thread.onSpinWait();
                    state = closing.getState();
                }
                waitedFor.complete(state == Thread.State.TIMED_WAITING);
            }
        });
        runs.await();
        closing.start();
        assertThat(waitedFor.get()).isTrue();
        closing.join();
    }
}
