package firstlight.environment;

import java.io.Serial;

/** The environment could not be built; the message names the thing, {@link #cure()} says what to do. */
public final class BuildFailedException extends Exception {
    @Serial
    private static final long serialVersionUID = 1;

    private final String cure;

    /**
     * @param message in one line, what could not be done and why
     * @param cure what an operator does about it
     */
    public BuildFailedException(String message, String cure) {
        super(message);
        this.cure = cure;
    }

    public String cure() {
        return cure;
    }
}
