package firstlight.image.work;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class WorkersTest {
    /** What was fetched would have to be fetched again by the next attempt. */
    @Test
    @Timeout(60)
    void aPieceThatIsTakenWhileAnotherThreadFailsIsDoneAndNoMoreIsTaken() {
        AtomicInteger taken = new AtomicInteger();
        CompletableFuture<Thread> failing = new CompletableFuture<>();
        CompletableFuture<Void> another = new CompletableFuture<>();
        Workers.Supply<String> supply = () -> {
            if (taken.incrementAndGet() == 1) {
                return Optional.of("bad");
            }
            another.complete(null);
            ended(failing.join());
            return Optional.of("good");
        };
        List<String> done = new CopyOnWriteArrayList<>();
        assertThatThrownBy(() -> Workers.run(2, "worker", supply, () -> new Workers.Worker<String>() {
                    @Override
                    public void work(String piece) throws IOException {
                        if (piece.equals("bad")) {
                            failing.complete(Thread.currentThread());
                            another.join();
                            throw new IOException("the disk is gone");
                        }
                        done.add(piece);
                    }

                    @Override
                    public void close() {}
                }))
                .hasMessage("the disk is gone");
        assertThat(done).containsExactly("good");
        assertThat(taken.get()).isEqualTo(2);
    }

    private static void ended(Thread thread) throws IOException {
        try {
            thread.join();
        } catch (InterruptedException stop) {
            throw new IOException(stop);
        }
    }
}
