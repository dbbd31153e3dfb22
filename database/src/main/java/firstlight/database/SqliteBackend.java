package firstlight.database;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.HandleCallback;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.sqlite.SQLiteJDBCLoader;

/**
 * SQLite in one file. Writers queue here, in order, rather than at SQLite's
 * own lock, which is asked again and again. Readers never wait (WAL).
 */
final class SqliteBackend implements Backend {
    private static final Logger LOG = LoggerFactory.getLogger(SqliteBackend.class);
    static final String FILE = "firstlight.sqlite";

    /** SQLITE_READONLY, SQLITE_IOERR, SQLITE_FULL, SQLITE_CANTOPEN: what the disk says, not what is asked of it. */
    private static final Set<Integer> DISK = Set.of(8, 10, 13, 14);

    private static final Set<PosixFilePermission> OWNER_ALONE = PosixFilePermissions.fromString("rw-------");

    /** Held open while the server lives: the kernel lets go of the lock when the process dies, however it dies. */
    private final FileChannel lock;

    private final Connections connections;
    private final Jdbi jdbi;
    private final ScopedValue<Handle> transaction = ScopedValue.newInstance();
    private final ReentrantLock writing = new ReentrantLock(true);
    private final Path file;
    /** There was no database before. */
    private final boolean fresh;

    private boolean writable = true;

    /** @throws DatabaseFailure when another server has the directory */
    SqliteBackend(Path directory) {
        loadNativeCode(directory);
        lock = lock(directory);
        refuseEmpty(directory);
        file = directory.resolve(FILE);
        fresh = !Files.exists(file);
        closeToOthers(directory);
        connections = new Connections(file);
        jdbi = Jdbi.create(connections);
    }

    /** Before a file is made: an empty one would be a lost database to the next start. */
    private static void loadNativeCode(Path directory) {
        try {
            SQLiteJDBCLoader.initialize();
        } catch (Exception e) {
            throw DatabaseFailure.unloadable(directory, e);
        }
    }

    /** For SQLite a file of no octets is a new database: what a full disk or a bad copy left would begin anew, without a word. */
    private void refuseEmpty(Path directory) {
        Path file = directory.resolve(FILE);
        try {
            if (!Files.exists(file) || Files.size(file) > 0) {
                return;
            }
            lock.close();
        } catch (IOException e) {
            throw DatabaseFailure.unusable(directory, e);
        }
        throw DatabaseFailure.empty(file);
    }

    /** SQLite makes its file as the umask has it, and those beside it with the same mode. In it are hashes of passwords, and scripts. */
    private void closeToOthers(Path directory) {
        try {
            if (fresh) {
                Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNER_ALONE));
                return;
            }
        } catch (IOException e) {
            throw DatabaseFailure.unusable(directory, e);
        }
        try {
            for (String end : List.of("", "-wal", "-shm")) {
                Path each = directory.resolve(FILE + end);
                if (Files.exists(each)
                        && Files.getPosixFilePermissions(each).contains(PosixFilePermission.OTHERS_READ)) {
                    Files.setPosixFilePermissions(each, OWNER_ALONE);
                }
            }
        } catch (IOException e) {
            LOG.warn(
                    "{} can be read by other accounts of this host, and that cannot be changed: {}",
                    file,
                    e.toString());
        }
    }

    /** SQLite itself would let two servers in, and each would keep its own picture of devices and work. */
    private static FileChannel lock(Path directory) {
        try {
            Files.createDirectories(directory);
            FileChannel channel =
                    FileChannel.open(directory.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (tryLock(channel) == null) {
                channel.close();
                throw DatabaseFailure.inUse(directory);
            }
            return channel;
        } catch (IOException e) {
            throw DatabaseFailure.unusable(directory, e);
        }
    }

    /** Null when another process has it, or another {@link Database} of this one, of which Java tells by an exception. */
    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ours) {
            return null;
        }
    }

    @Override
    public Jdbi jdbi() {
        return jdbi;
    }

    @Override
    public boolean isShared() {
        return false;
    }

    @Override
    public String forUpdate() {
        return "";
    }

    /** A transaction that writes is alone anyway. */
    @Override
    public void exclusively(Handle handle, Matter matter) {}

    /** Nobody counts the time. */
    @Override
    public void unhurried(Handle handle) {}

    @Override
    public <T> T write(HandleCallback<T, RuntimeException> work) {
        if (transaction.isBound()) {
            return work.withHandle(transaction.get());
        }
        writing.lock();
        try {
            T answer = jdbi.inTransaction(
                    handle -> ScopedValue.where(transaction, handle).call(() -> work.withHandle(handle)));
            if (!writable) {
                writable = true;
                LOG.info("the database {} is written to again", file);
            }
            return answer;
        } catch (JdbiException e) {
            throw failure(e);
        } finally {
            writing.unlock();
        }
    }

    @Override
    public boolean isWriting() {
        return transaction.isBound();
    }

    @Override
    public <T> T read(HandleCallback<T, RuntimeException> query) {
        return transaction.isBound() ? query.withHandle(transaction.get()) : jdbi.withHandle(query);
    }

    /** A full disk is as an absent database: PCs must start from their disks whatever the server can note. */
    private RuntimeException failure(JdbiException failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof SQLException sql && DISK.contains(sql.getErrorCode() & 0xFF)) {
                String what = "the database " + file + " cannot be written: " + DatabaseFailure.line(sql);
                if (writable) {
                    writable = false;
                    LOG.error(
                            "{}; PCs are answered from memory, nothing can be changed. Make room, or mend the disk",
                            what);
                }
                return new DatabaseUnreachable(what, failure);
            }
        }
        return failure;
    }

    @Override
    public String translated(String script) {
        return script;
    }

    @Override
    public String dialect() {
        return "sqlite";
    }

    /** A first start that finds the disk full leaves a file of no octets: the next one must not take it for a database that was lost. */
    private void removeUnbegun() throws IOException {
        Path log = file.resolveSibling(FILE + "-wal");
        boolean logged = Files.exists(log) && Files.size(log) > 0;
        if (fresh && !logged && Files.exists(file) && Files.size(file) == 0) {
            Files.delete(file);
        }
    }

    @Override
    public void close() {
        try (lock) {
            connections.close();
            removeUnbegun();
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("the database did not close cleanly", e);
        }
    }
}
