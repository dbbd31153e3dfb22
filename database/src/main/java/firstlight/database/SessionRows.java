package firstlight.database;

import firstlight.policy.work.Roster;
import firstlight.policy.work.Session;
import firstlight.policy.work.SessionState;
import firstlight.policy.work.SessionStep;
import firstlight.policy.work.Turns;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.SqlStatement;
import org.jspecify.annotations.Nullable;

/**
 * Sessions as rows, all of them in memory as well. Who changes a session, or work that joins one, holds
 * {@link Backend.Matter#SESSION} from the beginning of his transaction: of several servers one sees the last client come.
 */
final class SessionRows {
    /** Not ended; in the words of {@link Session#isOpen}. */
    static final String OPEN = "state in ('WAITING', 'RUNNING')";

    private static final String FIELDS = "name, image, version, disks, clients, minutes, state, created_by, created,"
            + " gathering, started, ended, outcome";

    private final Backend backend;
    private final Changes changes;
    private final Map<Long, Row> picture = new ConcurrentHashMap<>();

    /** @param revision as in {@link DevicePicture.Row} */
    private record Row(Session session, long revision) {}

    SessionRows(Backend backend, Changes changes) {
        this.backend = backend;
        this.changes = changes;
        changes.follow(Topic.SESSION, new Changes.Follower(this::refresh, this::reload));
    }

    /** From memory. */
    Optional<Session> find(long id) {
        return Optional.ofNullable(picture.get(id)).map(Row::session);
    }

    /** From memory, the newest first. */
    List<Session> all() {
        return picture.values().stream()
                .map(Row::session)
                .sorted((one, other) -> Long.compare(other.id(), one.id()))
                .toList();
    }

    /** First of all that the transaction does: who locked a row of work before it could wait here for one who waits for that row. */
    void exclusively(Handle handle) {
        backend.exclusively(handle, Backend.Matter.SESSION);
    }

    Optional<Session> read(Handle handle, long id) {
        return handle.createQuery("select * from multicast_session where id = ?")
                .bind(0, id)
                .map((row, context) -> row(row).session)
                .findOne();
    }

    /** Compared here, not by the database: SQLite folds the case of ASCII letters only. */
    Optional<Session> openWithName(Handle handle, String name) {
        return handle
                .createQuery("select * from multicast_session where " + OPEN)
                .map((row, context) -> row(row).session)
                .stream()
                .filter(session -> session.name().equalsIgnoreCase(name))
                .findFirst();
    }

    Session insert(Handle handle, Session session) {
        long id = bind(
                        handle.createQuery("insert into multicast_session (" + FIELDS + ") values (:name, :image,"
                                + " :version, :disks, :clients, :minutes, :state, :createdBy, :created, :gathering, :started,"
                                + " :ended, :outcome) returning id"),
                        session)
                .mapTo(Long.class)
                .one();
        committed(handle, id);
        return read(handle, id).orElseThrow();
    }

    /** The version that its members get, fixed by the first who asks. */
    Session pin(Handle handle, Session session, int version) {
        int pinned = handle.execute(
                "update multicast_session set version = ?, revision = revision + 1 where id = ? and version = 0",
                version,
                session.id());
        if (pinned == 1) {
            committed(handle, session.id());
        }
        return read(handle, session.id()).orElseThrow();
    }

    Roster roster(Handle handle, long id, Instant now) {
        return handle.createQuery("select count(*) as members, coalesce(sum(case when state = 'QUEUED' and waiting > ?"
                        + " and waiting < ? then 1 else 0 end), 0) as there from work where session_id = ? and "
                        + WorkStore.NOT_ENDED)
                .bind(0, Turns.since(now).toEpochMilli())
                .bind(1, Turns.until(now).toEpochMilli())
                .bind(2, id)
                .map((row, context) -> new Roster(row.getInt("there"), row.getInt("members")))
                .one();
    }

    /** Somebody came or left, or time went by. */
    Session look(Handle handle, Session session, Instant now) {
        Roster roster = roster(handle, session.id(), now);
        return step(handle, session, new SessionStep.Input.Look(roster), now).session();
    }

    /** What follows for its members is the caller's business. */
    SessionStep step(Handle handle, Session session, SessionStep.Input input, Instant now) {
        SessionStep step = SessionStep.on(session, input, now);
        if (!step.session().equals(session)) {
            bind(
                            handle.createUpdate("update multicast_session set state = :state, gathering = :gathering,"
                                    + " started = :started, ended = :ended, outcome = :outcome, revision = revision + 1"
                                    + " where id = :id"),
                            step.session())
                    .bind("id", session.id())
                    .execute();
            committed(handle, session.id());
        }
        return step;
    }

    private void committed(Handle handle, long id) {
        handle.createQuery("select * from multicast_session where id = ?")
                .bind(0, id)
                .map((row, context) -> row(row))
                .findOne()
                .ifPresent(row -> handle.afterCommit(() -> take(row)));
        changes.announce(handle, Topic.SESSION, List.of(id));
    }

    private void take(Row row) {
        picture.merge(row.session.id(), row, (one, next) -> next.revision > one.revision ? next : one);
    }

    private void refresh(Handle handle, Set<Long> keys) {
        handle.createQuery("select * from multicast_session where id in (<ids>)")
                .bindList("ids", List.copyOf(keys))
                .map((row, context) -> row(row))
                .forEach(this::take);
    }

    private void reload(Handle handle) {
        handle.createQuery("select * from multicast_session")
                .map((row, context) -> row(row))
                .forEach(this::take);
    }

    private static <S extends SqlStatement<S>> S bind(S statement, Session session) {
        return statement
                .bind("name", session.name())
                .bind("image", session.image())
                .bind("version", session.version())
                .bind("disks", String.join("\n", session.disks()))
                .bind("clients", session.clients())
                .bind("minutes", session.minutes())
                .bind("state", session.state().name())
                .bind("createdBy", session.createdBy())
                .bind("created", session.created().toEpochMilli())
                .bind("gathering", millis(session.gathering()))
                .bind("started", millis(session.started()))
                .bind("ended", millis(session.ended()))
                .bind("outcome", session.outcome());
    }

    private static Row row(ResultSet row) throws SQLException {
        String disks = row.getString("disks");
        Session session = new Session(
                row.getLong("id"),
                row.getString("name"),
                row.getString("image"),
                row.getInt("version"),
                disks.isEmpty() ? List.of() : List.of(disks.split("\n", -1)),
                row.getInt("clients"),
                row.getInt("minutes"),
                SessionState.valueOf(row.getString("state")),
                row.getString("created_by"),
                Instant.ofEpochMilli(row.getLong("created")),
                instant(row, "gathering"),
                instant(row, "started"),
                instant(row, "ended"),
                row.getString("outcome"));
        return new Row(session, row.getLong("revision"));
    }

    private static @Nullable Long millis(Optional<Instant> instant) {
        return instant.map(Instant::toEpochMilli).orElse(null);
    }

    private static Optional<Instant> instant(ResultSet row, String column) throws SQLException {
        long at = row.getLong(column);
        return row.wasNull() ? Optional.empty() : Optional.of(Instant.ofEpochMilli(at));
    }
}
