package firstlight.policy;

import firstlight.policy.rule.FactValues;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.rule.Truth;
import firstlight.policy.work.Session;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkQueue;
import firstlight.policy.work.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** The rules, top down; the first that matches wins. Changes nothing. */
final class RuleCheck {
    /** A PC starts again when its work is done; that boot is not the occasion to do it once more. */
    private static final Duration JUST_DONE = Duration.ofMinutes(15);

    private final WorkQueue queue;
    private final Images images;

    RuleCheck(WorkQueue queue, Images images) {
        this.queue = queue;
        this.images = images;
    }

    /**
     * @param work whether a rule gives work; unknown while it depends on facts that are not known yet
     * @param rule the one that gives it, or may
     */
    record Found(Truth work, Optional<Rule> rule, List<String> reasons) {}

    Found check(Device device, RuleMatches matches, Instant now) {
        boolean maybe = false;
        for (RuleMatches.Match match : matches.matches()) {
            Optional<String> notGiven = notGiven(device, match.rule(), now);
            if (match.truth() == Truth.TRUE && notGiven.isPresent()) {
                return new Found(Truth.FALSE, Optional.empty(), List.of(match.reason() + ", but " + notGiven.get()));
            }
            if (notGiven.isEmpty()) {
                Truth work = maybe ? Truth.UNKNOWN : match.truth();
                return new Found(work, Optional.of(match.rule()), List.of(match.reason()));
            }
            maybe = true; // it would give nothing, but if it matches, no later rule counts
        }
        return new Found(Truth.FALSE, Optional.empty(), matches.without());
    }

    /** Every rule's answer, for people. */
    List<RuleAnswer> all(Device device, FactValues values, List<Rule> rules, Instant now) {
        List<RuleAnswer> answers = new ArrayList<>();
        Optional<Rule> winner = Optional.empty();
        for (Rule rule : rules) {
            Truth truth = rule.condition().evaluate(values);
            Optional<String> notGiven = notGiven(device, rule, now);
            String compared = String.join(", ", rule.condition().explain(values));
            String why;
            if (!rule.enabled()) {
                why = "switched off";
            } else if (winner.isPresent()) {
                why = "not looked at: " + winner.get().describe() + " matched before it";
            } else if (truth == Truth.FALSE) {
                why = "does not match: " + compared;
            } else {
                why = (truth == Truth.TRUE ? "matches: " : "cannot be decided yet: ")
                        + compared
                        + notGiven.map(reason -> "; but " + reason).orElse("");
            }
            boolean counts = rule.enabled() && winner.isEmpty();
            answers.add(new RuleAnswer(rule, truth, counts && truth != Truth.FALSE && notGiven.isEmpty(), why));
            if (counts && truth == Truth.TRUE) {
                winner = Optional.of(rule);
            }
        }
        return answers;
    }

    /** Why {@code device} does not get the work of {@code rule} though it matches: here boot loops end. */
    private Optional<String> notGiven(Device device, Rule rule, Instant now) {
        Optional<Work> latest = queue.latestOfRule(device.id(), rule.id()).filter(work -> isSame(work, rule.task()));
        Optional<WorkState> state = latest.map(Work::state);
        if (state.isPresent()) {
            String work = latest.get().describe();
            switch (state.get()) {
                case FAILED -> {
                    return Optional.of(work + " has failed for good ("
                            + latest.get().outcome() + "); firstlight work retry gives it again");
                }
                case CANCELLED -> {
                    return Optional.of(work + " was cancelled; firstlight work retry gives it again");
                }
                case QUEUED, RUNNING -> {
                    return Optional.of(work + " is in the queue already");
                }
                case DONE -> {
                    // What was done while the clock was ahead is no less long ago, once that is set right.
                    Duration since = Duration.between(latest.get().changed(), now);
                    if (since.abs().compareTo(JUST_DONE) < 0) {
                        return Optional.of(work + " was done just now");
                    }
                }
            }
        }
        if (rule.task() instanceof Task.Join(long number)) {
            Optional<Session> session = queue.session(number);
            if (session.isEmpty() || !session.get().isOpen()) {
                return Optional.of(
                        session.map(Session::describe).orElse("session " + number) + " has ended; make a new one");
            }
        }
        if (rule.repeat() == Repeat.ALWAYS) {
            return Optional.empty();
        }
        if (rule.task() instanceof Task.Restore restore && restore.isWhole()) {
            boolean newer = rule.repeat() == Repeat.NEWER;
            Possession.Newest meant = newer ? Possession.Newest.OR_NEWER : Possession.Newest.ANY_VERSION;
            return Possession.of(device, restore, meant, images) == Possession.ALL
                    ? Optional.of("the device has " + Possession.words(device) + " already"
                            + (newer ? newest(device, images.newest(restore.image())) : ""))
                    : Optional.empty();
        }
        return latest.filter(done -> !isOfOtherVersion(done.task(), rule)).map(done -> done.describe() + " was done");
    }

    /** After the loss of a store its images' numbers begin anew: who looks for the cause finds it here. */
    private static String newest(Device device, OptionalInt here) {
        return here.isEmpty()
                ? ", and no version of it is known here"
                : device.lastImage()
                                .map(LastImage::version)
                                .filter(has -> has > here.getAsInt())
                                .isPresent()
                        ? ", and the newest here is version " + here.getAsInt()
                        : "";
    }

    /** Of chosen partitions, which no device's last image tells of. */
    private boolean isOfOtherVersion(Task done, Rule rule) {
        if (!(done instanceof Task.Restore laid) || !(rule.task() instanceof Task.Restore wanted)) {
            return false;
        }
        return wanted.version() != 0
                ? wanted.version() != laid.version()
                : rule.repeat() == Repeat.NEWER && images.newest(wanted.image()).orElse(0) > laid.version();
    }

    /**
     * Whether {@code work} is what a rule with {@code task} gave; its image's version and disk were fixed when it began. Whoever saved the
     * rule again gives it to no PC anew; but what failed as a technician's, since the image is another's, an administrator may want done.
     */
    private static boolean isSame(Work work, Task task) {
        Task done = work.task();
        if (work.state() == WorkState.FAILED
                && done instanceof Task.Capture before
                && task instanceof Task.Capture capture
                && !before.maker().isEmpty()
                && capture.maker().isEmpty()) {
            return false;
        }
        if (done instanceof Task.Restore one && task instanceof Task.Restore other) {
            return other.became(one);
        }
        return done.asGivenByAnybody().equals(task.asGivenByAnybody());
    }
}
