package firstlight.policy.rule;

/** A text that is no condition, or one that no device can ever meet. The message names the place and what was expected there. */
public final class InvalidCondition extends Exception {
    private static final long serialVersionUID = 1;

    private final int position;

    InvalidCondition(String message, int position) {
        super(message);
        this.position = position;
    }

    /** The character of the text that is wrong, from 1. */
    public int position() {
        return position;
    }
}
