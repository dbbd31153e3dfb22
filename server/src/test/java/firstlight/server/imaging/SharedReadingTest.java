package firstlight.server.imaging;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

class SharedReadingTest {
    private final AtomicInteger readings = new AtomicInteger();
    private final CountDownLatch hangs = new CountDownLatch(1);

    /** Each of a room waited for the reading of the one before, and then for its own. */
    @Test
    @Timeout(60)
    void whoComesWhileAnotherReadsIsToldWhatThatOneIsTold() throws Exception {
        SharedReading shared = new SharedReading(() -> {
            readings.incrementAndGet();
            try {
                hangs.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            throw new IOException("the bucket is away");
        });
        List<Thread> threads = new ArrayList<>();
        List<FutureTask<String>> room = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            FutureTask<String> pc = new FutureTask<>(() -> {
                try {
                    shared.read();
                    return "read";
                } catch (IOException e) {
                    return String.valueOf(e.getMessage());
                }
            });
            room.add(pc);
            threads.add(Thread.ofPlatform().daemon().start(pc));
        }
        while (!threads.stream().allMatch(thread -> thread.getState() == Thread.State.WAITING)) {
            Thread.onSpinWait();
        }
        hangs.countDown();
        for (FutureTask<String> pc : room) {
            assertThat(pc.get()).isEqualTo("the bucket is away");
        }
        assertThat(readings).hasValue(1);
    }

    @Test
    void whatFailedIsReadAnewByWhoComesThen() throws Exception {
        SharedReading shared = new SharedReading(() -> {
            if (readings.incrementAndGet() == 1) {
                throw new IOException("the bucket is away");
            }
        });
        assertThatThrownBy(shared::read).isInstanceOf(IOException.class).hasMessage("the bucket is away");
        shared.read();
        assertThat(readings).hasValue(2);
    }
}
