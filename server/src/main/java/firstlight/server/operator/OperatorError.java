package firstlight.server.operator;

/** What an operator can mend: one line that names the thing, and one that says the cure. Ends the command with status 1. */
public final class OperatorError extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String cure;

    /**
     * @param what the thing and what is wrong with it, without a full stop
     * @param cure what to do, often a command; empty when {@code what} says it
     */
    public OperatorError(String what, String cure) {
        super(what);
        this.cure = cure;
    }

    public OperatorError(String what, String cure, Throwable cause) {
        super(what, cause);
        this.cure = cure;
    }

    public String cure() {
        return cure;
    }

    /** {@code firstlight: WHAT} and, below it, the cure. */
    public String text() {
        return "firstlight: " + getMessage() + (cure.isEmpty() ? "" : "\n  " + cure);
    }
}
