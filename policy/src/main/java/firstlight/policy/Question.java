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

    public Question {
        shown = Set.copyOf(shown);
        candidates = List.copyOf(candidates);
        why = List.copyOf(why);
    }
}
