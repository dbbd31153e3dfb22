package firstlight.database;

import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.ConnectionException;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;
import org.sqlite.SQLiteException;

/**
 * Carries an embedded database over to an empty PostgreSQL: every table, every row, with its number. One transaction: what is not
 * equal in the end, record by record, is not kept. The embedded one is only read.
 */
public final class DatabaseCopy {
    private final Path directory;
    private final Storage.PostgreSql target;
    private final Progress progress;

    /** Told of each table, some times. */
    public interface Progress {
        void progress(String what, long done, long total);
    }

    private DatabaseCopy(Path directory, Storage.PostgreSql target, Progress progress) {
        this.directory = directory;
        this.target = target;
        this.progress = progress;
    }

    /**
     * @return how many rows each table has
     * @throws DatabaseFailure when there is nothing to copy, a server uses it, or the target cannot be used or is not empty
     */
    public static Map<String, Long> copy(Path directory, Storage.PostgreSql target, Progress progress) {
        return new DatabaseCopy(directory, target, progress).run();
    }

    private Map<String, Long> run() {
        if (!Files.isRegularFile(directory.resolve(SqliteBackend.FILE))) {
            throw DatabaseFailure.notThere(directory);
        }
        try (SqliteBackend from = new SqliteBackend(directory)) {
            checkSchema(from);
            try (PostgresBackend to = new PostgresBackend(target)) {
                return copy(from, to);
            }
        } catch (JdbiException e) {
            throw isOfTheSource(e) ? DatabaseFailure.unreadable(directory, e) : DatabaseFailure.of(target, e);
        }
    }

    /** Both databases fail through JDBI; the driver's own exception tells which of them has to be mended. */
    private static boolean isOfTheSource(JdbiException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLiteException) {
                return true;
            }
        }
        return false;
    }

    private void checkSchema(SqliteBackend from) {
        int schema = from.read(Migrations::version);
        if (schema > Migrations.newest()) {
            throw DatabaseFailure.newer(schema, Migrations.newest());
        }
        // The source is only read, so it is not brought up to date here.
        if (schema < Migrations.newest()) {
            throw DatabaseFailure.older(directory, schema, Migrations.newest());
        }
    }

    private Map<String, Long> copy(SqliteBackend from, PostgresBackend to) {
        Migrations.apply(to);
        return from.read(source -> to.write(copied -> {
            to.unhurried(copied);
            // A server that starts on the target meanwhile waits here, and finds it full.
            for (Backend.Matter matter : Backend.Matter.values()) {
                to.exclusively(copied, matter);
            }
            try {
                return copy(source, copied);
            } catch (SQLException e) {
                throw new ConnectionException(e); // for the one who rolls back
            }
        }));
    }

    private Map<String, Long> copy(Handle source, Handle copied) throws SQLException {
        Connection from = source.getConnection();
        Connection to = copied.getConnection();
        List<CopiedTable> tables = new ArrayList<>();
        for (String name : names(source)) {
            tables.add(CopiedTable.of(name, from, to));
        }
        for (CopiedTable table : tables) {
            if (table.isOurs()) {
                table.clear(to);
            } else if (table.count(to) > 0) {
                throw DatabaseFailure.notEmpty(target, table.name(), table.count(to));
            }
        }
        Map<String, Long> counts = new LinkedHashMap<>();
        for (CopiedTable table : tables) {
            long rows = table.count(from);
            progress.progress("copying " + table.name(), 0, rows);
            table.copy(from, to, done -> progress.progress("copying " + table.name(), done, rows));
            counts.put(table.name(), rows);
        }
        for (CopiedTable table : tables) {
            long rows = table.count(from);
            progress.progress("comparing " + table.name(), 0, rows);
            table.difference(from, to, done -> progress.progress("comparing " + table.name(), done, rows))
                    .ifPresent(difference -> {
                        throw DatabaseFailure.notEqual(target, difference);
                    });
        }
        return counts;
    }

    /** Those that others refer to first. */
    private static List<String> names(Handle source) {
        List<String> names = source.createQuery("select name from sqlite_master where type = 'table'"
                        + " and name not like 'sqlite_%' and name <> 'schema_version' order by name")
                .mapTo(String.class)
                .list();
        List<String> ordered = new ArrayList<>();
        names.forEach(name -> add(source, name, ordered));
        return ordered;
    }

    private static void add(Handle source, String name, List<String> ordered) {
        if (!ordered.contains(name)) {
            source.createQuery("select \"table\" from pragma_foreign_key_list(?)")
                    .bind(0, name)
                    .mapTo(String.class)
                    .list()
                    .forEach(referred -> add(source, referred, ordered));
            ordered.add(name);
        }
    }
}
