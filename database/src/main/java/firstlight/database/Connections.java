package firstlight.database;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import org.jdbi.v3.core.ConnectionFactory;
import org.sqlite.SQLiteConfig;
import org.sqlite.SQLiteDataSource;

/** Open connections to the one file, kept for the next who needs one. */
final class Connections implements ConnectionFactory {
    /** One writes at a time; who reads beyond these opens a connection and closes it again. */
    private static final int KEPT = 4;

    private final SQLiteDataSource source;
    private final BlockingQueue<Connection> idle = new LinkedBlockingQueue<>(KEPT);

    Connections(Path file) {
        SQLiteConfig config = new SQLiteConfig();
        // Readers do not wait for the writer; what is committed
        // survives the server's death (though not each power cut).
        config.setJournalMode(SQLiteConfig.JournalMode.WAL);
        config.setSynchronous(SQLiteConfig.SynchronousMode.NORMAL);
        config.enforceForeignKeys(true);
        // Milliseconds. Our own writers queue in SqliteBackend; it is
        // other programs with the file open that are waited for so long.
        config.setBusyTimeout(10_000);
        // A transaction that reads before it writes would else find, too late, that another one wrote meanwhile.
        config.setTransactionMode(SQLiteConfig.TransactionMode.IMMEDIATE);
        source = new SQLiteDataSource(config);
        source.setUrl("jdbc:sqlite:" + file.toAbsolutePath());
    }

    @Override
    public Connection openConnection() throws SQLException {
        Connection kept = idle.poll();
        return kept == null ? source.getConnection() : kept;
    }

    @Override
    public void closeConnection(Connection connection) throws SQLException {
        if (connection.isClosed() || !idle.offer(connection)) {
            connection.close();
        }
    }

    /** Those that are lent out are closed by who has them. */
    void close() throws SQLException {
        for (Connection kept = idle.poll(); kept != null; kept = idle.poll()) {
            kept.close();
        }
    }
}
