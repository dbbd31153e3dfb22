package firstlight.image.disk;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;

/**
 * A loop device that the kernel takes back by itself as soon as nobody has it open or mounted, so that none is left behind
 * by a process that is killed (linux/loop.h; Linux 5.8).
 */
final class LentLoop implements AutoCloseable {
    /** {@code struct loop_config}: a descriptor, the block size, {@code struct loop_info64}, space for later. */
    private static final int CONFIG = 304;

    /** lo_flags of its loop_info64, from the configuration's start. */
    private static final int FLAGS = 60;

    private static final int AUTOCLEAR = 4;

    /** Between the question for a free one and its use another may take it. */
    private static final int ATTEMPTS = 20;

    private final int descriptor;
    private final Path node;

    private LentLoop(int descriptor, Path node) {
        this.descriptor = descriptor;
        this.node = node;
    }

    /**
     * Closing it leaves it to whoever has mounted it. Mount it before that: a loop device that nobody uses goes at once. Attached
     * for reading and writing.
     */
    static LentLoop over(Path file, int sectorSize) throws IOException {
        int backing = opened(file.toString());
        try {
            for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
                Path node = Path.of("/dev/loop" + free());
                int device = opened(node.toString());
                int result = Native.ioctl(device, Native.LOOP_CONFIGURE, config(backing, sectorSize));
                if (result >= 0) {
                    return new LentLoop(device, node);
                }
                Native.close(device);
                if (result != -Errno.EBUSY) {
                    throw failure(file.toString(), -result);
                }
            }
            throw failure(file.toString(), Errno.EBUSY);
        } finally {
            Native.close(backing);
        }
    }

    private static int free() throws ImageFailure {
        int control = opened("/dev/loop-control");
        try {
            int number = Native.ask(control, Native.LOOP_CTL_GET_FREE);
            if (number < 0) {
                throw failure("/dev/loop-control", -number);
            }
            return number;
        } finally {
            Native.close(control);
        }
    }

    private static int opened(String path) throws ImageFailure {
        int descriptor = Native.open(path, OpenFlags.O_RDWR);
        if (descriptor < 0) {
            throw failure(path, -descriptor);
        }
        return descriptor;
    }

    private static long[] config(int backing, int sectorSize) {
        ByteBuffer config = ByteBuffer.allocate(CONFIG).order(ByteOrder.nativeOrder());
        config.putInt(0, backing).putInt(4, sectorSize).putInt(FLAGS, AUTOCLEAR);
        long[] words = new long[CONFIG / Long.BYTES];
        config.asLongBuffer().get(words);
        return words;
    }

    private static ImageFailure failure(String what, int errno) {
        return new ImageFailure(
                "No loop device can be had for " + what,
                "errno " + errno,
                "Run as root on a kernel with loop devices (modprobe loop)");
    }

    Path node() {
        return node;
    }

    @Override
    public void close() {
        Native.close(descriptor);
    }
}
