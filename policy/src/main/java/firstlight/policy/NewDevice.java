package firstlight.policy;

import firstlight.model.Facts;
import firstlight.policy.level.Group;
import firstlight.policy.level.NamingPattern;
import java.util.Optional;

/**
 * A device that is to be registered.
 *
 * @param name as a person gave it; when empty or taken, {@code naming} finds one, else the MAC
 * @param naming the pattern for names of new devices
 */
public record NewDevice(
        Facts facts, Registration registration, long group, Optional<String> name, NamingPattern naming, String note) {
    /** Named as {@code group}, or what stands above it, says, unless a person gave it a {@code name}. */
    public static NewDevice in(
            long group,
            Facts facts,
            Registration registration,
            Optional<String> name,
            String note,
            RuleBook book,
            Settings settings) {
        NamingPattern naming =
                EffectivePolicy.ofNew(group, book, settings).naming().value();
        return new NewDevice(facts, registration, group, name, naming, note);
    }

    /** In no group, named by its MAC. */
    public static NewDevice of(Facts facts, Registration registration) {
        return new NewDevice(facts, registration, Group.NONE, Optional.empty(), NamingPattern.USUAL, "");
    }
}
