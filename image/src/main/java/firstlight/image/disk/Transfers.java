package firstlight.image.disk;

import java.nio.ByteBuffer;
import java.util.concurrent.locks.LockSupport;

/**
 * All of a buffer, from or to an offset. The kernel may move less of it than it was asked to, be interrupted, or have no room for the
 * request just now; none of these is a failure.
 */
final class Transfers {
    /** How often a request is tried again while the kernel has no room for it. */
    private static final int MOST_PAUSES = 1_000;

    private static final long PAUSE = 1_000_000L; // nanoseconds

    /** No errno. */
    static final int END = Integer.MIN_VALUE;

    private Transfers() {}

    /** pread(2) or pwrite(2) of a direct buffer at its position, which moves. */
    @FunctionalInterface
    interface Call {
        /** What was moved, or a negative errno. */
        long move(ByteBuffer octets, long offset);
    }

    /**
     * Returns when nothing remains in {@code octets}: 0. Otherwise what stopped it: a negative errno, or {@link #END} where the
     * file ends. The buffer's position tells how far it came.
     */
    static int all(Call call, ByteBuffer octets, long offset) {
        return all(call, octets, offset, () -> LockSupport.parkNanos(PAUSE));
    }

    static int all(Call call, ByteBuffer octets, long offset, Runnable pause) {
        long at = offset;
        int pauses = 0;
        while (octets.hasRemaining()) {
            long count = call.move(octets, at);
            if (count > 0) {
                at += count;
            } else if (count == 0) {
                return END;
            } else if (count == -Errno.EAGAIN && ++pauses <= MOST_PAUSES) {
                pause.run();
            } else if (count != -Errno.EINTR) {
                return (int) count;
            }
        }
        return 0;
    }
}
