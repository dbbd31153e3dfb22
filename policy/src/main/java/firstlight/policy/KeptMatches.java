package firstlight.policy;

import firstlight.model.Facts;
import firstlight.policy.rule.FactValues;
import java.util.Optional;

/** The {@link RuleMatches} of each device that asked, kept until its facts, its group or the rule book change. */
final class KeptMatches {
    private final KeptByDevice<Kept> kept;

    /**
     * @param facts the device's own
     * @param shown by the PC; merged with its own only when either is new
     */
    private record Kept(long device, long group, Facts facts, Facts shown, RuleMatches matches) {
        boolean isOf(Device asked, Facts shows) {
            return device == asked.id() && group == asked.group() && facts.equals(asked.facts()) && shown.equals(shows);
        }
    }

    KeptMatches() {
        this(KeptByDevice.PLACES);
    }

    /** @param places how many devices are remembered at most */
    KeptMatches(int places) {
        this.kept = new KeptByDevice<>(places);
    }

    /** For the limited check: of {@code device}, which shows {@code shown} now. */
    RuleMatches of(Device device, Facts shown, RuleBook book) {
        Optional<Kept> before = kept.of(device.id(), book);
        if (before.isPresent() && before.get().isOf(device, shown)) {
            return before.get().matches;
        }
        RuleMatches fresh = RuleMatches.of(FactValues.of(device.facts().mergedWith(shown)), book.rulesFor(device));
        kept.keep(device.id(), book, new Kept(device.id(), device.group(), device.facts(), shown, fresh));
        return fresh;
    }
}
