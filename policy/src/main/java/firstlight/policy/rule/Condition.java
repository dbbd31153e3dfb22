package firstlight.policy.rule;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * What must be so for a rule to match: docs/policy.md has the language. Parsed once, evaluated at every packet, without making
 * garbage. {@code toString} writes it so that it can be parsed again.
 */
public sealed interface Condition permits Condition.Always, Condition.And, Condition.Or, Condition.Not, Comparison {
    /** A comparison of a fact that is not known yet is unknown; {@code and}, {@code or}, {@code not} follow Kleene. */
    Truth evaluate(FactValues values);

    /** @throws InvalidCondition when {@code text} is no condition, or one that can never be true */
    static Condition parse(String text) throws InvalidCondition {
        Condition condition = new ConditionParser(text).condition();
        String why = Contradiction.in(condition);
        if (!why.isEmpty()) {
            throw InvalidCondition.never(why);
        }
        return condition;
    }

    /** Each comparison with its answer and what it was compared with: {@code model contains "OptiPlex": true (OptiPlex 7090)}. */
    default List<String> explain(FactValues values) {
        List<String> lines = new ArrayList<>();
        ComparisonWords.add(this, values, lines);
        return lines;
    }

    /** Matches every device. */
    record Always() implements Condition {
        @Override
        public Truth evaluate(FactValues values) {
            return Truth.TRUE;
        }

        @Override
        public String toString() {
            return "always";
        }
    }

    /**
     * Ends at the first part that is false: an unknown one before it no longer matters.
     *
     * @param parts two or more
     */
    record And(List<Condition> parts) implements Condition {
        public And {
            parts = List.copyOf(parts);
        }

        @Override
        public Truth evaluate(FactValues values) {
            Truth all = Truth.TRUE;
            for (int i = 0; i < parts.size() && all != Truth.FALSE; i++) {
                all = all.and(parts.get(i).evaluate(values));
            }
            return all;
        }

        @Override
        public String toString() {
            return parts.stream()
                    .map(part -> bracketed(part, part instanceof Or || part instanceof And))
                    .collect(Collectors.joining(" and "));
        }
    }

    /**
     * Ends at the first part that is true, as {@link And} does at one that is false.
     *
     * @param parts two or more
     */
    record Or(List<Condition> parts) implements Condition {
        public Or {
            parts = List.copyOf(parts);
        }

        @Override
        public Truth evaluate(FactValues values) {
            Truth any = Truth.FALSE;
            for (int i = 0; i < parts.size() && any != Truth.TRUE; i++) {
                any = any.or(parts.get(i).evaluate(values));
            }
            return any;
        }

        @Override
        public String toString() {
            return parts.stream()
                    .map(part -> bracketed(part, part instanceof Or))
                    .collect(Collectors.joining(" or "));
        }
    }

    record Not(Condition part) implements Condition {
        @Override
        public Truth evaluate(FactValues values) {
            return part.evaluate(values).not();
        }

        @Override
        public String toString() {
            return "not " + bracketed(part, part instanceof Or || part instanceof And || part instanceof Comparison);
        }
    }

    private static String bracketed(Condition condition, boolean brackets) {
        return brackets ? "(" + condition + ")" : condition.toString();
    }
}
