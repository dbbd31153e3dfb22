package firstlight.sockets;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class SocketLoopTest {
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void aLoopEndsWhenItIsClosedAndIsNotWokenUpAfterThat() throws Exception {
        CountDownLatch woken = new CountDownLatch(1);
        Turns turns = new Turns(woken);
        SocketLoop loop = new SocketLoop("test", List.of(), turns);
        turns.loop = loop;
        loop.start();
        loop.wakeup();
        assertThat(woken.await(LONG.toSeconds(), TimeUnit.SECONDS)).isTrue();
        loop.close();
        loop.close();
        assertThat(turns.ended).isTrue();
        try (Poller other = new Poller(List.of())) { // takes the descriptors that the loop had
            loop.wakeup();
            long start = System.nanoTime();
            other.awaitNanos(Duration.ofMillis(200).toNanos());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isGreaterThan(Duration.ofMillis(150));
        }
    }

    private static final class Turns implements Runnable {
        private final CountDownLatch woken;
        private volatile @Nullable SocketLoop loop;
        private volatile boolean ended;

        Turns(CountDownLatch woken) {
            this.woken = woken;
        }

        @Override
        public void run() {
            SocketLoop own = Objects.requireNonNull(loop);
            try {
                while (own.isOpen()) {
                    own.awaitNanos(LONG.toNanos());
                    woken.countDown();
                }
                ended = true;
            } catch (SocketFailure e) {
                throw new AssertionError(e);
            }
        }
    }
}
