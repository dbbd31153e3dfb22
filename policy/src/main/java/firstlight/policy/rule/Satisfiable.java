package firstlight.policy.rule;

import firstlight.policy.rule.Contradiction.Literal;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** Whether one value of a fact can meet some comparisons and not meet others. Says no only when it is sure. */
final class Satisfiable {
    private Satisfiable() {}

    /**
     * @param positive what the value must meet; may be empty
     * @param negative what it must not meet; {@code !=} stands here as {@code =}
     */
    static boolean oneValue(Fact fact, List<Literal> positive, List<Literal> negative) {
        return switch (fact.kind()) {
            case BYTES, COUNT -> number(positive, negative);
            case NETWORK -> network(positive, negative);
            case WORD -> text(fact, fact.words(), positive, negative);
            case TEXT -> {
                Set<String> candidates = candidates(positive);
                yield candidates.isEmpty() ? openText(positive, negative) : text(fact, candidates, positive, negative);
            }
        };
    }

    /** The few texts that it can be, because one comparison names them; empty when none does. */
    private static Set<String> candidates(List<Literal> positive) {
        for (Literal literal : positive) {
            Operator operator = literal.comparison().operator();
            if ((operator == Operator.EQUAL || operator == Operator.IN)
                    && literal.comparison().operand() instanceof Operand.Texts texts) {
                return new HashSet<>(texts.small());
            }
        }
        return Set.of();
    }

    /** Each candidate is tried. */
    private static boolean text(Fact fact, Set<String> candidates, List<Literal> positive, List<Literal> negative) {
        return candidates.stream().anyMatch(candidate -> {
            String[] value = {candidate};
            return positive.stream().allMatch(literal -> meets(fact, literal, value))
                    && negative.stream().noneMatch(literal -> meets(fact, literal, value));
        });
    }

    private static boolean meets(Fact fact, Literal literal, String[] value) {
        return literal.comparison().evaluate(FactValues.just(fact, value)) == Truth.TRUE;
    }

    /** Beginnings and ends must go together, and what must be inside must not be what must not. */
    private static boolean openText(List<Literal> positive, List<Literal> negative) {
        for (int i = 0; i < positive.size(); i++) {
            for (int j = i + 1; j < positive.size(); j++) {
                if (clash(positive.get(i).comparison(), positive.get(j).comparison())) {
                    return false;
                }
            }
            Comparison must = positive.get(i).comparison();
            if (negative.stream().anyMatch(literal -> implies(must, literal.comparison()))) {
                return false;
            }
        }
        return true;
    }

    /** Whether no text can meet both; only of two of the same operator that is said. */
    private static boolean clash(Comparison one, Comparison other) {
        if (one.operator() != other.operator()) {
            return false;
        }
        String first = text(one);
        String second = text(other);
        return switch (one.operator()) {
            case STARTS_WITH -> !first.startsWith(second) && !second.startsWith(first);
            case ENDS_WITH -> !first.endsWith(second) && !second.endsWith(first);
            default -> false;
        };
    }

    /** Whether every text that meets {@code one} meets {@code other}. */
    private static boolean implies(Comparison one, Comparison other) {
        if (one.equals(other)) {
            return true;
        }
        String has = text(one);
        String wants = text(other);
        if (has.isEmpty() || wants.isEmpty()) {
            return false;
        }
        return switch (other.operator()) {
            case CONTAINS -> has.contains(wants);
            case STARTS_WITH -> one.operator() == Operator.STARTS_WITH && has.startsWith(wants);
            case ENDS_WITH -> one.operator() == Operator.ENDS_WITH && has.endsWith(wants);
            default -> false;
        };
    }

    /** In small letters; empty when it is no plain text. */
    private static String text(Comparison comparison) {
        return comparison.operand() instanceof Operand.Texts texts
                ? texts.small().getFirst()
                : "";
    }

    /** Bounds, and what is named; the values around each bound are tried. */
    private static boolean number(List<Literal> positive, List<Literal> negative) {
        Set<Long> tried = new TreeSet<>(List.of(0L, Long.MAX_VALUE));
        List<Literal> all = new ArrayList<>(positive);
        all.addAll(negative);
        for (Literal literal : all) {
            if (literal.comparison().operand() instanceof Operand.Numbers numbers) {
                for (long value : numbers.values()) {
                    tried.add(value);
                    tried.add(Math.max(0, value - 1));
                    tried.add(value == Long.MAX_VALUE ? value : value + 1);
                }
            }
        }
        return tried.stream()
                .anyMatch(value -> positive.stream()
                                .allMatch(literal -> literal.comparison().holdsNumber(value))
                        && negative.stream()
                                .noneMatch(literal -> literal.comparison().holdsNumber(value)));
    }

    /** Networks lie in each other or apart: the smallest that is asked for decides, unless it is shut out whole. */
    private static boolean network(List<Literal> positive, List<Literal> negative) {
        if (positive.isEmpty()) {
            return true;
        }
        List<List<Long>> wanted =
                positive.stream().map(literal -> packed(literal.comparison())).toList();
        for (long candidate : wanted.stream().flatMap(List::stream).toList()) {
            boolean inAll = positive.stream().allMatch(literal -> mayLie(candidate, literal.comparison()));
            boolean exact =
                    positive.stream().anyMatch(literal -> literal.comparison().operator() == Operator.EQUAL);
            boolean shutOut = negative.stream().anyMatch(literal -> mustLie(candidate, exact, literal.comparison()));
            if (inAll && !shutOut) {
                return true;
            }
        }
        return false;
    }

    /** Whether {@code candidate} itself, or something in it, can meet {@code comparison}. */
    private static boolean mayLie(long candidate, Comparison comparison) {
        return packed(comparison).stream()
                .anyMatch(network -> comparison.operator() == Operator.IN
                        ? Comparison.isWithin(candidate, network)
                        : candidate == network);
    }

    /** Whether everything in {@code candidate} meets {@code comparison}. */
    private static boolean mustLie(long candidate, boolean exact, Comparison comparison) {
        return packed(comparison).stream()
                .anyMatch(network -> comparison.operator() == Operator.IN
                        ? Comparison.isWithin(candidate, network)
                        : exact && candidate == network);
    }

    private static List<Long> packed(Comparison comparison) {
        return comparison.operand() instanceof Operand.Networks networks ? networks.packed() : List.of();
    }
}
