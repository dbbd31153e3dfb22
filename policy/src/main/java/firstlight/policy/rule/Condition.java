package firstlight.policy.rule;

import firstlight.model.Facts;

/** What must be so for a rule to match: docs/policy.md has the language. Parsed once, evaluated at every packet. */
public sealed interface Condition {
    /** Matches every device. */
    record Always() implements Condition {
        @Override
        public String toString() {
            return "always";
        }
    }

    /** @throws InvalidCondition when {@code text} is no condition, or one that can never be true */
    static Condition parse(String text) throws InvalidCondition {
        if (text.strip().equals("always")) {
            return new Always();
        }
        throw new InvalidCondition("only 'always' is understood yet", 1);
    }

    /** A fact that {@code facts} does not have makes its comparison unknown. */
    default Truth evaluate(Facts facts) {
        return switch (this) {
            case Always _ -> Truth.TRUE;
        };
    }
}
