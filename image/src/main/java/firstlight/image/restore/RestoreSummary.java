package firstlight.image.restore;

import java.time.Duration;
import java.util.List;

/**
 * What a restore did.
 *
 * @param writtenBytes octets of content that were written
 * @param keptBytes octets of content that the target held already
 * @param fetchedBytes octets of compressed chunks that were fetched
 * @param verifiedBytes octets of content that were read back from the medium and found right
 */
public record RestoreSummary(
        long diskBytes,
        long usedBytes,
        long writtenBytes,
        long keptBytes,
        long fetchedBytes,
        long verifiedBytes,
        Duration time,
        Stages stages,
        List<String> notes) {
    public RestoreSummary {
        notes = List.copyOf(notes);
    }

    public boolean verified() {
        return verifiedBytes == usedBytes;
    }

    /** Time summed over all threads. */
    public record Stages(Duration fetch, Duration unpack, Duration write, Duration verify) {}
}
