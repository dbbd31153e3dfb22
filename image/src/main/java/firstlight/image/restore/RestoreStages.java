package firstlight.image.restore;

import firstlight.image.work.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** What the threads of a restore count together. */
final class RestoreStages {
    final Clock fetch = new Clock();
    final Clock unpack = new Clock();
    final Clock write = new Clock();
    final Clock verify = new Clock();
    final Clock files = new Clock();
    final LongAdder written = new LongAdder();
    final LongAdder kept = new LongAdder();
    final LongAdder fetched = new LongAdder();
    final LongAdder verified = new LongAdder();
    final LongAdder copied = new LongAdder();

    /** Whether threads spent more time on fetching than on what they do with it: neither processor nor disk sets the pace. */
    boolean waitForTheNetwork() {
        return fetch.total().compareTo(unpack.total().plus(write.total())) > 0;
    }

    RestoreSummary summary(
            long diskBytes,
            long usedBytes,
            Duration time,
            int threads,
            List<String> notes,
            Optional<RestoreSummary.Sampled> sampled) {
        return new RestoreSummary(
                diskBytes,
                usedBytes,
                written.sum(),
                kept.sum(),
                fetched.sum(),
                verified.sum(),
                copied.sum(),
                time,
                threads,
                new RestoreSummary.Stages(fetch.total(), unpack.total(), write.total(), verify.total(), files.total()),
                notes,
                sampled);
    }
}
