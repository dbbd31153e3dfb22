package firstlight.database;

import firstlight.policy.access.Confirmation;
import firstlight.policy.access.Confirmations;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** Requests that wait for a second person; of two who decide at the same time, at whatever server, one is heard. */
final class ConfirmationStore implements Confirmations {
    private final Backend backend;

    ConfirmationStore(Backend backend) {
        this.backend = backend;
    }

    @Override
    public Confirmation hold(Confirmation wanted) {
        return backend.write(handle -> handle.createQuery(
                        "insert into confirmation (at, who, action, devices, request, state, decided_by)"
                                + " values (:at, :who, :action, :devices, :request, :state, :by) returning *")
                .bind("at", wanted.at().toEpochMilli())
                .bind("who", wanted.who())
                .bind("action", wanted.action())
                .bind("devices", Numbers.write(wanted.devices()))
                .bind("request", wanted.request())
                .bind("state", Confirmation.State.HELD.name())
                .bind("by", "")
                .map((row, context) -> confirmation(row))
                .one());
    }

    @Override
    public List<Confirmation> list(int limit) {
        return backend.read(handle -> handle.createQuery(
                        "select * from confirmation order by case when state = 'HELD' then 0 else 1 end, id desc limit ?")
                .bind(0, limit)
                .map((row, context) -> confirmation(row))
                .list());
    }

    @Override
    public Optional<Confirmation> find(long id) {
        return backend.read(handle -> handle.createQuery("select * from confirmation where id = ?")
                .bind(0, id)
                .map((row, context) -> confirmation(row))
                .findOne());
    }

    @Override
    public Optional<Confirmation> decide(long id, Confirmation.State state, String by) {
        return backend.write(handle -> handle.createQuery("update confirmation set state = :state, decided_by = :by"
                        + " where id = :id and state = 'HELD' returning *")
                .bind("state", state.name())
                .bind("by", by)
                .bind("id", id)
                .map((row, context) -> confirmation(row))
                .findOne());
    }

    @Override
    public void holdAgain(long id) {
        backend.run(handle -> handle.execute(
                "update confirmation set state = 'HELD', decided_by = '' where id = ? and state = 'CONFIRMED'", id));
    }

    private static Confirmation confirmation(ResultSet row) throws SQLException {
        return new Confirmation(
                row.getLong("id"),
                Instant.ofEpochMilli(row.getLong("at")),
                row.getString("who"),
                row.getString("action"),
                Numbers.read(row.getString("devices")),
                row.getString("request"),
                Confirmation.State.valueOf(row.getString("state")),
                row.getString("decided_by"));
    }
}
