package firstlight.engine;

import firstlight.engine.Requests.Request;
import java.time.Duration;
import java.util.Optional;

/** Whether one disk answers. Knows no disk, clock or thread; is told once a second how things stand. */
sealed interface DiskSilence {
    /** Linux gives a SATA disk 30 s for a request, and then resets it: that is over before anybody is told. */
    Duration TOLD_EVERY = Duration.ofMinutes(1);

    /** A RAID controller that resets, or a path that fails over, takes minutes. */
    Duration PATIENCE = Duration.ofMinutes(10);

    /** Of the time between two looks no more counts: a PC that was suspended is no disk that hangs. */
    Duration LONGEST_LOOK = Duration.ofSeconds(5);

    DiskSilence ANSWERS = new Watched(0, Optional.empty(), Duration.ZERO, Duration.ZERO);

    /**
     * @param ended what had ended at the last look, for whomever
     * @param looked when that was, in nanoseconds; empty before the first
     * @param silent for how long it has work and nothing ended
     * @param told of how much of that somebody was told
     */
    record Watched(long ended, Optional<Long> looked, Duration silent, Duration told) implements DiskSilence {}

    /** The work was ended. It is not waited for any more. */
    record GivenUp() implements DiskSilence {}

    /**
     * How things stand.
     *
     * @param busy whether the disk was asked for anything that it has not answered
     * @param ended a count that grows with every answer
     * @param failed whether the last answer was an error
     * @param request one that was not answered; empty when only the kernel or a tool knows it
     */
    record Look(boolean busy, long ended, boolean failed, Optional<Request> request) {}

    /** What somebody should hear. */
    sealed interface Effect {}

    record NotAnswering(Duration silent, Optional<Request> request) implements Effect {}

    /** @param failed with an error, which the work tells itself */
    record AnswersAgain(Duration silent, boolean failed) implements Effect {}

    record GivesUp(Duration silent, Optional<Request> request) implements Effect {}

    record Step(DiskSilence state, Optional<Effect> effect) {}

    /**
     * @param patience after so long without an answer the work is given up; at least {@link #TOLD_EVERY}
     * @param nanoTime of a clock that is never set
     * @return the state for the next look, and what somebody should hear now
     */
    static Step step(DiskSilence state, Look look, Duration patience, long nanoTime) {
        return switch (state) {
            case GivenUp _ -> new Step(state, Optional.empty());
            case Watched watched -> step(watched, look, patience, nanoTime);
        };
    }

    private static Step step(Watched before, Look look, Duration patience, long nanoTime) {
        Duration since = before.looked()
                .map(looked -> Duration.ofNanos(nanoTime - looked))
                .orElse(Duration.ZERO);
        Duration silent = before.silent().plus(since.compareTo(LONGEST_LOOK) < 0 ? since : LONGEST_LOOK);
        Optional<Long> now = Optional.of(nanoTime);
        if (!look.busy() || look.ended() != before.ended()) {
            Optional<Effect> effect =
                    before.told().isZero() ? Optional.empty() : Optional.of(new AnswersAgain(silent, look.failed()));
            return new Step(new Watched(look.ended(), now, Duration.ZERO, Duration.ZERO), effect);
        }
        if (silent.compareTo(patience) >= 0) {
            return new Step(new GivenUp(), Optional.of(new GivesUp(silent, look.request())));
        }
        if (silent.minus(before.told()).compareTo(TOLD_EVERY) >= 0) {
            return new Step(
                    new Watched(look.ended(), now, silent, silent),
                    Optional.of(new NotAnswering(silent, look.request())));
        }
        return new Step(new Watched(look.ended(), now, silent, before.told()), Optional.empty());
    }

    /** {@code seconds} of the kernel command line: 60 to 86400; empty when that is none. */
    static Optional<Duration> patience(String seconds) {
        return Optional.of(seconds)
                .filter(text -> text.matches("\\d{2,5}"))
                .map(text -> Duration.ofSeconds(Long.parseLong(text)))
                .filter(time -> time.compareTo(TOLD_EVERY) >= 0 && time.compareTo(Duration.ofDays(1)) <= 0);
    }
}
