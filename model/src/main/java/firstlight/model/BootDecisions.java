package firstlight.model;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** The one seam between the servers that a firmware meets and whoever decides. Called many times a boot: idempotent. */
public interface BootDecisions {
    /** The limited check at the first packet. {@code facts} hold what DHCP shows: MAC, UUID, architecture, subnet. */
    FirstAnswer firstAnswer(Facts facts, Instant now);

    /**
     * The same for a PC that is known, without waiting for anything. Empty for one that has to be remembered first: that is written down, and takes
     * its time.
     */
    default Optional<FirstAnswer> promptAnswer(Facts facts, Instant now) {
        return Optional.of(firstAnswer(facts, now));
    }

    /** One answer for each of {@code facts}, in their order; those that are new are remembered together. */
    default List<FirstAnswer> firstAnswers(List<Facts> facts, Instant now) {
        return facts.stream().map(each -> firstAnswer(each, now)).toList();
    }

    /** The limited check with all preboot facts. Opens, or finds again, the device's transaction. */
    PrebootAnswer prebootAnswer(Facts facts, Instant now);
}
