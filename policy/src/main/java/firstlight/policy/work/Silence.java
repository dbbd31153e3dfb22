package firstlight.policy.work;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** An engine that is heard no more in the middle of its work: what is known then, in words for whoever asks. */
public final class Silence {
    /** An engine that works says so every second, and every 15 when nothing moves. */
    public static final Duration NOTABLE = Duration.ofMinutes(1);

    /** How the words of {@link #of} begin. */
    public static final String WORDS = "nothing was heard of the PC";

    private Silence() {}

    /**
     * Empty while all is well. The words name no time, so that they are the same however often they are said.
     *
     * @param heard when the engine of {@code work} spoke last
     * @param progress how far it said that it was; empty when that is not known
     */
    public static Optional<String> of(Work work, Instant heard, Optional<String> progress, Instant now) {
        return work.state() == WorkState.RUNNING && heard.plus(NOTABLE).isBefore(now)
                ? Optional.of(WORDS + " for over a minute"
                        + progress.map(last -> ", the last was '" + last + "'").orElse("")
                        + "; it was switched off, hangs, or lost its network. " + left(work.task())
                        + "It goes on when the PC boots from the network")
                : Optional.empty();
    }

    /** What stays behind when the engine does not come back. */
    private static String left(Task task) {
        return switch (task) {
            case Task.Capture _ ->
                "There is no image of it yet, and nothing was written to the PC's disk; what was sent is kept and not"
                        + " sent again. ";
            case Task.Restore restore
            when restore.options().containsKey("partitions") ->
                "The chosen partitions are half written, and their first blocks come last: until then they hold no file"
                        + " system. ";
            case Task.Restore _, Task.Join _ ->
                "The partition table is written last: a disk that is half restored starts nothing. ";
            case Task.Wipe _ -> "The disk is wiped in part. ";
            case Task.Script _ -> "How far the script came is not known. ";
            case Task.Inventory _, Task.Maintenance _ -> "";
        };
    }
}
