package firstlight.image.tree;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.util.HashMap;
import java.util.Map;

/**
 * One call of the C library. Not java.nio: it knows no attributes beyond {@code user.}, no devices and no way to follow links
 * within a tree only, and in the imaging environment, which has no locales, no names beyond ASCII.
 */
final class Posix {
    static final int AT_FDCWD = -100;
    static final int AT_REMOVEDIR = 0x200;

    static final int ENOENT = 2;
    static final int EXDEV = 18;
    static final int ENOTDIR = 20;
    static final int EINVAL = 22;
    static final int ENXIO = 6;
    static final int ELOOP = 40;
    static final int ENODATA = 61;
    static final int ENOTSUP = 95;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));
    private static final MemoryLayout I = ValueLayout.JAVA_INT;
    private static final MemoryLayout L = ValueLayout.JAVA_LONG;
    private static final MemoryLayout P = ValueLayout.ADDRESS;

    /** By name; {@code syscall} is for openat2(2), which older glibc have no name for. */
    private static final Map<String, MethodHandle> CALLS = new HashMap<>();

    static {
        variadic("openat", 3, I, I, P, I, I);
        variadic("syscall", 1, L, L, L, P, P, L);
        call("close", I, I);
        call("statx", I, I, P, I, I, P);
        call("getdents64", L, I, P, L);
        call("mkdirat", I, I, P, I);
        call("unlinkat", I, I, P, I);
        call("renameat", I, I, P, I, P);
        call("linkat", I, I, P, I, P, I);
        call("symlinkat", I, P, I, P);
        call("readlinkat", L, I, P, P, L);
        call("mknodat", I, I, P, I, L);
        call("fchownat", I, I, P, I, I, I);
        call("fchmodat", I, I, P, I, I);
        call("utimensat", I, I, P, P, I);
        call("lsetxattr", I, P, P, P, L, I);
        call("lgetxattr", L, P, P, P, L);
        call("llistxattr", L, P, P, L);
        call("lremovexattr", I, P, P);
        call("lseek", L, I, L, I);
        call("syncfs", I, I);
        call("fstatvfs", I, I, P);
    }

    private Posix() {}

    private static void call(String name, MemoryLayout result, MemoryLayout... arguments) {
        CALLS.put(name, handle(name, result, arguments));
    }

    /** @param first the index of the first variadic argument */
    private static void variadic(String name, int first, MemoryLayout result, MemoryLayout... arguments) {
        CALLS.put(name, handle(name, result, arguments, Linker.Option.firstVariadicArg(first)));
    }

    private static MethodHandle handle(
            String name, MemoryLayout result, MemoryLayout[] arguments, Linker.Option... more) {
        Linker.Option[] options = new Linker.Option[more.length + 1];
        System.arraycopy(more, 0, options, 1, more.length);
        options[0] = Linker.Option.captureCallState("errno");
        return LINKER.downcallHandle(
                LINKER.defaultLookup().findOrThrow(name), FunctionDescriptor.of(result, arguments), options);
    }

    /**
     * Calls {@code name}; strings and octets are handed over as pointers to their UTF-8 with a zero behind.
     *
     * @param about the file, for the message of a failure
     * @return what it returns, 0 or more
     */
    static long call(Arena arena, String about, String name, Object... arguments) throws IOException {
        Object[] all = new Object[arguments.length + 1];
        MemorySegment state = arena.allocate(STATE);
        all[0] = state;
        for (int i = 0; i < arguments.length; i++) {
            all[i + 1] = arguments[i] instanceof String text ? arena.allocateFrom(text) : arguments[i];
        }
        Number result;
        try {
            MethodHandle handle = CALLS.get(name);
            if (handle == null) {
                throw new IllegalArgumentException(name);
            }
            result = (Number) handle.invokeWithArguments(all);
        } catch (Throwable broken) {
            throw new IllegalStateException(name, broken);
        }
        if (result.longValue() < 0) {
            int errno = (int) ERRNO.get(state, 0L);
            throw new Refusal(about, errno, Errors.text(errno));
        }
        return result.longValue();
    }
}
