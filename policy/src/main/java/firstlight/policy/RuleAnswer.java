package firstlight.policy;

import firstlight.policy.rule.Rule;
import firstlight.policy.rule.Truth;

/**
 * What one rule says of one device.
 *
 * @param gives whether the device would get its work, as far as this rule goes
 * @param why in words
 */
public record RuleAnswer(Rule rule, Truth truth, boolean gives, String why) {}
