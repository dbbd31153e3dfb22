package firstlight.image.capture;

import firstlight.model.StageTime;
import java.time.Duration;
import java.util.List;

/**
 * What a capture did.
 *
 * @param usedBytes octets in use, all of which were read and hashed
 * @param newBytes octets of chunks that the sink did not have, before compression
 * @param sentBytes the same after compression
 * @param threads how many worked at once
 * @param stages where the threads' time went
 * @param notes what was not taken as one would expect, in words
 */
public record CaptureSummary(
        long usedBytes, long newBytes, long sentBytes, Duration time, int threads, Stages stages, List<String> notes) {
    public CaptureSummary {
        notes = List.copyOf(notes);
    }

    /** Time summed over all threads. */
    public record Stages(Duration read, Duration hash, Duration compress, Duration send) {}

    /** Where the time went, in the order of the data. */
    public List<StageTime> stageTimes() {
        return List.of(
                new StageTime("read", usedBytes, stages.read.toMillis() / threads),
                new StageTime("hash", usedBytes, stages.hash.toMillis() / threads),
                new StageTime("compress", newBytes, stages.compress.toMillis() / threads),
                new StageTime("send", sentBytes, stages.send.toMillis() / threads));
    }
}
