package firstlight.image.tree;

import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/** An opened plain file of a tree. */
public final class TreeFile implements Closeable {
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private final String name;
    private final int fd;
    private final FileChannel channel;

    private TreeFile(String name, int fd, FileChannel channel) {
        this.name = name;
        this.fd = fd;
        this.channel = channel;
    }

    /** Takes {@code fd} over. Its name below /proc is ASCII whatever the file's own is. */
    static TreeFile of(String name, int fd, StandardOpenOption how) throws IOException {
        try {
            return new TreeFile(name, fd, FileChannel.open(Path.of("/proc/self/fd/" + fd), how));
        } catch (IOException refused) {
            close(fd);
            throw new IOException(name + ": " + refused.getMessage(), refused);
        }
    }

    /** Closed with the file. */
    public FileChannel channel() {
        return channel;
    }

    /** The first octet at or behind {@code offset} that is in no hole; {@code length} when there is none. */
    public long dataFrom(long offset, long length) throws IOException {
        return seek(offset, length, SEEK_DATA, offset);
    }

    /** The first hole at or behind {@code offset}; {@code length} when there is none. */
    public long holeFrom(long offset, long length) throws IOException {
        return seek(offset, length, SEEK_HOLE, length);
    }

    /** @param unknown the answer of file systems that know no holes */
    private long seek(long offset, long length, int what, long unknown) throws IOException {
        if (offset >= length) {
            return length;
        }
        try (Arena arena = Arena.ofConfined()) {
            return Math.min(length, Posix.call(arena, name, "lseek", fd, offset, what));
        } catch (Refusal refused) {
            if (refused.errno() == Posix.ENXIO) {
                return length;
            }
            if (refused.errno() == Posix.EINVAL || refused.errno() == Posix.ENOTSUP) {
                return unknown;
            }
            throw refused;
        }
    }

    @Override
    public void close() throws IOException {
        channel.close();
        close(fd);
    }

    static void close(int fd) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Posix.call(arena, "an opened file", "close", fd);
        }
    }
}
