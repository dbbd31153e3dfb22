package firstlight.wire.work;

/**
 * How far the engine is.
 *
 * @param phase a stable word such as {@code reading} or {@code verifying}
 * @param total 0 when it is not known
 * @param note one line for people; may be empty
 */
public record Progress(String phase, long done, long total, long bytesPerSecond, String note) {
    public Progress {
        if (done < 0 || total < 0 || bytesPerSecond < 0) {
            throw new IllegalArgumentException("progress counts from 0, not " + done + "/" + total);
        }
    }
}
