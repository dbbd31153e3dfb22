package firstlight.policy;

import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;

/**
 * What the configuration says: it stands behind the server's level of the {@link RuleBook}.
 *
 * @param prompt what a firmware shows while it waits for the hotkey (ASCII)
 * @param values the last resort; what is empty here has the usual value of docs/configuration.md
 */
public record Settings(NewDevices newDevices, String prompt, PolicyValues values, Limits limits) {}
