package firstlight.policy;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.rule.FactValues;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.rule.Truth;
import firstlight.policy.work.Beginning;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Session;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkQueue;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Is there work? The limited check before an operating system runs, and the detailed one that the engine asks for. */
final class WorkCheck {
    /** More works than this do not end one after the other without an engine. */
    private static final int MOST = 100;

    private final Repositories repositories;
    private final WorkQueue queue;
    private final RuleCheck rules;
    private final KeptMatches kept = new KeptMatches();
    private final Limits limits;

    WorkCheck(Repositories repositories, Limits limits) {
        this.repositories = repositories;
        this.queue = repositories.queue();
        this.rules = new RuleCheck(queue, repositories.images());
        this.limits = limits;
    }

    /**
     * An answer of the limited check, with its reasons.
     *
     * @param rule the one that gives the work, or may
     */
    record Limited(Truth work, Optional<Rule> rule, List<String> reasons) {}

    /** For a PC that shows {@code facts} and is one of {@code candidates}; changes nothing. */
    Limited limited(List<Candidate> candidates, Facts facts, RuleBook book, Instant now) {
        List<String> reasons = new ArrayList<>();
        Optional<Truth> answer = Optional.empty();
        Optional<Rule> rule = Optional.empty();
        for (Candidate candidate : candidates) {
            Limited one = limited(candidate, facts, book, now);
            reasons.addAll(one.reasons);
            rule = rule.or(() -> one.rule);
            answer = Optional.of(answer.map(former -> former.orElse(one.work)).orElse(one.work));
        }
        if (answer.isPresent() && answer.get() != Truth.FALSE && !runsEnvironment(facts)) {
            reasons.add("the imaging environment is for x86-64; this PC's processor is "
                    + facts.first(FactName.ARCHITECTURE).orElseThrow() + ", and its work waits");
            return new Limited(Truth.FALSE, Optional.empty(), reasons);
        }
        return new Limited(answer.orElse(Truth.FALSE), rule, reasons);
    }

    /** Whether the imaging environment, built for x86-64, can run there. A BIOS build of iPXE says i386 on any such PC. */
    static boolean runsEnvironment(Facts facts) {
        return facts.first(FactName.ARCHITECTURE)
                .filter(word -> !word.equals("x86_64") && !word.equals("i386"))
                .isEmpty();
    }

    private Limited limited(Candidate candidate, Facts facts, RuleBook book, Instant now) {
        Device device = candidate.device();
        List<String> reasons = new ArrayList<>();
        Optional<Work> work = queue.current(device.id(), now);
        if (work.isPresent()) {
            Optional<String> ended = ended(candidate, work.get());
            if (ended.isEmpty()) {
                Optional<Rule> rule = book.rules().stream()
                        .filter(each -> each.id() == work.get().terms().rule())
                        .findFirst();
                return new Limited(
                        Truth.TRUE, rule, List.of(work.get().describe() + " is assigned to '" + device.name() + "'"));
            }
            reasons.add(ended.get());
        } else {
            reasons.add("no work is assigned to '" + device.name() + "'");
        }
        RuleCheck.Found found = rules.check(device, kept.of(device, facts, book), now);
        reasons.addAll(found.reasons());
        return new Limited(found.work(), found.rule(), reasons);
    }

    List<RuleAnswer> allRules(Device device, RuleBook book, Instant now) {
        return rules.all(device, FactValues.of(device.facts()), book.rulesFor(device), now);
    }

    /** Why {@code work} need not, or must not, be begun any more. */
    private Optional<String> ended(Candidate candidate, Work work) {
        Optional<String> exhausted =
                work.exhausted(candidate.policy().maxAttempts().value());
        return exhausted.or(() -> leftOver(work)).or(() -> needless(candidate.device(), work));
    }

    /** Work to join a session that is over. */
    private Optional<String> leftOver(Work work) {
        if (!(work.task() instanceof Task.Join(long number))) {
            return Optional.empty();
        }
        Optional<Session> session = queue.session(number);
        return session.isPresent() && session.get().isOpen()
                ? Optional.empty()
                : Optional.of(session.map(Session::describe).orElse("session " + number) + " has ended");
    }

    /** What {@code work} lays down: its own image, or its session's. */
    private Optional<Task.Restore> restore(Work work) {
        return switch (work.task()) {
            case Task.Restore restore -> Optional.of(restore);
            case Task.Join(long number) -> queue.session(number).map(Session::restore);
            case Task.Capture _, Task.Script _, Task.Inventory _, Task.Maintenance _, Task.Wipe _ -> Optional.empty();
        };
    }

    private Optional<String> needless(Device device, Work work) {
        boolean has = work.attempts() == 0
                && !work.terms().force()
                && restore(work)
                        .filter(restore ->
                                Possession.of(device, restore, Possession.Newest.EXACT, repositories.images())
                                                == Possession.ALL
                                        && !Possession.mixed(device, restore))
                        .isPresent();
        return has
                ? Optional.of(work.describe() + " is skipped: the device has " + Possession.words(device)
                        + " already (--force restores it again)")
                : Optional.empty();
    }

    /**
     * Ends what is not to be begun, so that a failing PC does not boot into it for ever. Says what it ended.
     *
     * @param transaction the one whose engine asks: its own last attempt goes on; 0 for none
     */
    List<String> settle(Candidate candidate, long transaction, Instant now) {
        List<String> settled = new ArrayList<>();
        try {
            settle(candidate, transaction, settled, now);
        } catch (RepositoryUnreachable away) {
            // Ended or not, it is not begun; the PC goes on to its disk, and its next boot ends it.
            settled.add("it cannot be noted now that this has ended: " + away.getMessage());
        }
        return settled;
    }

    private void settle(Candidate candidate, long transaction, List<String> settled, Instant now) {
        Device device = candidate.device();
        for (int i = 0; i < MOST; i++) {
            Optional<Work> work = queue.current(device.id(), now);
            Optional<String> why = work.filter(found -> transaction == 0 || found.transaction() != transaction)
                    .flatMap(found -> ended(candidate, found));
            if (why.isEmpty()) {
                return;
            }
            Optional<String> leftOver = leftOver(work.get());
            if (leftOver.isPresent()) {
                queue.keep(work.get().leftOver(leftOver.get(), now));
                settled.add(work.get().describe() + " is taken back: " + leftOver.get());
            } else if (needless(device, work.get()).isPresent()) {
                queue.keep(work.get().done("skipped: the device has it already", now));
                settled.add(why.get());
            } else {
                giveUp(work.get(), why.get(), now);
                settled.add("stopped: " + why.get());
            }
        }
    }

    void giveUp(Work work, String why, Instant now) {
        queue.keep(work.givenUp(why, now));
        repositories.alarms().raise(work.device(), why, now);
    }

    /** What an engine gets, and whether all but add-ons is there already. */
    record Begun(Beginning beginning, boolean addOnsOnly, List<String> reasons) {}

    /**
     * The detailed check: what the engine of {@code transaction} is to do now; empty when there is nothing.
     *
     * @param candidate with what its engine sees
     * @param held to a disk
     */
    Optional<Begun> begin(Candidate candidate, UnaryOperator<Work> held, long transaction, RuleBook book, Instant now) {
        Device device = candidate.device();
        Optional<Work> assigned = queue.current(device.id(), now)
                .filter(work -> work.transaction() == transaction
                        || ended(candidate, work).isEmpty());
        if (assigned.isPresent()) {
            return Optional.of(begin(
                    device,
                    held.apply(assigned.get()),
                    transaction,
                    List.of(assigned.get().describe() + " is assigned to '" + device.name() + "'"),
                    now));
        }
        RuleCheck.Found found = rules.check(device, detailed(device, book), now);
        if (found.work() != Truth.TRUE || found.rule().isEmpty()) {
            return Optional.empty();
        }
        Rule rule = found.rule().get();
        Terms terms = Terms.by("rule '" + rule.name() + "'")
                .ofRule(rule.id())
                .withForce(rule.repeat() == Repeat.ALWAYS)
                .withScripts(rule.scripts());
        Work made = queue.create(device.id(), rule.task(), terms, now);
        return Optional.of(begin(device, held.apply(made), transaction, found.reasons(), now));
    }

    private Begun begin(Device device, Work work, long transaction, List<String> reasons, Instant now) {
        // Who asks for an image gets it whole, without what failed
        // to be laid over it; a rule does not wipe a PC for that.
        boolean addOnsOnly = !work.terms().force()
                && work.task() instanceof Task.Restore restore
                && Possession.of(device, restore, Possession.Newest.EXACT, repositories.images()) == Possession.BASE
                && (work.terms().rule() != 0 || !Possession.mixed(device, restore));
        return new Begun(queue.begin(work, transaction, limits, now), addOnsOnly, reasons);
    }

    /** What the detailed check found when there is nothing to begin. */
    List<String> nothing(Candidate candidate, RuleBook book, Instant now) {
        List<String> reasons = new ArrayList<>();
        reasons.add("no work is assigned to '" + candidate.device().name() + "'");
        Device device = candidate.device();
        reasons.addAll(rules.check(device, detailed(device, book), now).reasons());
        return reasons;
    }

    /** By what an imaging engine has just gathered: seldom asked for, so not kept. */
    private static RuleMatches detailed(Device device, RuleBook book) {
        return RuleMatches.of(FactValues.complete(device.facts()), book.rulesFor(device));
    }
}
