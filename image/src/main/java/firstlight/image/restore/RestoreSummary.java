package firstlight.image.restore;

import firstlight.image.Amount;
import firstlight.model.StageTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a restore did.
 *
 * @param writtenBytes octets of content that were written
 * @param keptBytes octets of content that the target held already
 * @param fetchedBytes octets of compressed chunks that were fetched
 * @param verifiedBytes octets of content that were read back from the medium and found right
 * @param copiedBytes octets of these that were written and read back file by file, into a file system made anew, or extent by
 *     extent within what is encrypted
 * @param threads how many worked at once
 * @param sampled when only some of what was written was to be read back
 * @param usedBytes octets in use of what was restored
 */
public record RestoreSummary(
        long usedBytes,
        long writtenBytes,
        long keptBytes,
        long fetchedBytes,
        long verifiedBytes,
        long copiedBytes,
        Duration time,
        int threads,
        Stages stages,
        List<String> notes,
        Optional<Sampled> sampled) {
    public RestoreSummary {
        notes = List.copyOf(notes);
    }

    /** All of it. */
    public boolean verified() {
        return verifiedBytes == usedBytes;
    }

    /**
     * How many of the chunks that were written were read back, all of them right.
     *
     * @param written without those that the disk held before, which were read and compared
     */
    public record Sampled(long read, long written) {}

    /** Whether all was done that was to be done: what reads back wrong ends a restore. */
    public boolean complete() {
        return sampled.isPresent() || verified();
    }

    /** {@code 812 MiB verified}, or how much less. */
    public String readBack() {
        return sampled.map(some -> Amount.mib(usedBytes) + " laid down, " + some.read() + " of " + some.written()
                        + " chunks that were written read back (sampled)")
                .orElse(Amount.mib(usedBytes) + " verified");
    }

    /** Time summed over all threads; {@code files} is of one. */
    public record Stages(Duration fetch, Duration unpack, Duration write, Duration verify, Duration files) {}

    /** Where the time went, in the order of the data; to compare with what is there counts as verifying. */
    public List<StageTime> stageTimes() {
        long written = writtenBytes - copiedBytes;
        long verified = verifiedBytes - copiedBytes;
        List<StageTime> times = new ArrayList<>(List.of(
                new StageTime("fetch", fetchedBytes, stages.fetch.toMillis() / threads),
                new StageTime("unpack", written, stages.unpack.toMillis() / threads),
                new StageTime("write", written, stages.write.toMillis() / threads),
                new StageTime("verify", verified, stages.verify.toMillis() / threads)));
        if (copiedBytes > 0) {
            times.add(new StageTime("files", copiedBytes, stages.files.toMillis()));
        }
        return List.copyOf(times);
    }
}
