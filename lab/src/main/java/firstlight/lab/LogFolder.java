package firstlight.lab;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;

/** The folder that a run writes its logs to, for as long as it runs its own: the same scenario played twice at once has two. */
final class LogFolder implements AutoCloseable {
    /** A file in it that names the run which still writes there, see {@link #keep}. */
    private static final String KEPT = "kept";

    private final Path path;
    private final FileLock lock;

    private LogFolder(Path path, FileLock lock) {
        this.path = path;
        this.lock = lock;
    }

    /**
     * {@code wanted}, emptied, or with a number behind it while another run writes there. Released at {@link #close}; the folder
     * and what is in it stay for people.
     */
    static LogFolder take(Path wanted) {
        try {
            Files.createDirectories(wanted.toAbsolutePath().getParent());
            for (int number = 1; ; number++) {
                String name = wanted.getFileName() + (number == 1 ? "" : "-" + number);
                Path folder = wanted.resolveSibling(name);
                FileLock lock = lock(wanted.resolveSibling("." + name + ".lock"));
                if (lock == null) {
                    continue;
                }
                if (isKept(folder)) {
                    lock.channel().close();
                    continue;
                }
                return new LogFolder(Stage.freshFolder(folder), lock);
            }
        } catch (IOException failure) {
            throw new LabFailure("cannot write logs to " + wanted + ": " + failure.getMessage(), failure);
        }
    }

    private static @Nullable FileLock lock(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            FileLock lock = channel.tryLock();
            if (lock == null) {
                channel.close();
            }
            return lock;
        } catch (OverlappingFileLockException ofThisProcess) {
            channel.close();
            return null;
        }
    }

    /** Whether a run that was left running ({@code --keep}) still writes here. */
    private static boolean isKept(Path folder) throws IOException {
        Path mark = folder.resolve(KEPT);
        return Files.exists(mark) && RunState.exists(Files.readString(mark).strip());
    }

    /** The run {@code id} goes on writing here after this process has ended. */
    static void keep(Path folder, String id) {
        try {
            Files.writeString(folder.resolve(KEPT), id + "\n");
        } catch (IOException failure) {
            throw new LabFailure("cannot write to " + folder + ": " + failure.getMessage(), failure);
        }
    }

    Path path() {
        return path;
    }

    @Override
    public void close() {
        try {
            lock.channel().close();
        } catch (IOException ignored) {
            // the lock ends with this process at the latest
        }
    }
}
