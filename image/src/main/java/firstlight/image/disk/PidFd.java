package firstlight.image.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;

/** Takes over a file that another process has open (Linux 5.6). By number: glibc has names for it since 2.36 only. */
final class PidFd {
    /** The same numbers on x86-64 and arm64. */
    private static final long PIDFD_OPEN = 434;

    private static final long PIDFD_GETFD = 438;

    private static final MethodHandle SYSCALL = Native.handle(
            "syscall",
            1,
            FunctionDescriptor.of(
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG));

    private PidFd() {}

    /** The descriptor of our own for the same open file; a negative errno for a failure. */
    static int take(long pid, int descriptor) {
        int process = call(PIDFD_OPEN, pid, 0);
        if (process < 0) {
            return process;
        }
        try {
            return call(PIDFD_GETFD, process, descriptor);
        } finally {
            Native.close(process);
        }
    }

    private static int call(long number, long one, long two) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            long result = (long) SYSCALL.invokeExact(state, number, one, two, 0L);
            return result < 0 ? -Native.errno(state) : (int) result;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }
}
