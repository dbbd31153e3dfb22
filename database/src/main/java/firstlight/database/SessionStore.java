package firstlight.database;

import firstlight.policy.work.Roster;
import firstlight.policy.work.Session;
import firstlight.policy.work.SessionStep;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.jdbi.v3.core.Handle;

/**
 * What persons do with multicast sessions, and what the clock does. That a member comes is in {@link WorkStore#begin}. Each method throws
 * {@link DatabaseUnreachable} when it needs the database and that is away.
 */
public final class SessionStore {
    private final Backend backend;
    private final SessionRows rows;
    private final WorkStore works;

    SessionStore(Backend backend, SessionRows rows, WorkStore works) {
        this.backend = backend;
        this.rows = rows;
        this.works = works;
    }

    /** The newest first. */
    public List<Session> all() {
        return rows.all();
    }

    /** From memory, ended ones too. */
    public Optional<Session> find(long id) {
        return rows.find(id);
    }

    /** By number, else by name; of several with that name the one that is open, else the newest. */
    public Optional<Session> find(String text) {
        if (text.matches("\\d{1,18}")) {
            return rows.find(Long.parseLong(text));
        }
        List<Session> named = rows.all().stream()
                .filter(session -> session.name().equalsIgnoreCase(text))
                .toList();
        return named.stream()
                .filter(Session::isOpen)
                .findFirst()
                .or(() -> named.stream().findFirst());
    }

    /** Refused while another open session has that name. */
    public Kept<Session> add(Session fresh) {
        return backend.write(handle -> {
            rows.exclusively(handle);
            Optional<Session> same = rows.openWithName(handle, fresh.name());
            return same.isPresent()
                    ? new Kept.Refused<>(same.get().describe() + " has that name and has not ended")
                    : new Kept.Done<>(rows.insert(handle, fresh));
        });
    }

    /** One work for each device, or none at all: refused when the session has ended, or when one of them is a member. */
    public Kept<List<Work>> join(long id, Collection<Long> devices, Terms terms, Instant now) {
        return backend.write(handle -> {
            rows.exclusively(handle);
            Optional<Session> session = rows.read(handle, id);
            if (session.isEmpty()) {
                return new Kept.Gone<>();
            }
            if (!session.get().isOpen()) {
                return new Kept.Refused<>(session.get().describe() + " has ended");
            }
            Set<Long> members = open(handle, id).stream().map(Work::device).collect(Collectors.toSet());
            long twice = devices.stream().filter(members::contains).count();
            if (twice > 0) {
                return new Kept.Refused<>(twice + " of these devices " + (twice == 1 ? "is" : "are") + " in "
                        + session.get().describe() + " already");
            }
            List<Work> made = new ArrayList<>();
            for (long device : Set.copyOf(devices).stream().sorted().toList()) {
                made.add(works.create(device, new Task.Join(id), terms, now));
            }
            return new Kept.Done<>(List.copyOf(made));
        });
    }

    /** All that ever joined it, in that order. */
    public List<Work> members(long id) {
        return backend.read(handle -> handle.createQuery("select * from work where session_id = ? order by id")
                .bind(0, id)
                .map((row, context) -> WorkRow.read(row).work())
                .list());
    }

    /** Who is in it, and who of them waits at this moment. */
    public Roster roster(long id, Instant now) {
        return backend.read(handle -> rows.roster(handle, id, now));
    }

    /** Begins it now, whoever waits. */
    public Kept<Session> start(long id, String by, Instant now) {
        return act(id, handle -> new SessionStep.Input.Start(by, rows.roster(handle, id, now)), now);
    }

    /** With the work of all members that have not ended. */
    public Kept<Session> cancel(long id, String by, Instant now) {
        return act(id, _ -> new SessionStep.Input.Cancel(by), now);
    }

    private interface Acting {
        SessionStep.Input input(Handle handle);
    }

    private Kept<Session> act(long id, Acting acting, Instant now) {
        return backend.write(handle -> {
            rows.exclusively(handle);
            Optional<Session> session = rows.read(handle, id);
            if (session.isEmpty()) {
                return new Kept.Gone<>();
            }
            SessionStep step = rows.step(handle, session.get(), acting.input(handle), now);
            for (SessionStep.Effect effect : step.effects()) {
                switch (effect) {
                    case SessionStep.Effect.Refused(String why) -> {
                        return new Kept.Refused<>(why);
                    }
                    case SessionStep.Effect.TakeBack _ ->
                        open(handle, id)
                                .forEach(work -> works.keep(work.leftOver(
                                        step.session().describe() + " was "
                                                + step.session().outcome(),
                                        now)));
                    case SessionStep.Effect.Began _ -> {
                        // Its engines ask again within seconds, and are let through.
                    }
                }
            }
            return new Kept.Done<>(step.session());
        });
    }

    /**
     * The version that all members get: the one that is fixed, else
     * {@code newest}, which is fixed by that. Empty when there is no such session.
     *
     * @param newest the image's newest version, where the server that asks has it
     */
    public Optional<Session> pinned(long id, int newest) {
        Optional<Session> known = rows.find(id);
        return known.isEmpty() || known.get().version() != 0
                ? known
                : backend.write(handle -> {
                    rows.exclusively(handle);
                    return rows.read(handle, id).map(session -> rows.pin(handle, session, newest));
                });
    }

    /**
     * Time goes by: sessions begin for those who wait, and end when nobody is
     * left. Called in short intervals by each server that shares the database.
     *
     * @return those whose state this look has changed
     */
    public List<Session> look(Instant now) {
        List<Session> changed = new ArrayList<>();
        for (Session known : rows.all().stream().filter(Session::isOpen).toList()) {
            Optional<Session> looked = backend.write(handle -> {
                rows.exclusively(handle);
                return rows.read(handle, known.id()).map(session -> rows.look(handle, session, now));
            });
            looked.filter(session -> session.state() != known.state()).ifPresent(changed::add);
        }
        return List.copyOf(changed);
    }

    private static List<Work> open(Handle handle, long session) {
        return handle.createQuery("select * from work where session_id = ? and " + WorkStore.NOT_ENDED + " order by id")
                .bind(0, session)
                .map((row, context) -> WorkRow.read(row).work())
                .list();
    }
}
