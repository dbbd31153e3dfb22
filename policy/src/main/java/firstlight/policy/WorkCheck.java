package firstlight.policy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Is there work? The limited check before an operating system runs, and the detailed one that the engine asks for. */
final class WorkCheck {
    private final WorkQueue queue;
    private final int maxAttempts;

    WorkCheck(WorkQueue queue, int maxAttempts) {
        this.queue = queue;
        this.maxAttempts = maxAttempts;
    }

    /** An answer of the limited check, with its reasons. */
    record Limited(Truth work, List<String> reasons) {}

    /** For a PC that is one of {@code candidates}; changes nothing. */
    Limited limited(List<Device> candidates) {
        List<String> reasons = new ArrayList<>();
        Optional<Truth> answer = Optional.empty();
        for (Device device : candidates) {
            Optional<Work> work = queue.current(device.id());
            Optional<String> exhausted = work.flatMap(found -> found.exhausted(maxAttempts));
            reasons.add(work.map(found -> exhausted.orElseGet(() -> assigned(found, device)))
                    .orElseGet(() -> "no work is assigned to '" + device.name() + "'"));
            Truth one = Truth.of(work.isPresent() && exhausted.isEmpty());
            answer = Optional.of(answer.map(former -> former.orElse(one)).orElse(one));
        }
        return new Limited(answer.orElse(Truth.FALSE), reasons);
    }

    /** Gives up work that was begun too often, so that a failing PC does not boot into it for ever. */
    Optional<Work> giveUpIfExhausted(Device device, Instant now) {
        Optional<Work> givenUp = queue.current(device.id())
                .flatMap(work -> work.exhausted(maxAttempts).map(why -> work.givenUp(why, now)));
        givenUp.ifPresent(queue::keep);
        return givenUp;
    }

    /** The work that the engine of {@code transaction} is to do now; it counts as begun. */
    Optional<Work> begin(Device device, long transaction, Instant now) {
        Optional<Work> begun = queue.current(device.id())
                .filter(work -> work.transaction() == transaction
                        || work.exhausted(maxAttempts).isEmpty())
                .map(work -> work.begun(transaction, now));
        begun.ifPresent(queue::keep);
        return begun;
    }

    private static String assigned(Work work, Device device) {
        return work.describe() + " is assigned to '" + device.name() + "'";
    }
}
