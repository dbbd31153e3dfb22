package firstlight.server.sites;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

/** A limit on bandwidth, with a clock that moves only by waiting. */
class PaceTest {
    private static final long SECOND = 1_000_000_000L;

    private final AtomicLong clock = new AtomicLong(1234);

    private double secondsOf(Work work) throws IOException {
        long before = clock.get();
        work.run();
        return (clock.get() - before) / 1e9;
    }

    private interface Work {
        void run() throws IOException;
    }

    @Test
    void aBucketLetsThroughItsSizeAtOnceAndThenItsRate() {
        TokenBucket bucket = TokenBucket.full(8_000_000, 0); // a million octets a second
        TokenBucket.Taken first = bucket.take(bucket.size(), 0);
        assertThat(first.pause()).isZero();
        TokenBucket.Taken second = first.bucket().take(1_000_000, 0);
        assertThat(second.pause()).isEqualTo(SECOND);
        assertThat(second.bucket().take(1_000_000, SECOND / 2).pause()).isEqualTo(3 * SECOND / 2);
    }

    @Test
    void aLongSilenceDoesNotFillABucketBeyondItsSize() {
        TokenBucket bucket = TokenBucket.full(8_000_000, 0);
        TokenBucket.Taken late = bucket.take(bucket.size() + 500_000, 3600 * SECOND);
        assertThat(late.pause()).isEqualTo(SECOND / 2);
    }

    @Test
    void theClockOfTheHostMayStandAnywhere() {
        for (long now : new long[] {Long.MIN_VALUE / 4, -5, 0, Long.MAX_VALUE / 4}) {
            assertThat(TokenBucket.full(1_000_000, now).take(1_000_000, now).pause())
                    .isBetween(7 * SECOND, 8 * SECOND);
        }
    }

    @Test
    void allStreamsTogetherTakeTheTimeOfTheLimit() throws IOException {
        Pace pace = new Pace(100, clock::get, clock::addAndGet);
        double seconds = secondsOf(() -> {
            for (int stream = 0; stream < 4; stream++) {
                pace.in(new ByteArrayInputStream(new byte[5_000_000])).transferTo(new ByteArrayOutputStream());
                pace.out(new ByteArrayOutputStream()).write(new byte[5_000_000]);
            }
        });
        assertThat(seconds).isBetween(3.0, 3.21); // 40 MB at 100 Mbit/s
        assertThat(secondsOf(() -> Pace.of(0).out(new ByteArrayOutputStream()).write(new byte[5_000_000])))
                .isZero();
    }
}
