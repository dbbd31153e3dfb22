package firstlight.image.disk;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Device nodes that nobody can write to until this is closed, or this program is ended (Ctrl-C, SIGTERM): the kernel keeps
 * the mark when who set it is gone, and even on a loop device that is detached and attached anew.
 */
final class ReadOnlyNodes implements AutoCloseable {
    /** Of all captures of this process, for its end. */
    private static final Set<Path> MARKED = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime()
                .addShutdownHook(Thread.ofPlatform().unstarted(() -> MARKED.forEach(ReadOnlyNodes::makeWritable)));
    }

    private final List<Path> own = new ArrayList<>();

    private ReadOnlyNodes() {}

    /** @throws ImageFailure when one of them cannot be marked: then none is. One that was read-only before stays so. */
    static ReadOnlyNodes mark(List<Path> nodes) throws IOException {
        ReadOnlyNodes all = new ReadOnlyNodes();
        for (Path each : nodes) {
            int result = all.mark(each);
            if (result < 0) {
                all.close();
                throw new ImageFailure(
                        each + " cannot be made read-only for the capture", "errno " + -result, "Run as root");
            }
        }
        return all;
    }

    private int mark(Path node) {
        int fd = Native.open(node.toString(), OpenFlags.O_RDONLY);
        if (fd < 0) {
            return fd;
        }
        int result = Native.ioctl(fd, Native.BLKROGET, 0);
        if (result == 0) {
            own.add(node);
            MARKED.add(node); // before it is: no moment at which an end of this program would leave it marked
            result = Native.ioctl(fd, Native.BLKROSET, 1);
        }
        Native.close(fd);
        return result;
    }

    /** A node that is gone, with its disk, has no mark that could be taken away. */
    static void makeWritable(Path node) {
        int fd = Native.open(node.toString(), OpenFlags.O_RDONLY);
        if (fd >= 0) {
            int ignored = Native.ioctl(fd, Native.BLKROSET, 0);
            Native.close(fd);
        }
    }

    @Override
    public void close() {
        for (Path each : own) {
            makeWritable(each);
            MARKED.remove(each);
        }
    }
}
