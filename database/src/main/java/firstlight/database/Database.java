package firstlight.database;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.SQLException;
import java.time.Instant;
import org.jdbi.v3.core.Jdbi;
import org.jdbi.v3.core.JdbiException;
import org.jspecify.annotations.Nullable;

/** The server's memory, in one directory. Everything that was answered as done is still there after a restart. */
public final class Database implements AutoCloseable {
    private final FileChannel lock;
    private final Connections connections;
    private final DeviceStore devices;
    private final WorkStore works;
    private final Journal journal;

    private Database(FileChannel lock, Connections connections, Instant now) {
        this.lock = lock;
        this.connections = connections;
        Jdbi jdbi = Jdbi.create(connections);
        Migrations.apply(jdbi);
        this.devices = new DeviceStore(jdbi);
        this.works = new WorkStore(jdbi);
        this.journal = new Journal(jdbi, now);
    }

    /**
     * @throws DatabaseFailure when the directory cannot be used or another server has it open
     */
    public static Database open(Path directory, Instant now) {
        FileChannel lock = lock(directory);
        try {
            return new Database(lock, new Connections(directory.resolve("firstlight.sqlite")), now);
        } catch (JdbiException e) {
            closeQuietly(lock, e);
            throw DatabaseFailure.unusable(directory, e);
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

    private static @Nullable FileLock tryLock(FileChannel channel) throws IOException {
        try {
            return channel.tryLock();
        } catch (OverlappingFileLockException ours) {
            return null;
        }
    }

    private static void closeQuietly(FileChannel channel, Exception why) {
        try {
            channel.close();
        } catch (IOException e) {
            why.addSuppressed(e);
        }
    }

    public DeviceStore devices() {
        return devices;
    }

    public WorkStore works() {
        return works;
    }

    public Journal journal() {
        return journal;
    }

    @Override
    public void close() {
        journal.close();
        try (lock) {
            connections.close();
        } catch (SQLException | IOException e) {
            throw new IllegalStateException("the database did not close cleanly", e);
        }
    }
}
