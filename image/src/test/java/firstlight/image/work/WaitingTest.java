package firstlight.image.work;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;

class WaitingTest {
    @Test
    void whatAThreadComputedOrWasReadyToIsNoWaiting() {
        assertThat(new Waiting(1_000, 200).until(new Waiting(1_900, 500))).isEqualTo(600);
    }

    @Test
    void theKernelCountsTimeWithAndTimeBeforeAProcessor() {
        assertThat(Waiting.busy("5202299 2484495 8\n".getBytes(US_ASCII))).isEqualTo(7_686_794);
    }

    @Test
    void aThreadThatParksWaitsAndOneThatComputesDoesNot() throws IOException {
        long least = Long.MAX_VALUE;
        // What a host's host takes away is counted nowhere, and looks like waiting: it does not always do so.
        for (int windows = 0; windows < 20 && least >= 60_000_000; windows++) {
            Waiting begun = Waiting.now();
            while (System.nanoTime() - begun.time() < 200_000_000) {
                Thread.onSpinWait();
            }
            least = Math.min(least, begun.until(Waiting.now()));
        }
        Waiting parked = Waiting.now();
        while (System.nanoTime() - parked.time() < 200_000_000) {
            LockSupport.parkNanos(200_000_000);
        }
        Waiting end = Waiting.now();
        assertThat(least).isLessThan(60_000_000);
        assertThat(parked.until(end)).isGreaterThan(60_000_000);
    }
}
