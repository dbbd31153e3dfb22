package firstlight.sockets;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * Asks the scheduler for short time slices. A firmware waits for each answer, and each answer takes microseconds: a thread that
 * asks for little at a time may interrupt one that asks for much, without getting more of the processor in sum (Linux 6.12;
 * older kernels take the request and do nothing).
 */
public final class ShortSlices {
    /** The shortest that Linux grants. */
    private static final long SLICE_NANOS = 100_000;

    private static final boolean X86_64 = System.getProperty("os.arch").equals("amd64");
    private static final long SCHED_SETATTR = X86_64 ? 314 : 274;
    private static final long SCHED_GETATTR = X86_64 ? 315 : 275;

    // struct sched_attr
    // { u32 size, u32 policy, u64 flags, s32 nice, u32 priority, u64 runtime, u64 deadline, u64 period }
    private static final int SIZE = 48;
    private static final int POLICY = 4;
    private static final int RUNTIME = 24;
    private static final int SCHED_OTHER = 0;

    private ShortSlices() {}

    /** For the calling thread. False when the kernel did not take it, or somebody gave the thread a policy of its own. */
    public static boolean take() {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment attributes = arena.allocate(SIZE, 8);
            if (!Libc.ofThisThread(SCHED_GETATTR, attributes, SIZE, 0)
                    || attributes.get(Layout.INT, POLICY) != SCHED_OTHER) {
                return false;
            }
            attributes.set(Layout.LONG, RUNTIME, SLICE_NANOS);
            return Libc.ofThisThread(SCHED_SETATTR, attributes, 0, 0);
        }
    }
}
