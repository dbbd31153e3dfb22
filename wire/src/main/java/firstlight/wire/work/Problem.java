package firstlight.wire.work;

import firstlight.model.Bytes;
import java.util.List;

/**
 * An RFC 9457 problem, {@code application/problem+json}.
 *
 * @param cure what to do about it; may be empty
 * @param chunks the chunks it is about: those that are missing or did not verify
 */
public record Problem(int status, String title, String detail, String cure, List<Bytes> chunks) {
    public static final String MEDIA_TYPE = "application/problem+json";

    public Problem {
        chunks = List.copyOf(chunks);
    }

    public Problem(int status, String title, String detail, String cure) {
        this(status, title, detail, cure, List.of());
    }

    /** For one line of a log or a screen. */
    public String line() {
        return title + ": " + detail + (cure.isEmpty() ? "" : " (" + cure + ")");
    }
}
