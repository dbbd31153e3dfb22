package firstlight.lab;

/** A scenario did not go as told: which phase, what was expected, what was seen instead. */
final class StepFailed extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final transient Phase phase;
    private final String expected;
    private final String seen;

    StepFailed(Phase phase, String expected, String seen) {
        super("phase " + phase.number() + " (" + phase.title() + ") failed");
        this.phase = phase;
        this.expected = expected;
        this.seen = seen;
    }

    Phase phase() {
        return phase;
    }

    /** For people: what was expected, and the last that was seen. */
    String text() {
        return getMessage() + "\n  expected: " + expected + "\n  seen:     " + seen.replace("\n", "\n            ");
    }
}
