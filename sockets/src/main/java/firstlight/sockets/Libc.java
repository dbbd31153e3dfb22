package firstlight.sockets;

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

/** The system calls of this package. Each answers the call's result, or minus errno when it failed, as the kernel does. */
final class Libc {
    static final int AF_INET = 2;
    static final int AF_INET6 = 10;
    static final int AF_PACKET = 17;
    static final int SOCK_DGRAM = 2;
    static final int SOCK_RAW = 3;
    static final int SOCK_CLOEXEC = 0x80000;
    static final int MSG_DONTWAIT = 0x40;
    /** Of recvmmsg: waits for the first, takes what else is there. */
    static final int MSG_WAITFORONE = 0x10000;

    static final int EPOLLIN = 1;
    static final int EPOLL_CTL_ADD = 1;
    static final int EPOLL_CLOEXEC = 0x80000;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final MemoryLayout ERRNO_LAYOUT = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = ERRNO_LAYOUT.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    /** Where a call leaves its errno: one a thread, since calls are too many to allocate it for each. */
    private static final ThreadLocal<MemorySegment> STATE =
            ThreadLocal.withInitial(() -> Arena.ofAuto().allocate(ERRNO_LAYOUT));

    private static final MethodHandle SOCKET = handle("socket", JAVA_INT, JAVA_INT, JAVA_INT);
    private static final MethodHandle BIND = handle("bind", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle CONNECT = handle("connect", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SEND = handle("send", JAVA_INT, ADDRESS, JAVA_LONG, JAVA_INT);
    private static final MethodHandle SETSOCKOPT =
            handle("setsockopt", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle GETSOCKNAME = handle("getsockname", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle GETPEERNAME = handle("getpeername", JAVA_INT, ADDRESS, ADDRESS);
    private static final MethodHandle SENDMSG = handle("sendmsg", JAVA_INT, ADDRESS, JAVA_INT);
    private static final MethodHandle SENDMMSG = handle("sendmmsg", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle RECVMMSG = handle("recvmmsg", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EPOLL_CREATE = handle("epoll_create1", JAVA_INT);
    private static final MethodHandle EPOLL_CTL = handle("epoll_ctl", JAVA_INT, JAVA_INT, JAVA_INT, ADDRESS);
    private static final MethodHandle EPOLL_WAIT = handle("epoll_wait", JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    private static final MethodHandle CLOSE = handle("close", JAVA_INT);
    private static final MethodHandle EVENTFD = handle("eventfd", JAVA_INT, JAVA_INT);
    private static final MethodHandle READ = handle("read", JAVA_INT, ADDRESS, JAVA_LONG);
    private static final MethodHandle SYSCALL = LINKER.downcallHandle(
            LINKER.defaultLookup().findOrThrow("syscall"),
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT),
            Linker.Option.firstVariadicArg(1));
    private static final MethodHandle IF_NAMETOINDEX = handle("if_nametoindex", ADDRESS);
    private static final MethodHandle WRITE = handle("write", JAVA_INT, ADDRESS, JAVA_LONG);

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

    /** Of the whole segment: a sockaddr of the right length. */
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
            return result(
                    (int) SETSOCKOPT.invokeExact(state, descriptor, level, option, value, (int) value.byteSize()),
                    state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int getsockname(int descriptor, MemorySegment address, MemorySegment length) {
        MemorySegment state = STATE.get();
        try {
            return result((int) GETSOCKNAME.invokeExact(state, descriptor, address, length), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int getpeername(int descriptor, MemorySegment address, MemorySegment length) {
        MemorySegment state = STATE.get();
        try {
            return result((int) GETPEERNAME.invokeExact(state, descriptor, address, length), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Of a connected socket. */
    static int send(int descriptor, MemorySegment octets) {
        MemorySegment state = STATE.get();
        try {
            return result((int) SEND.invokeExact(state, descriptor, octets, octets.byteSize(), 0), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int sendmsg(int descriptor, MemorySegment message) {
        MemorySegment state = STATE.get();
        try {
            return result((int) SENDMSG.invokeExact(state, descriptor, message, 0), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int sendmmsg(int descriptor, MemorySegment messages, int count) {
        MemorySegment state = STATE.get();
        try {
            return result((int) SENDMMSG.invokeExact(state, descriptor, messages, count, 0), state);
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

    static int epollCreate() {
        MemorySegment state = STATE.get();
        try {
            return result((int) EPOLL_CREATE.invokeExact(state, EPOLL_CLOEXEC), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int epollAdd(int poll, int descriptor, MemorySegment event) {
        MemorySegment state = STATE.get();
        try {
            return result((int) EPOLL_CTL.invokeExact(state, poll, EPOLL_CTL_ADD, descriptor, event), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int epollWait(int poll, MemorySegment events, int count, int milliseconds) {
        MemorySegment state = STATE.get();
        try {
            return result((int) EPOLL_WAIT.invokeExact(state, poll, events, count, milliseconds), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int eventfd(int flags) {
        MemorySegment state = STATE.get();
        try {
            return result((int) EVENTFD.invokeExact(state, 0, flags), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int read(int descriptor, MemorySegment into) {
        MemorySegment state = STATE.get();
        try {
            return result((int) READ.invokeExact(state, descriptor, into, into.byteSize()), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    static int write(int descriptor, MemorySegment from) {
        MemorySegment state = STATE.get();
        try {
            return result((int) WRITE.invokeExact(state, descriptor, from, from.byteSize()), state);
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** A system call that libc has no name for, with the calling thread (0) as its first argument; whether it succeeded. */
    static boolean ofThisThread(long number, MemorySegment structure, int third, int fourth) {
        try {
            return (long) SYSCALL.invokeExact(number, 0, structure, third, fourth) == 0;
        } catch (Throwable e) {
            throw unexpected(e);
        }
    }

    /** Negative where it has none, or the C library could not ask: it opens a socket for that. */
    static int interfaceIndex(MemorySegment name) {
        MemorySegment state = STATE.get();
        try {
            int index = (int) IF_NAMETOINDEX.invokeExact(state, name);
            return index == 0 ? -(int) ERRNO.get(state, 0L) : index;
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
