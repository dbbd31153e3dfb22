package firstlight.environment;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Has one build at a time write into a cache: a server's and one by hand would take each other's unfinished files away, and what was
 * made without them would be kept for whole. It goes with the process that holds it.
 */
final class BuildLock implements AutoCloseable {
    /** A lock on a file is a process's, whichever thread asks. */
    private static final ReentrantLock OF_THIS_PROCESS = new ReentrantLock();

    private final FileChannel channel;

    private BuildLock(FileChannel channel) {
        this.channel = channel;
    }

    /** Waits until nobody else builds there; {@code progress} is told that it waits. */
    static BuildLock in(Path cache, Progress progress) throws IOException {
        OF_THIS_PROCESS.lock();
        try {
            Files.createDirectories(cache);
            return new BuildLock(locked(cache, progress));
        } catch (IOException | RuntimeException e) {
            OF_THIS_PROCESS.unlock();
            throw e;
        }
    }

    private static FileChannel locked(Path cache, Progress progress) throws IOException {
        FileChannel channel =
                FileChannel.open(cache.resolve(".lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            if (channel.tryLock() == null) {
                progress.report("waiting for another build in " + cache, 0, 0);
                channel.lock();
            }
            return channel;
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    @Override
    public void close() throws IOException {
        try {
            channel.close();
        } finally {
            OF_THIS_PROCESS.unlock();
        }
    }
}
