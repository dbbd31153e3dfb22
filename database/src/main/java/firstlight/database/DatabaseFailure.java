package firstlight.database;

import java.nio.file.Path;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * The database cannot be opened; the message names it, {@link #cure()} says what to do. At the start, and when it is copied; what happens
 * to one that is open is {@link DatabaseUnreachable}.
 */
public final class DatabaseFailure extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final String cure;

    private DatabaseFailure(String message, String cure, @Nullable Throwable cause) {
        super(message, cause);
        this.cure = cure;
    }

    /** One line for the operator, which the server prints below the message. */
    public String cure() {
        return cure;
    }

    static DatabaseFailure inUse(Path directory) {
        return new DatabaseFailure(
                "the database in " + directory + " is in use",
                "another firstlight serve uses this directory; stop it, or give this one a --data of its own",
                null);
    }

    static DatabaseFailure unusable(Path directory, Throwable cause) {
        return new DatabaseFailure(
                "the database in " + directory + " cannot be opened: " + line(cause),
                "check the directory's space and permission; its files can be moved away to begin anew",
                cause);
    }

    static DatabaseFailure unloadable(Path directory, Throwable cause) {
        String place = System.getProperty("org.sqlite.tmpdir", System.getProperty("java.io.tmpdir"));
        return new DatabaseFailure(
                "the database in " + directory + " cannot be opened: SQLite's native code cannot be loaded from "
                        + place,
                "is that folder full, or mounted noexec? The database's own files have no fault",
                cause);
    }

    static DatabaseFailure unreadable(Path directory, Throwable cause) {
        return new DatabaseFailure(
                "the database in " + directory + " cannot be read: " + line(cause),
                "put a backup in its place; nothing was kept where it was copied to",
                cause);
    }

    static DatabaseFailure empty(Path file) {
        return new DatabaseFailure(
                "the database " + file + " is empty (0 octets): its content is lost",
                "put a backup in its place, or delete the file to begin anew with no devices and no work",
                null);
    }

    static DatabaseFailure notThere(Path directory) {
        return new DatabaseFailure(
                "there is no embedded database in " + directory,
                "give the data directory of the server whose database is to be carried over (--data)",
                null);
    }

    static DatabaseFailure older(Path directory, int schema, int known) {
        return new DatabaseFailure(
                "the database in " + directory + " has schema " + schema + ", this Firstlight works with " + known,
                "start this version's server on it once, which brings it up to date, stop it, then copy",
                null);
    }

    static DatabaseFailure notEmpty(Storage.PostgreSql where, String table, long rows) {
        return new DatabaseFailure(
                "the database " + where.name() + " is not empty: table " + table + " has " + rows
                        + (rows == 1 ? " row" : " rows"),
                "make a new one on the PostgreSQL server (createdb), and start no server on it before the copy",
                null);
    }

    static DatabaseFailure notEqual(Storage.PostgreSql where, String difference) {
        return new DatabaseFailure(
                "the copy in " + where.name() + " is not what was copied: " + difference,
                "nothing was kept there; please report this",
                null);
    }

    static DatabaseFailure tooOld(Storage.PostgreSql where, int version, int oldest) {
        return new DatabaseFailure(
                "the database " + where.name() + " is PostgreSQL " + version + ", which is too old",
                "use PostgreSQL " + oldest + " or newer",
                null);
    }

    static DatabaseFailure newer(int schema, int known) {
        return new DatabaseFailure(
                "the database was brought up to schema " + schema + " by a newer Firstlight; this one knows " + known,
                "start the newer version, or restore the backup from before it",
                null);
    }

    /** By SQLSTATE, which stays the same in each language that a PostgreSQL speaks. Of several in the chain the lowest counts. */
    static DatabaseFailure of(Storage.PostgreSql where, Throwable cause) {
        String state = "";
        for (Throwable next = cause; next != null; next = next.getCause()) {
            if (next instanceof SQLException sql && sql.getSQLState() != null) {
                state = sql.getSQLState();
            }
        }
        String database = "the database " + where.name();
        String user = where.user().isEmpty() ? "no user name" : "the user '" + where.user() + "'";
        return switch (state) {
            case "08001", "08006", "08004" ->
                new DatabaseFailure(
                        database + " cannot be reached: " + line(cause),
                        "is it running, does it listen there (listen_addresses), does a firewall stand between?",
                        cause);
            case "28P01", "28000" ->
                new DatabaseFailure(
                        database + " refuses " + user + ": " + line(cause),
                        "see database.user and database.password-file in the configuration, and the server's pg_hba.conf",
                        cause);
            case "3D000" ->
                new DatabaseFailure(
                        database + " does not exist",
                        "make it on the PostgreSQL server: createdb --owner "
                                + (where.user().isEmpty() ? "USER" : where.user()) + " NAME",
                        cause);
            case "42501" ->
                new DatabaseFailure(
                        database + " does not let " + user + " make tables: " + line(cause),
                        "make that user the database's owner: alter database NAME owner to USER",
                        cause);
            default ->
                new DatabaseFailure(
                        database + " cannot be used: " + line(cause), "see the PostgreSQL server's own log", cause);
        };
    }

    /** The first line of the lowest that says anything. */
    static String line(Throwable cause) {
        String said = cause.getClass().getSimpleName();
        for (Throwable next = cause; next != null; next = next.getCause()) {
            if (next.getMessage() != null) {
                said = next.getMessage();
            }
        }
        return said.lines().findFirst().orElse("");
    }
}
