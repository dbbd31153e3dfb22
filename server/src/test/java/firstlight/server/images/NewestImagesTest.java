package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.store.ImageName;
import java.io.IOException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A store that is away at first, and slow. */
@Timeout(60)
class NewestImagesTest {
    private volatile Optional<Map<ImageName, Integer>> known = Optional.empty();
    private final Semaphore mayRead = new Semaphore(0);
    private final Semaphore ended = new Semaphore(0);
    private final BlockingQueue<Optional<Map<ImageName, Integer>>> found = new LinkedBlockingQueue<>();

    private volatile Instant now = Instant.parse("2026-11-30T10:00:00Z");

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
    void aStoreThatCannotBeReadIsNotReadAgainWithEachPacket() {
        AtomicReference<Thread> reader = new AtomicReference<>();
        AtomicInteger readings = new AtomicInteger();
        NewestImages.Reading failing = () -> {
            reader.set(Thread.currentThread());
            readings.incrementAndGet();
            throw new IOException("the bucket does not answer");
        };
        try (NewestImages images = new NewestImages(() -> known, failing, () -> now)) {
            for (int packet = 0; packet < 1000; packet++) {
                assertThat(images.newest("room12")).isEmpty();
                while (reader.get() == null || reader.get().getState() != Thread.State.WAITING) {
                    Thread.onSpinWait(); // until it has nothing to do
                }
            }
            assertThat(readings).hasValue(1);
            now = now.plusSeconds(10);
            assertThat(images.newest("room12")).isEmpty();
            while (readings.get() == 1) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void whoAsksIsAnsweredAtOnceAndAReadingThatFailedIsTriedAgain() {
        try (NewestImages images = new NewestImages(() -> known, this::read, () -> now)) {
            found.add(Optional.empty());
            assertThat(images.newest("room12")).isEqualTo(OptionalInt.empty());
            assertThat(images.newest("room12")).as("one reading at a time").isEqualTo(OptionalInt.empty());
            mayRead.release();
            ended.acquireUninterruptibly();

            found.add(Optional.of(Map.of(new ImageName("room12"), 7)));
            mayRead.release();
            while (ended.availablePermits() == 0) { // the thread that failed may not have come to its end yet
                now = now.plusSeconds(10);
                assertThat(images.newest("other")).isEmpty();
                Thread.onSpinWait();
            }
            mayRead.release(); // for one more that a late question began
            assertThat(images.newest("room12")).hasValue(7);
            assertThat(images.newest("other")).isEmpty();
            assertThat(images.newest("no name!")).isEmpty();
        }
    }
}
