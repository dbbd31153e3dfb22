package firstlight.database;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hears of other servers' changes on a connection of its own, looks every few seconds should a notice be lost, and finds out
 * when the server is away and when it is back.
 */
final class PostgresWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresWatch.class);
    /** How long a notice is waited for: so old may the pictures be where it is lost, or cannot be had (a standby). */
    static final Duration LOOK = Duration.ofSeconds(2);
    /** Between two tries to connect. */
    private static final Duration AGAIN = Duration.ofSeconds(1);

    private final PostgresBackend backend;
    private final Changes changes;
    private final CountDownLatch closed = new CountDownLatch(1);
    private final Thread thread;
    private volatile @Nullable Connection listening;
    /** Changes may have passed unheard, so that all is read afresh; of the watch's thread only. */
    private boolean missedSome;

    PostgresWatch(PostgresBackend backend, Changes changes) {
        this.backend = backend;
        this.changes = changes;
        this.thread = Thread.ofPlatform().daemon().name("database-watch").start(this::run);
    }

    private void run() {
        while (closed.getCount() > 0) {
            try (Connection connection = backend.connect()) {
                listening = connection;
                listen(connection);
            } catch (SQLException e) {
                lost(e);
            } catch (JdbiException e) {
                if (e.getCause() instanceof SQLException sql) {
                    lost(sql);
                } else {
                    unreadable(e);
                }
            } catch (RuntimeException e) {
                unreadable(e);
            }
            pause();
        }
    }

    /** A row that a newer server wrote, say. Without this thread the server would never hear again, nor find its database. */
    private void unreadable(RuntimeException why) {
        if (!missedSome) {
            LOG.error("changes of other servers cannot be read; tried again each second", why);
        }
        missedSome = true;
    }

    private void lost(SQLException why) {
        if (closed.getCount() > 0) {
            backend.lost(why);
            missedSome = true;
        }
    }

    /** Returns when it is closed; throws when the connection breaks. */
    private void listen(Connection connection) throws SQLException {
        boolean hears = false;
        PGConnection notices = connection.unwrap(PGConnection.class);
        Jdbi jdbi = Jdbi.create(connection);
        while (closed.getCount() > 0) {
            hears = hears || hears(connection);
            // Also when this connection is sound and one of the pool's was lost: what that one wrote may be kept.
            if (missedSome || backend.isLost()) {
                jdbi.useHandle(changes::reload);
                missedSome = false;
                // Only now: who is let through sees fresh pictures.
                backend.found();
            }
            jdbi.useHandle(this::look);
            notices.getNotifications(Math.toIntExact(LOOK.toMillis()));
        }
    }

    /** Not from a standby, which takes no LISTEN (25006): it is looked at all the same, until it is the first server. */
    private static boolean hears(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet standby = statement.executeQuery("select pg_is_in_recovery()")) {
            if (standby.next() && standby.getBoolean(1)) {
                return false; // else its log would have an error at each look
            }
            statement.execute("listen " + Changes.CHANNEL);
            return true;
        } catch (SQLException e) {
            if ("25006".equals(e.getSQLState())) {
                return false;
            }
            throw e;
        }
    }

    private void look(Handle handle) {
        changes.catchUp(handle);
    }

    private void pause() {
        try {
            closed.await(AGAIN.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            closed.countDown();
        }
    }

    @Override
    public void close() {
        closed.countDown();
        Connection waiting = listening;
        try {
            if (waiting != null) {
                waiting.abort(Runnable::run); // it waits for a notice
            }
        } catch (SQLException e) {
            LOG.debug("the watching connection was gone already", e);
        }
        try {
            thread.join(LOOK.plus(AGAIN));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
