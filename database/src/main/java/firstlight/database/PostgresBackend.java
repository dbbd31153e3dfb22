package firstlight.database;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.pool.HikariPool;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.util.Properties;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A PostgreSQL that several servers may share. While it is away every call fails at once: a firmware that is answered from
 * memory must not wait behind one that needs a row. {@link PostgresWatch} finds out when it is back.
 */
final class PostgresBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresBackend.class);
    /** {@code pg_current_xact_id} came with it. */
    private static final int OLDEST = 13;

    /** Connections of one server; PostgreSQL itself allows 100 by default, for all that share it. */
    static final int POOL = 10;
    /**
     * To connect, and to get a connection out of the pool: so long may a call wait before it is told that the database is busy or away.
     */
    private static final long CONNECT_SECONDS = 3;
    /** The password's proof is made slow on purpose, and a server that starts with its host is slower still. */
    private static final long SIGN_IN_SECONDS = 15;

    /** Far above any query of ours but those that are {@link #unhurried}: an answer that takes so long will not come. */
    private static final long ANSWER_SECONDS = 15;

    private final Storage.PostgreSql where;
    private final HikariDataSource pool;
    private final Jdbi jdbi;
    private final ScopedValue<Handle> transaction = ScopedValue.newInstance();
    /** Whether calls are let through. Turned by whoever meets a broken connection, and back by {@link PostgresWatch} alone. */
    private volatile boolean up = true;
    /** So that the log says once that nothing is taken, and once that it is again. */
    private volatile boolean writable = true;

    /** @throws DatabaseFailure when it cannot be used as it is */
    PostgresBackend(Storage.PostgreSql where) {
        this.where = where;
        try (Connection first = connect()) {
            int version = first.getMetaData().getDatabaseMajorVersion();
            if (version < OLDEST) {
                throw DatabaseFailure.tooOld(where, version, OLDEST);
            }
        } catch (SQLException e) {
            throw DatabaseFailure.of(where, e);
        }
        HikariConfig config = new HikariConfig();
        config.setPoolName("firstlight");
        config.setJdbcUrl(where.url());
        config.setDataSourceProperties(properties(where));
        config.setMaximumPoolSize(POOL);
        config.setMinimumIdle(1);
        config.setConnectionTimeout(TimeUnit.SECONDS.toMillis(CONNECT_SECONDS));
        config.setValidationTimeout(1_000);
        // The first connection may take as long as signing in may; later ones come from the pool.
        config.setInitializationFailTimeout(TimeUnit.SECONDS.toMillis(SIGN_IN_SECONDS));
        try {
            pool = new HikariDataSource(config);
        } catch (HikariPool.PoolInitializationException e) {
            throw DatabaseFailure.of(where, e);
        }
        jdbi = Jdbi.create(pool);
        jdbi.registerArgument(new NulFree());
    }

    private static Properties properties(Storage.PostgreSql where) {
        Properties properties = new Properties();
        if (!where.user().isEmpty()) {
            properties.setProperty("user", where.user());
        }
        if (!where.password().isEmpty()) {
            properties.setProperty("password", where.password());
        }
        properties.setProperty("ApplicationName", "firstlight");
        properties.setProperty("connectTimeout", Long.toString(CONNECT_SECONDS));
        properties.setProperty("loginTimeout", Long.toString(SIGN_IN_SECONDS));
        properties.setProperty("socketTimeout", Long.toString(ANSWER_SECONDS));
        properties.setProperty("tcpKeepAlive", "true");
        properties.setProperty("reWriteBatchedInserts", "true");
        return properties;
    }

    /** A connection beside the pool's. */
    Connection connect() throws SQLException {
        return DriverManager.getConnection(where.url(), properties(where));
    }

    @Override
    public Jdbi jdbi() {
        return jdbi;
    }

    @Override
    public boolean isShared() {
        return true;
    }

    @Override
    public String forUpdate() {
        return " for update";
    }

    /** The first number is ours, so that other programs' locks in the same database are not met. */
    @Override
    public void exclusively(Handle handle, Matter matter) {
        handle.execute("select pg_advisory_xact_lock(1179210828, ?)", matter.number());
    }

    /** Until the pool has the connection back. The kernel still finds out that the server's host is gone (tcpKeepAlive). */
    @Override
    public void unhurried(Handle handle) {
        try {
            handle.getConnection().setNetworkTimeout(Runnable::run, 0);
        } catch (SQLException e) {
            throw new ConnectionException(e);
        }
    }

    @Override
    public <T> T write(HandleCallback<T, RuntimeException> work) {
        if (transaction.isBound()) {
            return work.withHandle(transaction.get());
        }
        T answer = reached(() -> jdbi.inTransaction(
                handle -> ScopedValue.where(transaction, handle).call(() -> work.withHandle(handle))));
        if (!writable) {
            writable = true;
            LOG.info("the database {} is written to again", where.name());
        }
        return answer;
    }

    @Override
    public boolean isWriting() {
        return transaction.isBound();
    }

    @Override
    public <T> T read(HandleCallback<T, RuntimeException> query) {
        return transaction.isBound() ? query.withHandle(transaction.get()) : reached(() -> jdbi.withHandle(query));
    }

    private <T> T reached(Supplier<T> call) {
        if (!up) {
            throw new DatabaseUnreachable(where.name() + " does not answer", null);
        }
        try {
            return call.get();
        } catch (JdbiException e) {
            SQLException sql = sqlCause(e);
            throw sql == null ? e : failure(sql, e);
        }
    }

    /** Busy is asked first: the pool reports by the same exception that all connections are in use and that none could be made. */
    private RuntimeException failure(SQLException why, JdbiException failure) {
        if (isBusy(why)) {
            return new DatabaseUnreachable(where.name() + " is busy: " + DatabaseFailure.line(why), failure);
        }
        if (isConnection(why)) {
            lost(why);
            return new DatabaseUnreachable(where.name() + " does not answer: " + why.getMessage(), failure);
        }
        if (takesNothing(why)) {
            String what = "the database " + where.name() + " cannot be written: " + DatabaseFailure.line(why);
            if (writable) {
                writable = false;
                LOG.error("{}; PCs are answered from memory, nothing can be changed. See that server's own log", what);
            }
            return new DatabaseUnreachable(what, failure);
        }
        return isChance(why)
                ? new DatabaseUnreachable(where.name() + " did not do it now: " + DatabaseFailure.line(why), failure)
                : failure;
    }

    /** Whether calls fail without being tried. */
    boolean isLost() {
        return !up;
    }

    void lost(SQLException why) {
        if (up) {
            up = false;
            LOG.error(
                    "the database {} does not answer any more ({}); PCs are answered from memory, nothing can be changed",
                    where.name(),
                    DatabaseFailure.line(why));
        }
    }

    void found() {
        if (!up) {
            up = true;
            LOG.info("the database {} answers again", where.name());
        }
    }

    private static @Nullable SQLException sqlCause(Throwable failure) {
        for (Throwable next = failure; next != null; next = next.getCause()) {
            if (next instanceof SQLException sql) {
                return sql;
            }
        }
        return null;
    }

    /**
     * Class 08: no connection. 57P01 to 57P03: the server stops or starts. The pool's own exception: it could not make one in time.
     */
    private static boolean isConnection(SQLException e) {
        String state = e.getSQLState();
        return e instanceof SQLTransientConnectionException
                || (state != null && (state.startsWith("08") || state.matches("57P0[123]")));
    }

    /** Which fails the one call and tells nothing of others: all connections are in use, or, 53300, the server gives no more. */
    private boolean isBusy(SQLException e) {
        return "53300".equals(e.getSQLState())
                || (e instanceof SQLTransientConnectionException
                        && pool.getHikariPoolMXBean().getTotalConnections() == POOL);
    }

    /**
     * What the server's machine says, not what is asked of it: 53100, the disk is full; 53200, no memory is left; class 58, the disk
     * fails; 25006, it is a standby, or was made read-only. As an absent database: PCs must start from their disks all the same.
     */
    private static boolean takesNothing(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.matches("53[12]00|25006") || state.startsWith("58"));
    }

    /** Class 40: it met another transaction (a deadlock, say). 55P03, 57014: it waited longer than that server lets anybody. */
    private static boolean isChance(SQLException e) {
        String state = e.getSQLState();
        return state != null && (state.startsWith("40") || state.equals("55P03") || state.equals("57014"));
    }

    @Override
    public String translated(String script) {
        return script.replace(
                        "integer primary key autoincrement", "bigint generated by default as identity primary key")
                .replace("integer primary key", "bigint primary key");
    }

    @Override
    public String dialect() {
        return "postgresql";
    }

    @Override
    public void close() {
        pool.close();
    }
}
