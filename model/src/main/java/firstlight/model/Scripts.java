package firstlight.model;

import java.util.Optional;

/** What runs before work and after it; a missing one leaves it to the next level. */
public record Scripts(Optional<WorkScript> before, Optional<WorkScript> after) {
    public static final Scripts NONE = new Scripts(Optional.empty(), Optional.empty());

    public boolean isEmpty() {
        return before.isEmpty() && after.isEmpty();
    }

    /** These, and where one is missing the one of {@code next}. */
    public Scripts or(Scripts next) {
        return new Scripts(before.or(next::before), after.or(next::after));
    }

    /** Those that are to run: without empty ones. */
    public Scripts toRun() {
        return new Scripts(before.filter(script -> !script.isEmpty()), after.filter(script -> !script.isEmpty()));
    }

    /** {@code , before it check.sh, after it name.sh}; empty for none. */
    public String words() {
        return before.map(script -> ", before it " + script.name()).orElse("")
                + after.map(script -> ", after it " + script.name()).orElse("");
    }
}
