package firstlight.policy.rule;

import java.util.List;

/**
 * One fact against one operand: true when it holds for one of the fact's values. Evaluated for a device's first packet, once for each of
 * its rules: loops by index, no streams.
 *
 * @param operand of the kind that {@code fact} wants: {@link ConditionParser} lets no other through
 */
record Comparison(Fact fact, Operator operator, Operand operand) implements Condition {
    @Override
    public Truth evaluate(FactValues values) {
        if (operator == Operator.IS_KNOWN || !values.has(fact)) {
            return values.has(fact) ? Truth.TRUE : absent(values);
        }
        return switch (operand) {
            case Operand.Nothing _ -> Truth.TRUE;
            // != asks that none of the values is equal, not that one of them is another.
            case Operand.Texts texts -> Truth.of(holds(values.texts(fact), texts.small()) != negative());
            case Operand.Expression expression -> Truth.of(matches(values.texts(fact), expression));
            case Operand.Numbers numbers ->
                Truth.of(holdsNumbers(values.numbers(fact), numbers.values()) != negative());
            case Operand.Networks networks ->
                Truth.of(holdsNetworks(values.numbers(fact), networks.packed()) != negative());
        };
    }

    /** At a device that lacks the fact every comparison is false, but {@code !=} is the opposite of {@code =}. */
    private Truth absent(FactValues values) {
        return values.isComplete() ? Truth.of(negative()) : Truth.UNKNOWN;
    }

    private boolean negative() {
        return operator == Operator.NOT_EQUAL;
    }

    private boolean holds(String[] values, List<String> wanted) {
        for (String value : values) {
            for (int i = 0; i < wanted.size(); i++) {
                if (holds(value, wanted.get(i))) {
                    return true;
                }
            }
        }
        return false;
    }

    /** {@code value} and {@code wanted} in small letters. */
    private boolean holds(String value, String wanted) {
        return switch (operator) {
            case EQUAL, NOT_EQUAL, IN -> value.equals(wanted);
            case CONTAINS -> value.contains(wanted);
            case STARTS_WITH -> value.startsWith(wanted);
            case ENDS_WITH -> value.endsWith(wanted);
            case LESS, AT_MOST, MORE, AT_LEAST, MATCHES, IS_KNOWN -> throw impossible();
        };
    }

    private static boolean matches(String[] values, Operand.Expression expression) {
        for (String value : values) {
            if (BoundedText.matches(expression.pattern(), value)) {
                return true;
            }
        }
        return false;
    }

    /**
     * For {@link Satisfiable}, which tries values that no device has; never
     * of {@code !=}, which {@link Contradiction} turned round before.
     */
    boolean holdsNumber(long value) {
        return operand instanceof Operand.Numbers numbers && holdsNumbers(new long[] {value}, numbers.values());
    }

    private boolean holdsNumbers(long[] values, List<Long> wanted) {
        for (long value : values) {
            for (int i = 0; i < wanted.size(); i++) {
                if (holds(value, wanted.get(i))) {
                    return true;
                }
            }
        }
        return false;
    }

    private boolean holds(long value, long wanted) {
        return switch (operator) {
            case EQUAL, NOT_EQUAL, IN -> value == wanted;
            case LESS -> value < wanted;
            case AT_MOST -> value <= wanted;
            case MORE -> value > wanted;
            case AT_LEAST -> value >= wanted;
            case CONTAINS, STARTS_WITH, ENDS_WITH, MATCHES, IS_KNOWN -> throw impossible();
        };
    }

    private boolean holdsNetworks(long[] values, List<Long> wanted) {
        for (long value : values) {
            for (int i = 0; i < wanted.size(); i++) {
                long network = wanted.get(i);
                if (operator == Operator.IN ? isWithin(value, network) : value == network) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether the address or network {@code inner} lies in {@code outer}; both packed. */
    static boolean isWithin(long inner, long outer) {
        int prefix = (int) (outer & 0xff);
        long mask = prefix == 0 ? 0 : -1L << (32 - prefix);
        return (inner & 0xff) >= prefix && ((inner >>> 8) & mask) == ((outer >>> 8) & mask);
    }

    private AssertionError impossible() {
        return new AssertionError("the parser lets no '" + operator.words() + "' of " + fact.key() + " through");
    }

    @Override
    public String toString() {
        String right = operand.words(fact);
        if (operator == Operator.IN
                && !(operand instanceof Operand.Networks networks
                        && networks.packed().size() == 1)) {
            right = "(" + right + ")";
        }
        return fact.key() + " " + operator.words() + (right.isEmpty() ? "" : " " + right);
    }
}
