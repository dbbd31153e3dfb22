package firstlight.environment;

/** Hears how a build goes. */
@FunctionalInterface
public interface Progress {
    Progress SILENT = (step, done, total) -> {};

    /** {@code done} of {@code total} (octets or pieces) of {@code step}; a {@code total} of 0 means that it is not known. */
    void report(String step, long done, long total);
}
