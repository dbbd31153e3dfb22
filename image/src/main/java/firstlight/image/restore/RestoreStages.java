package firstlight.image.restore;

import firstlight.image.work.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.LongAdder;

/** What the threads of a restore count together. */
final class RestoreStages {
    /** That writing threads waited for what they were to write; where they fetch themselves, all of that. */
    final Clock fetch = new Clock();

    /** That threads which fetch waited for what they had asked for: not what TLS computes, however busy the processors are. */
    final Clock network = new Clock();

    /** Clocks add up what all threads took; the counters below are octets of content, {@link #fetched} of frames as they came. */
    final Clock unpack = new Clock();

    final Clock write = new Clock();
    final Clock verify = new Clock();
    final Clock files = new Clock();
    final LongAdder written = new LongAdder();
    final LongAdder kept = new LongAdder();
    final LongAdder fetched = new LongAdder();
    final LongAdder verified = new LongAdder();
    final LongAdder copied = new LongAdder();

    /** Whether what is written was waited for, while it was fetched, for an eighth of the time that writing it took, at least. */
    boolean waitForTheNetwork() {
        return network.total().multipliedBy(8).compareTo(unpack.total().plus(write.total())) > 0;
    }

    RestoreSummary summary(
            long usedBytes, Duration time, int threads, List<String> notes, Optional<RestoreSummary.Sampled> sampled) {
        return new RestoreSummary(
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
