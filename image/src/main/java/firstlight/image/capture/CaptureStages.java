package firstlight.image.capture;

import firstlight.image.manifest.Manifest;
import firstlight.image.work.Clock;
import java.time.Duration;
import java.util.concurrent.atomic.LongAdder;

/** What the threads of a capture count together. */
final class CaptureStages {
    final Clock read = new Clock();
    final Clock hash = new Clock();
    final Clock compress = new Clock();
    final Clock send = new Clock();
    final LongAdder newBytes = new LongAdder();
    final LongAdder sentBytes = new LongAdder();

    CaptureSummary summary(Manifest manifest, Duration time, int threads) {
        return new CaptureSummary(
                manifest.usedBytes(),
                newBytes.sum(),
                sentBytes.sum(),
                time,
                threads,
                new CaptureSummary.Stages(read.total(), hash.total(), compress.total(), send.total()),
                manifest.notes());
    }
}
