package firstlight.policy;

import firstlight.policy.rule.Truth;
import firstlight.policy.work.Beginning;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkQueue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Is there work? The limited check before an operating system runs, and the detailed one that the engine asks for. */
final class WorkCheck {
    private final WorkQueue queue;
    private final Limits limits;

    WorkCheck(WorkQueue queue, Limits limits) {
        this.queue = queue;
        this.limits = limits;
    }

    /** An answer of the limited check, with its reasons. */
    record Limited(Truth work, List<String> reasons) {}

    /** For a PC that is one of {@code candidates}; changes nothing. */
    Limited limited(List<Candidate> candidates, Instant now) {
        List<String> reasons = new ArrayList<>();
        Optional<Truth> answer = Optional.empty();
        for (Candidate candidate : candidates) {
            Device device = candidate.device();
            Optional<Work> work = queue.current(device.id(), now);
            Optional<String> exhausted = work.flatMap(found -> found.exhausted(maxAttempts(candidate)));
            reasons.add(work.map(found -> exhausted.orElseGet(() -> assigned(found, device)))
                    .orElseGet(() -> "no work is assigned to '" + device.name() + "'"));
            Truth one = Truth.of(work.isPresent() && exhausted.isEmpty());
            answer = Optional.of(answer.map(former -> former.orElse(one)).orElse(one));
        }
        return new Limited(answer.orElse(Truth.FALSE), reasons);
    }

    /** Gives up work that was begun too often, so that a failing PC does not boot into it for ever. */
    Optional<Work> giveUpIfExhausted(Candidate candidate, Instant now) {
        Optional<Work> givenUp = queue.current(candidate.device().id(), now)
                .flatMap(work -> work.exhausted(maxAttempts(candidate)).map(why -> work.givenUp(why, now)));
        givenUp.ifPresent(queue::keep);
        return givenUp;
    }

    /** The work that the engine of {@code transaction} is to do now; empty when there is none. */
    Optional<Beginning> begin(Candidate candidate, long transaction, Instant now) {
        return queue.current(candidate.device().id(), now)
                .filter(work -> work.transaction() == transaction
                        || work.exhausted(maxAttempts(candidate)).isEmpty())
                .map(work -> queue.begin(work, transaction, limits, now));
    }

    private static int maxAttempts(Candidate candidate) {
        return candidate.policy().maxAttempts().value();
    }

    private static String assigned(Work work, Device device) {
        return work.describe() + " is assigned to '" + device.name() + "'";
    }
}
