package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.store.ImageName;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that is away at first, and slow. */
@Timeout(60)
class NewestImagesTest {
    private volatile Optional<Map<ImageName, Integer>> known = Optional.empty();
    private final Semaphore mayRead = new Semaphore(0);
    private final Semaphore ended = new Semaphore(0);
    private final BlockingQueue<Optional<Map<ImageName, Integer>>> found = new LinkedBlockingQueue<>();

    private void read() throws IOException {
        try {
            mayRead.acquireUninterruptibly();
            known = found.remove();
            if (known.isEmpty()) {
                throw new IOException("the bucket does not answer");
            }
        } finally {
            ended.release();
        }
    }

    @Test
    void whoAsksIsAnsweredAtOnceAndAReadingThatFailedIsTriedAgain() {
        try (NewestImages images = new NewestImages(() -> known, this::read)) {
            found.add(Optional.empty());
            assertThat(images.newest("room12")).isEqualTo(OptionalInt.empty());
            assertThat(images.newest("room12")).as("one reading at a time").isEqualTo(OptionalInt.empty());
            mayRead.release();
            ended.acquireUninterruptibly();

            found.add(Optional.of(Map.of(new ImageName("room12"), 7)));
            mayRead.release();
            while (ended.availablePermits() == 0) { // the thread that failed may not have come to its end yet
                assertThat(images.newest("other")).isEmpty();
                Thread.onSpinWait();
            }
            assertThat(images.newest("room12")).hasValue(7);
            assertThat(images.newest("other")).isEmpty();
            assertThat(images.newest("no name!")).isEmpty();
        }
    }
}
