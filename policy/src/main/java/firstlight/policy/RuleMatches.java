package firstlight.policy;

import firstlight.policy.rule.FactValues;
import firstlight.policy.rule.Rule;
import firstlight.policy.rule.Truth;
import java.util.ArrayList;
import java.util.List;

/**
 * What the conditions say of one device, down to the first that is true. Follows from facts and rules alone, neither from work
 * nor from time, so it can be {@linkplain KeptMatches kept}.
 *
 * @param matches the rules that match or may, in their order
 * @param without what is said when none of them gives work; nothing when the device has no rules
 */
record RuleMatches(List<Match> matches, List<String> without) {
    /**
     * @param truth true or unknown
     * @param reason in words, with what was compared
     */
    record Match(Rule rule, Truth truth, String reason) {}

    RuleMatches {
        matches = List.copyOf(matches);
        without = List.copyOf(without);
    }

    static RuleMatches of(FactValues values, List<Rule> rules) {
        List<Match> matches = new ArrayList<>();
        int enabled = 0;
        for (Rule rule : rules) {
            if (!rule.enabled()) {
                continue;
            }
            enabled++;
            Truth truth = rule.condition().evaluate(values);
            if (truth != Truth.FALSE) {
                matches.add(new Match(rule, truth, reason(rule, truth, values)));
            }
            if (truth == Truth.TRUE) {
                break; // whether or not it gives work: no later rule counts
            }
        }
        return new RuleMatches(
                matches, enabled == 0 ? List.of() : List.of("none of its " + enabled + " rules gives work"));
    }

    private static String reason(Rule rule, Truth truth, FactValues values) {
        return rule.describe()
                + (truth == Truth.TRUE ? " matched: " : " cannot be decided yet: ")
                + String.join(", ", rule.condition().explain(values));
    }
}
