package firstlight.policy;

import firstlight.model.Facts;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which device is this? Asked of a person when marks contradict each other.
 *
 * @param shown the marks that the PC shows; one question is open per set of them
 * @param facts everything that it showed
 * @param asked the device that was registered for it before the doubt arose; 0 for none
 * @param candidates the devices that it could be, likeliest first
 * @param why one line a candidate
 */
public record Question(
        long id,
        Set<IdentityKey> shown,
        Facts facts,
        long asked,
        List<Long> candidates,
        List<String> why,
        Optional<Answer> answer,
        Instant opened,
        Instant lastSeen) {
    /** What a person said. */
    public sealed interface Answer {
        /** It is that device: what it shows is kept among the device's marks. */
        record Is(long device) implements Answer {}

        /** It is none of them: it becomes (or stays) a device of its own. */
        record New() implements Answer {}
    }

    /** What follows from an answer, for the repository to keep in one transaction with it. */
    public sealed interface Outcome {
        /** {@code device} is kept; the device numbered {@code merged} was the same PC and goes; 0 for none. */
        record Keep(Device device, long merged) implements Outcome {}

        /** A device of its own, with {@code marks}. */
        record Register(NewDevice wanted, Set<IdentityKey> marks) implements Outcome {}
    }

    /**
     * @param device the one that the answer names, or for a new one the one in {@link #asked}; empty when there is none
     */
    public Outcome outcome(Answer given, Optional<Device> device, Instant now) {
        if (device.isEmpty()) {
            return new Outcome.Register(NewDevice.of(facts, Registration.REGISTERED), Identity.withoutWritten(shown));
        }
        Device known = device.get();
        Device kept = known.withFacts(known.facts().mergedWith(facts), now).withMarks(Identity.withoutWritten(shown));
        return switch (given) {
            case Answer.Is(long id) -> new Outcome.Keep(kept, id == asked ? 0 : asked);
            case Answer.New _ -> new Outcome.Keep(kept, 0);
        };
    }

    /** One that is open, of a PC that shows {@code shown} now. */
    static Question open(
            Set<IdentityKey> shown, Facts facts, long asked, List<Device> candidates, List<String> why, Instant now) {
        return new Question(
                0, shown, facts, asked, candidates.stream().map(Device::id).toList(), why, Optional.empty(), now, now);
    }

    public Question {
        shown = Set.copyOf(shown);
        candidates = List.copyOf(candidates);
        why = List.copyOf(why);
    }
}
