package firstlight.policy.work;

import firstlight.model.FactName;
import firstlight.model.Facts;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a PC's network card agreed on with the switch.
 *
 * @param megabits a second
 * @param half one end speaks at a time: today always a disagreement about who negotiates
 */
public record LinkRate(int megabits, boolean half) {
    private static final Pattern FORM = Pattern.compile("(\\d{1,7}) (full|half)");
    private static final int SLOW = 100;

    /** Empty when it is not known: virtual cards have none. */
    public static Optional<LinkRate> of(Facts facts) {
        return facts.first(FactName.LINK)
                .map(FORM::matcher)
                .filter(Matcher::matches)
                .map(form -> new LinkRate(
                        Integer.parseInt(form.group(1)), form.group(2).equals("half")));
    }

    /**
     * What a person should know of it before hours are lost; empty when it is in order.
     *
     * @param before what the same PC had at an earlier boot
     */
    public Optional<String> trouble(Optional<LinkRate> before) {
        if (half) {
            return Optional.of(
                    "its network link is half duplex (" + this + "): let both ends negotiate, the switch's port too");
        }
        if (before.isPresent() && megabits < before.get().megabits()) {
            return Optional.of("its network link runs at " + this + ", at an earlier boot it was " + before.get()
                    + ": look at the cable (a gigabit needs all four pairs) and the switch's port");
        }
        return megabits > SLOW
                ? Optional.empty()
                : Optional.of(
                        "its network link runs at " + this + ", which carries " + megabits / 8
                                + " MB/s at most: look at the cable (a gigabit needs all four pairs), the switch's port and the card");
    }

    /** {@code 1000 Mbit/s}. */
    @Override
    public String toString() {
        return megabits + " Mbit/s";
    }
}
