package firstlight.policy;

import firstlight.model.Facts;
import firstlight.policy.work.Beginning;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Roster;
import firstlight.policy.work.Session;
import firstlight.policy.work.SessionState;
import firstlight.policy.work.SessionStep;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Turns;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkQueue;
import firstlight.policy.work.WorkState;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;

/** The repositories of a decision, in lists. */
class InMemory implements Devices, WorkQueue, Transactions, Questions, Alarms, Images {
    final List<Device> devices = new ArrayList<>();
    final List<Work> works = new ArrayList<>();
    final List<Session> sessions = new ArrayList<>();
    final List<Question> questions = new ArrayList<>();
    final List<String> alarms = new ArrayList<>();
    RuleBook book = RuleBook.EMPTY;
    int newest = 1;
    long transactions;

    Repositories repositories() {
        return new Repositories(this, this, this, this, this, this);
    }

    Device add(String name, Facts facts) {
        return add(Device.fresh(devices.size() + 1, name, Registration.REGISTERED, facts, Instant.EPOCH));
    }

    Device add(Device device) {
        devices.add(device);
        return device;
    }

    Work assign(Device device, Task task) {
        return create(device.id(), task, Terms.by("anna"), Instant.EPOCH);
    }

    @Override
    public List<Device> sharing(Set<IdentityKey> keys) {
        return devices.stream()
                .filter(device -> !Collections.disjoint(IdentityKey.of(device.facts()), keys)
                        || !Collections.disjoint(device.marks(), keys))
                .toList();
    }

    @Override
    public Optional<Device> find(long id) {
        return devices.stream().filter(device -> device.id() == id).findFirst();
    }

    @Override
    public Device register(NewDevice wanted, Instant now) {
        long id = devices.size() + 1L;
        return add(Device.fresh(id, wanted.name().orElse("new-" + id), wanted.registration(), wanted.facts(), now)
                .withGroup(wanted.group())
                .withNote(wanted.note()));
    }

    @Override
    public Device learn(Device device, Facts facts, Instant now) {
        Device learned = device.withFacts(device.facts().mergedWith(facts), now);
        devices.replaceAll(each -> each.id() == device.id() ? learned : each);
        return learned;
    }

    @Override
    public Optional<Device> settle(Question.Outcome outcome, Instant now) {
        return switch (outcome) {
            case Question.Outcome.Keep(Device device, long merged) -> {
                devices.removeIf(each -> each.id() == merged);
                devices.replaceAll(each -> each.id() == device.id() ? device : each);
                yield Optional.of(device);
            }
            case Question.Outcome.Register(NewDevice wanted, Set<IdentityKey> marks) -> {
                Device made = register(wanted, now).withMarks(marks);
                devices.replaceAll(each -> each.id() == made.id() ? made : each);
                yield Optional.of(made);
            }
        };
    }

    @Override
    public void imaged(long device, Optional<LastImage> image) {
        devices.replaceAll(each -> each.id() == device ? each.withLastImage(image) : each);
    }

    @Override
    public Optional<Work> current(long device, Instant now) {
        return works.stream()
                .filter(work -> work.device() == device && work.isDue(now))
                .min(Work.TURN);
    }

    @Override
    public Beginning begin(Work work, long transaction, Limits limits, Instant now) {
        Work row = works.stream()
                .filter(each -> each.id() == work.id())
                .findFirst()
                .orElseThrow();
        Work kept = row.pinned(work.task());
        if (!kept.isDue(now)
                || kept.transaction() > transaction
                || kept.attempts() != work.attempts()
                || kept.transaction() != work.transaction()) {
            return new Beginning.TakenElsewhere(work.describe() + " is not to be had any more");
        }
        if (kept.task() instanceof Task.Join(long session)) {
            keep(kept.asked(now));
            Session looked = step(session, new SessionStep.Input.Look(roster(session, now)), now);
            if (looked.state() == SessionState.WAITING) {
                return new Beginning.Gathering(looked.describe() + " " + looked.waitsFor(roster(session, now)));
            }
        }
        List<Work> others = works.stream()
                .filter(other -> other.id() != work.id()
                        && other.task().getClass().equals(work.task().getClass()))
                .toList();
        int running = (int) others.stream()
                .filter(other -> other.state() == WorkState.RUNNING)
                .count();
        Optional<String> wait = Turns.mustWait(
                kept,
                running,
                others.stream()
                        .filter(other -> other.state() == WorkState.QUEUED
                                && Turns.waits(other, now)
                                && Work.TURN.compare(other, kept) < 0)
                        .count(),
                limits);
        if (wait.isPresent()) {
            keep(kept.asked(now));
            return new Beginning.AtLimit(wait.get());
        }
        Work begun = kept.begun(transaction, now);
        keep(begun);
        return new Beginning.Begun(begun);
    }

    @Override
    public void keep(Work work) {
        works.replaceAll(each -> each.id() == work.id() ? work : each);
    }

    @Override
    public Work create(long device, Task task, Terms terms, Instant now) {
        Work work = Work.fresh(works.size() + 1, device, task, terms, now);
        works.add(work);
        return work;
    }

    Session step(long session, SessionStep.Input input, Instant now) {
        SessionStep step = SessionStep.on(session(session).orElseThrow(), input, now);
        sessions.replaceAll(each -> each.id() == session ? step.session() : each);
        return step.session();
    }

    private Roster roster(long session, Instant now) {
        List<Work> open = works.stream()
                .filter(work -> work.isOpen() && work.task().equals(new Task.Join(session)))
                .toList();
        int waiting = (int) open.stream()
                .filter(work -> Turns.waits(work, now) && work.state() == WorkState.QUEUED)
                .count();
        return new Roster(waiting, open.size());
    }

    @Override
    public Optional<Session> session(long id) {
        return sessions.stream().filter(session -> session.id() == id).findFirst();
    }

    @Override
    public Optional<Work> latestOfRule(long device, long rule) {
        return works.stream()
                .filter(work -> work.device() == device && work.terms().rule() == rule)
                .max(Comparator.comparing(Work::id));
    }

    @Override
    public Opened open(long device, Facts facts, Instant now) {
        transactions++;
        return new Opened(transactions, "token-" + transactions + "-of-" + device);
    }

    @Override
    public Question ask(Question question, Instant now) {
        Optional<Question> same = questions.stream()
                .filter(each -> each.answer().isEmpty() && each.shown().equals(question.shown()))
                .findFirst();
        same.ifPresentOrElse(_ -> {}, () -> questions.add(question));
        return same.orElse(question);
    }

    @Override
    public boolean isOpen(Set<IdentityKey> marks) {
        return questions.stream()
                .anyMatch(each -> each.answer().isEmpty() && each.shown().containsAll(marks));
    }

    @Override
    public void raise(long device, String text, Instant now) {
        alarms.add(device + ": " + text);
    }

    @Override
    public OptionalInt newest(String image) {
        return newest == 0 ? OptionalInt.empty() : OptionalInt.of(newest);
    }
}
