package firstlight.model;

import java.time.Instant;
import java.util.List;

/** The one seam between the servers that a firmware meets and whoever decides. Called many times a boot: idempotent. */
public interface BootDecisions {
    /** The limited check at the first packet. {@code facts} hold what DHCP shows: MAC, UUID, architecture, subnet. */
    FirstAnswer firstAnswer(Facts facts, Instant now);

    /** What can be said of a PC without waiting for anything. */
    sealed interface Prompt {
        FirstAnswer answer();

        /** Of one that is known. */
        record Settled(FirstAnswer answer) implements Prompt {}

        /** Of one that nobody knows: what it gets when it is remembered, unless others come between. {@link #firstAnswers} remembers it. */
        record Provisional(FirstAnswer answer) implements Prompt {}
    }

    /** The same check, at once: what would have to be written down first is not, since that takes its time. */
    default Prompt promptAnswer(Facts facts, Instant now) {
        return new Prompt.Settled(firstAnswer(facts, now));
    }

    /** One answer for each of {@code facts}, in their order; those that are new are remembered together. */
    default List<FirstAnswer> firstAnswers(List<Facts> facts, Instant now) {
        return facts.stream().map(each -> firstAnswer(each, now)).toList();
    }

    /** The limited check with all preboot facts. Opens, or finds again, the device's transaction. */
    PrebootAnswer prebootAnswer(Facts facts, Instant now);
}
