package firstlight.policy.rule;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * Finds conditions that no device can ever meet: an {@code or} of {@code and}s is looked at one {@code and} at a time, and in
 * each the comparisons of one fact against each other. What is refused is surely impossible; what passes may be so still.
 */
final class Contradiction {
    /** More than this many {@code and}s are not looked at. */
    // The ways multiply: twenty brackets of two each, joined by 'and', have a million.
    private static final int MOST = 2_000;

    private Contradiction() {}

    /** A comparison that has to be true, or has to be not true. */
    record Literal(Comparison comparison, boolean positive) {
        @Override
        public String toString() {
            return positive ? comparison.toString() : "not (" + comparison + ")";
        }
    }

    /** What contradicts what, in words; empty when nothing is found. */
    static String in(Condition condition) {
        List<List<Literal>> ways = ways(condition, true);
        String first = "";
        for (List<Literal> way : ways) {
            String why = impossible(way);
            if (why.isEmpty()) {
                return "";
            }
            first = first.isEmpty() ? why : first;
        }
        return ways.isEmpty() ? "'not always' matches nothing" : first;
    }

    /** The ways in which {@code condition} can be {@code positive}: of each, what must be so at the same time. */
    private static List<List<Literal>> ways(Condition condition, boolean positive) {
        return switch (condition) {
            case Condition.Always _ -> positive ? List.of(List.of()) : List.of();
            case Condition.Not(Condition part) -> ways(part, !positive);
            case Condition.And(List<Condition> parts) -> positive ? all(parts, true) : any(parts, false);
            case Condition.Or(List<Condition> parts) -> positive ? any(parts, true) : all(parts, false);
            case Comparison comparison -> List.of(List.of(literal(comparison, positive)));
        };
    }

    private static Literal literal(Comparison comparison, boolean positive) {
        return comparison.operator() == Operator.NOT_EQUAL
                // So that a = x and a != x meet as one comparison that must, and must not, be true.
                ? new Literal(new Comparison(comparison.fact(), Operator.EQUAL, comparison.operand()), !positive)
                : new Literal(comparison, positive);
    }

    private static List<List<Literal>> any(List<Condition> parts, boolean positive) {
        List<List<Literal>> any = new ArrayList<>();
        parts.forEach(part -> any.addAll(ways(part, positive)));
        return any;
    }

    private static List<List<Literal>> all(List<Condition> parts, boolean positive) {
        List<List<Literal>> all = List.of(List.of());
        for (Condition part : parts) {
            List<List<Literal>> next = ways(part, positive);
            if ((long) all.size() * next.size() > MOST) {
                return List.of(List.of()); // taken as possible
            }
            List<List<Literal>> product = new ArrayList<>(all.size() * next.size());
            for (List<Literal> one : all) {
                for (List<Literal> other : next) {
                    List<Literal> both = new ArrayList<>(one);
                    both.addAll(other);
                    product.add(both);
                }
            }
            all = product;
        }
        return all;
    }

    private static String impossible(List<Literal> way) {
        Map<Fact, List<Literal>> byFact = way.stream()
                .collect(Collectors.groupingBy(
                        literal -> literal.comparison().fact(), () -> new EnumMap<>(Fact.class), Collectors.toList()));
        for (Map.Entry<Fact, List<Literal>> entry : byFact.entrySet()) {
            String why = impossible(entry.getKey(), entry.getValue());
            if (!why.isEmpty()) {
                return why;
            }
        }
        return "";
    }

    private static String impossible(Fact fact, List<Literal> literals) {
        List<Literal> positive = literals.stream().filter(Literal::positive).toList();
        List<Literal> negative =
                literals.stream().filter(literal -> !literal.positive()).toList();
        boolean mustLack =
                negative.stream().anyMatch(literal -> literal.comparison().operator() == Operator.IS_KNOWN);
        if (mustLack && !positive.isEmpty()) {
            return words(fact, literals);
        }
        List<Literal> values = positive.stream()
                .filter(literal -> literal.comparison().operator() != Operator.IS_KNOWN)
                .toList();
        if (fact.isSingle()) {
            // with nothing that asks for a value, a device that lacks the fact will do
            return positive.isEmpty() || Satisfiable.oneValue(fact, values, negative) ? "" : words(fact, literals);
        }
        for (Literal each : values) { // each can be met by another value, but none of them by what must not be
            if (!Satisfiable.oneValue(fact, List.of(each), negative)) {
                return words(fact, literals);
            }
        }
        return "";
    }

    private static String words(Fact fact, List<Literal> literals) {
        String all = literals.stream().map(Literal::toString).distinct().collect(Collectors.joining(" and "));
        if (literals.size() == 1) {
            return "no " + fact.key() + " is so that " + all;
        }
        return all + (fact.isSingle() ? " (a device has one " + fact.key() + ")" : "");
    }
}
