package firstlight.policy.rule;

/** A text that is no condition, or one that no device can ever meet. The message names the place and what was expected there. */
public final class InvalidCondition extends Exception {
    private static final long serialVersionUID = 1;

    private final int position;
    private final boolean never;

    InvalidCondition(String message, int position) {
        this(message, position, false);
    }

    private InvalidCondition(String message, int position, boolean never) {
        super(message);
        this.position = position;
        this.never = never;
    }

    /** It is a condition, and no device can meet it. */
    static InvalidCondition never(String why) {
        return new InvalidCondition("this can never be true: " + why, 1, true);
    }

    /** One line about {@code text}, which is refused. */
    public String about(String text) {
        return "'" + text + "'" + (never ? ": " : " is no condition: ") + getMessage();
    }

    /** The character of the text that is wrong, from 1. */
    public int position() {
        return position;
    }
}
