package firstlight.policy.rule;

/** The answer of a check that may not know enough yet: preboot facts decide some questions, full facts all of them. */
public enum Truth {
    TRUE,
    FALSE,
    /** Boot the imaging environment, which learns more and asks again. */
    UNKNOWN;

    public static Truth of(boolean value) {
        return value ? TRUE : FALSE;
    }

    /** The common answer of two possibilities, of which nobody knows which one is real. */
    public Truth orElse(Truth other) {
        return this == other ? this : UNKNOWN;
    }

    /** Kleene's: one that is false is enough. */
    Truth and(Truth other) {
        if (this == FALSE || other == FALSE) {
            return FALSE;
        }
        return this == TRUE && other == TRUE ? TRUE : UNKNOWN;
    }

    /** Kleene's: one that is true is enough. */
    Truth or(Truth other) {
        if (this == TRUE || other == TRUE) {
            return TRUE;
        }
        return this == FALSE && other == FALSE ? FALSE : UNKNOWN;
    }

    Truth not() {
        return switch (this) {
            case TRUE -> FALSE;
            case FALSE -> TRUE;
            case UNKNOWN -> UNKNOWN;
        };
    }
}
