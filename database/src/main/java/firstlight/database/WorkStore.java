package firstlight.database;

import firstlight.policy.Device;
import firstlight.policy.level.AfterWork;
import firstlight.policy.work.Beginning;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Session;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkQueue;
import firstlight.policy.work.WorkState;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;

/**
 * The work: all of it in the database, what has not ended in memory as well, for the answer to a first packet. What persons see is read
 * from the database; {@link DatabaseUnreachable} is thrown where that is away.
 */
public final class WorkStore implements WorkQueue {
    /** In the words of the index {@code work_open_of_rule}, which is used for a query that says the same; nothing is held. */
    static final String NOT_ENDED = "state in ('HELD', 'QUEUED', 'RUNNING')";

    private final Backend backend;
    private final Changes changes;
    private final SessionRows sessions;
    private final WorkClaim claim;
    private final WorkPicture picture = new WorkPicture();
    /** When engines spoke last; written in batches. */
    private final Map<Long, Instant> heard = new ConcurrentHashMap<>();
    /** Later than this no work becomes due; empty while this server's clock is believed. */
    private volatile Optional<Instant> believed = Optional.empty();

    WorkStore(Backend backend, Changes changes, SessionRows sessions) {
        this.backend = backend;
        this.changes = changes;
        this.sessions = sessions;
        this.claim = new WorkClaim(backend, sessions, this::set);
        changes.follow(Topic.WORK, new Changes.Follower(this::refresh, this::reload));
    }

    @Override
    public Optional<Work> current(long device, Instant now) {
        List<Work> open = picture.of(device);
        // Nearly always: no stream for each packet of each firmware.
        return open.isEmpty()
                ? Optional.empty()
                : open.stream().filter(work -> isDue(work, now)).min(Work.TURN);
    }

    private boolean isDue(Work work, Instant now) {
        boolean isBelieved = believed.filter(until -> !work.isDue(until)).isEmpty();
        return work.isDue(now) && (isBelieved || work.attempts() > 0); // begun before: a disk may be half written
    }

    /** After the clock has jumped: what it brought about is given to no PC. Empty when it is believed again. */
    public void holdBack(Optional<Instant> after) {
        believed = after;
    }

    @Override
    public Beginning begin(Work work, long transaction, Limits limits, Instant now) {
        return backend.write(handle -> claim.begin(handle, work, transaction, limits, now));
    }

    @Override
    public Optional<Session> session(long id) {
        return sessions.find(id);
    }

    /** Writes the row as {@code work} says, without a look at what it was: the caller has it locked. */
    private void set(Handle handle, Work work) {
        WorkRow.bind(handle.createUpdate(WorkRow.SET), work)
                .bind("id", work.id())
                .execute();
        committed(handle, work.id());
    }

    /** What was committed is read back: the row knows its revision. */
    private void committed(Handle handle, long id) {
        handle.createQuery("select * from work where id = ?")
                .bind(0, id)
                .map((row, context) -> WorkRow.read(row))
                .findOne()
                .ifPresent(row -> handle.afterCommit(() -> picture.put(row)));
        changes.announce(handle, Topic.WORK, List.of(id));
    }

    @Override
    public Work create(long device, Task task, Terms terms, Instant now) {
        Work blank = Work.fresh(0, device, task, terms, now);
        return backend.write(handle -> {
            while (true) { // what stood in the way can end before it is looked at
                Optional<Long> id = WorkRow.bind(handle.createQuery(WorkRow.INSERT), blank)
                        .mapTo(Long.class)
                        .findOne();
                Optional<Work> made = id.map(number -> WorkRow.withId(blank, number))
                        .or(() -> openOfRule(handle, device, terms.rule()));
                if (made.isPresent()) {
                    committed(handle, made.get().id());
                    return made.get();
                }
            }
        });
    }

    /** The same for each of {@code devices}; or, should one of them fail, for none. */
    public List<Work> create(Collection<Long> devices, Task task, Terms terms, Instant now) {
        return backend.write(_ ->
                devices.stream().map(device -> create(device, task, terms, now)).toList());
    }

    /** The index {@code work_open_of_rule} lets a device have one of each rule. */
    private static Optional<Work> openOfRule(Handle handle, long device, long rule) {
        return open(handle, device, "rule_id", rule);
    }

    private static Optional<Work> openInSession(Handle handle, long device, long session) {
        return open(handle, device, "session_id", session);
    }

    private static Optional<Work> open(Handle handle, long device, String column, long value) {
        return handle.createQuery("select * from work where device = ? and " + column + " = ? and " + NOT_ENDED)
                .bind(0, device)
                .bind(1, value)
                .map((row, context) -> WorkRow.read(row).work())
                .findFirst();
    }

    /** Wanted again after its end. Refused while its rule has given the device other work that is still open, or it is in that session by such. */
    public Kept<Work> reopen(Work again) {
        return backend.write(handle -> {
            if (again.task() instanceof Task.Join) {
                sessions.exclusively(handle);
            }
            long rule = again.terms().rule();
            Optional<Work> other = rule == 0 ? Optional.empty() : openOfRule(handle, again.device(), rule);
            if (other.isPresent()) {
                return new Kept.Refused<>(other.get().describe() + " of the same rule is in the queue already");
            }
            Optional<Work> member = again.task() instanceof Task.Join(long session)
                    ? openInSession(handle, again.device(), session)
                    : Optional.empty();
            if (member.isPresent()) { // it would be restored twice, and count as two
                return new Kept.Refused<>(
                        "the device is in that session by work " + member.get().id() + " already");
            }
            set(handle, again);
            return new Kept.Done<>(again);
        });
    }

    /** @param works how many were taken back with what was kept */
    public record TakenBack<T>(Kept<T> kept, int works) {}

    /**
     * Does {@code change}, after which {@code rule} says something else; once it is kept, what the rule gave and nobody has begun is
     * cancelled, in the same transaction. What a person gave again stays. What is taken back is no rule's any more: what counts is what
     * the rule gave before it.
     */
    public <T> TakenBack<T> withdraw(long rule, Instant now, Supplier<Kept<T>> change) {
        return backend.write(handle -> {
            boolean joins = handle.createQuery(
                                    "select count(*) from work where rule_id = ? and session_id <> 0 and " + NOT_ENDED)
                            .bind(0, rule)
                            .mapTo(Long.class)
                            .one()
                    > 0;
            if (joins) { // a rule without them holds up no session
                sessions.exclusively(handle);
            }
            Kept<T> kept = change.get();
            return new TakenBack<>(kept, kept instanceof Kept.Done<T> ? withdraw(handle, rule, now, joins) : 0);
        });
    }

    private int withdraw(Handle handle, long rule, Instant now, boolean joins) {
        List<WorkPicture.Row> rows = handle.createQuery(
                        "update work set state = 'CANCELLED', rule_id = 0, outcome = :why,"
                                + " changed = :now, revision = revision + 1 where rule_id = :rule and state = 'QUEUED'"
                                + " and attempts = 0 and outcome = '' returning *")
                .bind("why", "its rule was switched off, changed or removed before it was begun")
                .bind("now", now.toEpochMilli())
                .bind("rule", rule)
                .map((row, context) -> WorkRow.read(row))
                .list();
        rows.forEach(row -> handle.afterCommit(() -> picture.put(row)));
        changes.announce(
                handle, Topic.WORK, rows.stream().map(row -> row.work().id()).toList());
        if (joins) {
            rows.stream()
                    .flatMap(row ->
                            row.work().task() instanceof Task.Join(long session) ? Stream.of(session) : Stream.empty())
                    .distinct()
                    .forEach(session ->
                            sessions.read(handle, session).ifPresent(its -> sessions.look(handle, its, now)));
        }
        return rows.size();
    }

    /** Work that nobody's name stands at, at the usual terms. */
    public Work assign(Device device, Task task, boolean powerOff, Instant now) {
        Terms terms = Terms.by("").withAfter(powerOff ? Optional.of(AfterWork.POWER_OFF) : Optional.empty());
        return create(device.id(), task, terms, now);
    }

    @Override
    public Optional<Work> latestOfRule(long device, long rule) {
        return picture.latestOfRule(device, rule);
    }

    /**
     * An engine's word counts while the work is its own: what was cancelled or given to a newer boot stays as it is. A person's
     * word ends it whoever runs it. Then the picture is made fresh, for it may not have been.
     */
    @Override
    public void keep(Work work) {
        backend.run(handle -> {
            if (work.task() instanceof Task.Join) {
                sessions.exclusively(handle);
            }
            if (Precondition.isOpen()) {
                handle.createQuery("select id from work where id = ?" + backend.forUpdate())
                        .bind(0, work.id())
                        .mapTo(Long.class)
                        .findOne();
                Precondition.ask();
            }
            if (work.state() == WorkState.CANCELLED) {
                handle.execute(
                        "update work set state = 'CANCELLED', outcome = ?, changed = ?, revision = revision + 1"
                                + " where id = ? and " + NOT_ENDED,
                        work.outcome(),
                        work.changed().toEpochMilli(),
                        work.id());
            } else {
                String own = work.transaction() == 0 ? "" : " and transaction_id = :transaction and " + NOT_ENDED;
                WorkRow.bind(handle.createUpdate(WorkRow.SET + own), work)
                        .bind("id", work.id())
                        .execute();
            }
            committed(handle, work.id());
            if (!work.isOpen() && work.task() instanceof Task.Join(long session)) {
                sessions.read(handle, session).ifPresent(its -> sessions.look(handle, its, work.changed()));
            }
        });
    }

    /** A person takes {@code work} back. What became of it: it may have ended in this moment; empty when it is gone. */
    public Optional<Work> cancel(Work work, Instant now) {
        keep(work.cancelled(now));
        return find(work.id());
    }

    /** The device {@code from} was {@code to} all the time: what was given to the one is the other's. Rules give theirs anew. */
    void inherit(Handle handle, long from, long to) {
        handle.createQuery("update work set device = ?, revision = revision + 1 where device = ? and rule_id = 0 and "
                        + NOT_ENDED + " returning id")
                .bind(0, to)
                .bind(1, from)
                .mapTo(Long.class)
                .list()
                .forEach(id -> committed(handle, id));
    }

    /** The device is gone, and its work with it. */
    void forget(long device) {
        picture.forget(device);
    }

    /** The engine of running work spoke. Costs nothing: it is written with the next batch. */
    public void heard(long work, Instant now) {
        heard.put(work, now);
    }

    /** When the engine of {@code work} spoke last, at whichever server. */
    public Instant heardOf(Work work) {
        Instant here = heard.getOrDefault(work.id(), work.changed());
        return here.isAfter(work.changed()) ? here : work.changed();
    }

    void flush() {
        Map<Long, Instant> written = new HashMap<>(heard);
        if (written.isEmpty()) {
            return;
        }
        backend.run(handle -> {
            var batch = handle.prepareBatch("update work set changed = :at, revision = revision + 1"
                    + " where id = :id and state = 'RUNNING' and changed < :at");
            written.entrySet().stream()
                    .sorted(Map.Entry.comparingByKey())
                    .forEach(entry -> batch.bind("at", entry.getValue().toEpochMilli())
                            .bind("id", entry.getKey())
                            .add());
            batch.execute();
            written.keySet().forEach(id -> committed(handle, id));
        });
        written.forEach(heard::remove);
    }

    /** Ended ones too. */
    public Optional<Work> find(long id) {
        return backend.read(handle -> handle.createQuery("select * from work where id = ?")
                .bind(0, id)
                .map((row, context) -> WorkRow.read(row).work())
                .findOne());
    }

    /** Newest first. */
    public List<Work> list(int limit) {
        return list(0, "", "", limit);
    }

    /** Of one device, newest first. */
    public List<Work> of(long device, int limit) {
        return list(device, "", "", limit);
    }

    /**
     * Newest first. The database chooses: what is wanted may lie behind many thousands of other PCs' works.
     *
     * @param device 0 for all
     * @param state a {@link WorkState}, empty for all
     * @param kind a {@link Task#kind()}, empty for all
     */
    public List<Work> list(long device, String state, String kind, int limit) {
        return list(device, Optional.empty(), state, kind, limit);
    }

    /** @param groups only of devices in these; empty for all */
    public List<Work> list(long device, Optional<Set<Long>> groups, String state, String kind, int limit) {
        return list(device, groups, 0, state, kind, limit);
    }

    /** @param rule only what it gave; 0 for all */
    public List<Work> list(long device, Optional<Set<Long>> groups, long rule, String state, String kind, int limit) {
        if (groups.isPresent() && groups.get().isEmpty()) {
            return List.of();
        }
        Map<String, Object> wanted = new LinkedHashMap<>();
        if (device != 0) {
            wanted.put("device", device);
        }
        if (rule != 0) {
            wanted.put("rule_id", rule);
        }
        if (!state.isEmpty()) {
            wanted.put("state", state);
        }
        if (!kind.isEmpty()) {
            wanted.put("task", kind);
        }
        String where = wanted.keySet().stream()
                .map(column -> " and " + column + " = :" + column)
                .collect(Collectors.joining());
        String among = groups.isPresent() ? " and device in (select id from device where group_id in (<groups>))" : "";
        return backend.read(handle -> {
            var query = handle.createQuery(
                            "select * from work where 1 = 1" + where + among + " order by id desc limit :limit")
                    .bindMap(wanted)
                    .bind("limit", limit);
            groups.ifPresent(some -> query.bindList("groups", List.copyOf(some)));
            return query.map((row, context) -> WorkRow.read(row).work()).list();
        });
    }

    /** All that has not ended, from memory, in no order. */
    public List<Work> open() {
        return picture.open();
    }

    private void refresh(Handle handle, Set<Long> keys) {
        handle.createQuery("select * from work where id in (<ids>)")
                .bindList("ids", List.copyOf(keys))
                .map((row, context) -> WorkRow.read(row))
                .forEach(picture::put);
    }

    private void reload(Handle handle) {
        picture.replace(() -> handle.createQuery("select * from work where " + NOT_ENDED
                        + " or id in (select max(id) from work where rule_id <> 0 and id not in (select id from work"
                        + " where "
                        + NOT_ENDED + ") group by rule_id, device)")
                .map((row, context) -> WorkRow.read(row))
                .list());
    }
}
