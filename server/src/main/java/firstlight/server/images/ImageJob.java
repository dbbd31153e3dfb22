package firstlight.server.images;

import firstlight.image.Progress;
import java.time.Instant;
import java.util.List;

/**
 * Long work on the store, as it stands now.
 *
 * @param id counted from 1 at each start of the server: a number of before means nothing
 * @param what in words, such as {@code verify office@3}
 * @param phase {@link Progress.Phase#MAPPING} before its first report
 * @param done octets, or hundredths where a tool tells no more; of {@code total}, which is 0 while nobody knows
 * @param text how it ended; empty while it runs
 * @param cure what to do about it; empty when there is nothing to do
 * @param details line by line
 */
public record ImageJob(
        long id,
        String what,
        Instant started,
        State state,
        Progress.Phase phase,
        long done,
        long total,
        String text,
        String cure,
        List<String> details) {
    /** Where it is. */
    public enum State {
        RUNNING,
        DONE,
        FAILED,
        CANCELLED
    }

    /**
     * How work ended well, or as well as it could: {@code sound} is false when something was found that a person must mend.
     *
     * @param text one line for people; empty where {@code details} say all
     * @param cure empty when {@code sound}
     */
    public record Outcome(boolean sound, String text, String cure, List<String> details) {
        public Outcome {
            details = List.copyOf(details);
        }

        public static Outcome sound(String text, List<String> details) {
            return new Outcome(true, text, "", details);
        }
    }

    public ImageJob {
        details = List.copyOf(details);
    }

    ImageJob at(Progress.Phase now, long octets, long of) {
        return new ImageJob(id, what, started, state, now, octets, of, text, cure, details);
    }

    /** Where it was then stays: how far one came that failed. */
    ImageJob ended(State how, String said, String mend, List<String> lines) {
        return new ImageJob(id, what, started, how, phase, done, total, said, mend, lines);
    }
}
