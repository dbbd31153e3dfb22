package firstlight.database;

import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.HandleConsumer;
import org.jdbi.v3.core.Jdbi;

/**
 * The database engine below the stores, and the one seam between SQLite and PostgreSQL: everything else is SQL that both understand.
 */
interface Backend extends AutoCloseable {
    /** What only one transaction of all servers may do at a time. */
    enum Matter {
        MIGRATION(1),
        REGISTRATION(2),
        CLAIM(3),
        JOURNAL(4),
        POLICY(5),
        ACCESS(6),
        SESSION(7);

        /** Never changed: an older server may share the database. */
        private final int number;

        Matter(int number) {
            this.number = number;
        }

        int number() {
            return number;
        }
    }

    /** For what needs no {@link #write}: readers of whole tables at the start. It knows nothing of an outer write. */
    Jdbi jdbi();

    /** Whether other servers may write what this one reads. */
    boolean isShared();

    /** The end of a query for a row that this transaction is going to change. Empty for SQLite, whose writer is alone. */
    String forUpdate();

    /**
     * Waits until no other transaction is in {@code matter}, and keeps others out until this one ends. Of two transactions that take two
     * of them in opposite orders PostgreSQL ends one ({@link DatabaseUnreachable}).
     */
    void exclusively(Handle transaction, Matter matter);

    /** What this handle is asked may take as long as it takes: of a large table, or behind another server that is at it. */
    void unhurried(Handle handle);

    /**
     * Commits when {@code work} returns: then it is kept for ever, and all of it. A write within a write is part of it, and so is a read.
     * What is thrown rolls all of it back and comes out as it is.
     *
     * @throws DatabaseUnreachable when nothing can be written now; nothing was
     */
    <T> T write(HandleCallback<T, RuntimeException> work);

    /** Whether this thread is in a {@link #write}. */
    boolean isWriting();

    /**
     * Within a {@link #write} of this thread it sees what that has written.
     *
     * @throws DatabaseUnreachable when PostgreSQL does not answer
     */
    <T> T read(HandleCallback<T, RuntimeException> query);

    /** A {@link #write} without an answer. */
    default void run(HandleConsumer<RuntimeException> work) {
        write(handle -> {
            work.useHandle(handle);
            return true;
        });
    }

    /** A script of the SQLite dialect in this one. */
    String translated(String script);

    /** The name of this dialect, by which a script that only it needs is found. */
    String dialect();

    @Override
    void close();
}
