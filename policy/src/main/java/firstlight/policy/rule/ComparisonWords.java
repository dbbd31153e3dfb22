package firstlight.policy.rule;

import java.util.List;
import java.util.Locale;

/** Comparisons in words. */
final class ComparisonWords {
    private ComparisonWords() {}

    /** One line for each comparison, in the order of the text; what a {@code not} makes of one is not said. */
    static void add(Condition condition, FactValues values, List<String> lines) {
        switch (condition) {
            case Condition.Always _ -> lines.add("always: true");
            case Condition.And(List<Condition> parts) -> parts.forEach(part -> add(part, values, lines));
            case Condition.Or(List<Condition> parts) -> parts.forEach(part -> add(part, values, lines));
            case Condition.Not(Condition part) -> add(part, values, lines);
            case Comparison comparison -> lines.add(words(comparison, values));
        }
    }

    private static String words(Comparison comparison, FactValues values) {
        Truth truth = comparison.evaluate(values);
        String shown;
        if (values.has(comparison.fact())) {
            shown = String.join(", ", values.shown(comparison.fact()));
        } else {
            shown = values.isComplete() ? "it has none" : "not known yet";
        }
        return comparison + ": " + truth.name().toLowerCase(Locale.ROOT) + " (" + shown + ")";
    }
}
