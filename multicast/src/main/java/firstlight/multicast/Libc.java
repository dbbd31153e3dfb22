package firstlight.multicast;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;

/**
 * The few system calls of this room, for which java.nio has no way: segmentation, many datagrams by one call, large buffers.
 * Not those of netboot: that room's libraries have no place in the initramfs. Each answers the call's result, or minus errno.
 */
final class Libc {
    static final int EAGAIN = 11;
    static final int EINTR = 4;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ERRNO_LAYOUT));

    private static final MethodHandle SOCKET = handle("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = handle("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT = handle("connect", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SEND = handle("send", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle RECVMMSG = handle("recvmmsg", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle CLOSE = handle("close", JAVA_INT);

    private Libc() {}

    /** All results are taken as 32 bits: none of these calls can answer more here. */
    private static MethodHandle handle(String name, MemoryLayout... parameters) {
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name),
                FunctionDescriptor.of(JAVA_INT, parameters),
                Linker.Option.captureCallState("errno"));
    }

    static int socket(int domain, int type, int protocol) {
        MemorySegment state = STATE.get();
        try {
            return result((int) SOCKET.invokeExact(state, domain, type, protocol), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int bind(int descriptor, MemorySegment address) {
        MemorySegment state = STATE.get();
        try {
            return result((int) BIND.invokeExact(state, descriptor, address, (int) address.byteSize()), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int connect(int descriptor, MemorySegment address) {
        MemorySegment state = STATE.get();
        try {
            return result((int) CONNECT.invokeExact(state, descriptor, address, (int) address.byteSize()), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int setsockopt(int descriptor, int level, int option, MemorySegment value) {
        MemorySegment state = STATE.get();
        try {
            int size = (int) value.byteSize();
            return result((int) SETSOCKOPT.invokeExact(state, descriptor, level, option, value, size), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int send(int descriptor, MemorySegment from) {
        MemorySegment state = STATE.get();
        try {
            return result((int) SEND.invokeExact(state, descriptor, from, from.byteSize(), 0), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int recvmmsg(int descriptor, MemorySegment messages, int count, int flags) {
        MemorySegment state = STATE.get();
        try {
            return result(
                    (int) RECVMMSG.invokeExact(state, descriptor, messages, count, flags, MemorySegment.NULL), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int close(int descriptor) {
        MemorySegment state = STATE.get();
        try {
            return result((int) CLOSE.invokeExact(state, descriptor), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    private static int result(int answer, MemorySegment state) {
        return answer >= 0 ? answer : -(int) ERRNO.get(state, 0L);
    }

    private static AssertionError unexpected(Throwable cause) {
        return new AssertionError("a downcall threw", cause);
    }
}
