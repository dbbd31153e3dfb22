package firstlight.model;

/**
 * What one stage of imaging work took.
 *
 * @param stage the pipeline's word for it: read, hash, compress, send; fetch, unpack, write, verify, files
 * @param octets that went through it
 * @param millis of the work's time, as if all threads had done nothing else meanwhile; waiting included
 */
public record StageTime(String stage, long octets, long millis) {
    public StageTime {
        if (!stage.matches("[a-z]{1,16}") || octets < 0 || millis < 0) {
            throw new IllegalArgumentException("stage '" + stage + "', " + octets + " octets, " + millis + " ms");
        }
    }

    /** Octets a second. */
    public double rate() {
        return octets * 1000.0 / Math.max(1, millis);
    }

    /** {@code read 812 MB/s}. */
    @Override
    public String toString() {
        return stage + " " + megabytes(rate()) + " MB/s";
    }

    /** With one digit behind the point where it is little. */
    public static String megabytes(double octets) {
        return octets < 10e6 ? Math.round(octets / 1e5) / 10.0 + "" : Math.round(octets / 1e6) + "";
    }
}
