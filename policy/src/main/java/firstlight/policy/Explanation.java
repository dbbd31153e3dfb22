package firstlight.policy;

import firstlight.model.FirstAnswer;
import java.util.List;

/**
 * What a device would get on its next boot, and why.
 *
 * @param group the path of its group; empty for none
 * @param identity who its own facts say it is: itself, unless marks of it were cloned or have wandered
 * @param answer to its first packet, with the reasons
 * @param rules all that hang at its levels, in their order
 * @param policy the effective values, each with its origin
 */
public record Explanation(
        String group, Recognition identity, FirstAnswer answer, List<RuleAnswer> rules, EffectivePolicy policy) {
    public Explanation {
        rules = List.copyOf(rules);
    }
}
