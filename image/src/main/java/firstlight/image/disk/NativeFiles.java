package firstlight.image.disk;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.charset.StandardCharsets;

/**
 * Calls of Linux on files by descriptor and raw name. Java's own decode names by the locale, which in the imaging environment is
 * plain ASCII, and know neither all attributes nor holes nor devices.
 */
final class NativeFiles {
    static final MethodHandle OPENAT = of("openat", 3, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    static final MethodHandle GETDENTS = ofLong("getdents64", JAVA_INT, ADDRESS, JAVA_LONG);
    static final MethodHandle STATX = of("statx", 0, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, ADDRESS);
    static final MethodHandle READLINK = ofLong("readlinkat", JAVA_INT, ADDRESS, ADDRESS, JAVA_LONG);
    static final MethodHandle SYMLINK = of("symlinkat", 0, ADDRESS, JAVA_INT, ADDRESS);
    static final MethodHandle MKDIR = of("mkdirat", 0, JAVA_INT, ADDRESS, JAVA_INT);
    static final MethodHandle MKNOD = of("mknodat", 0, JAVA_INT, ADDRESS, JAVA_INT, JAVA_LONG);
    static final MethodHandle LINK = of("linkat", 0, JAVA_INT, ADDRESS, JAVA_INT, ADDRESS, JAVA_INT);
    static final MethodHandle CHOWN = of("fchownat", 0, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT, JAVA_INT);
    static final MethodHandle CHMOD = of("fchmodat", 0, JAVA_INT, ADDRESS, JAVA_INT, JAVA_INT);
    static final MethodHandle TIMES = of("utimensat", 0, JAVA_INT, ADDRESS, ADDRESS, JAVA_INT);
    static final MethodHandle TRUNCATE = of("ftruncate", 0, JAVA_INT, JAVA_LONG);
    static final MethodHandle SEEK = ofLong("lseek", JAVA_INT, JAVA_LONG, JAVA_INT);
    static final MethodHandle LIST_ATTRIBUTES = ofLong("llistxattr", ADDRESS, ADDRESS, JAVA_LONG);
    static final MethodHandle GET_ATTRIBUTE = ofLong("lgetxattr", ADDRESS, ADDRESS, ADDRESS, JAVA_LONG);
    static final MethodHandle SET_ATTRIBUTE = of("lsetxattr", 0, ADDRESS, ADDRESS, ADDRESS, JAVA_LONG, JAVA_INT);
    static final MethodHandle FLAGS = of("ioctl", 2, JAVA_INT, JAVA_LONG, ADDRESS);

    private NativeFiles() {}

    private static MethodHandle of(String name, int firstVariadic, MemoryLayout... arguments) {
        return Native.handle(name, firstVariadic, FunctionDescriptor.of(JAVA_INT, arguments));
    }

    private static MethodHandle ofLong(String name, MemoryLayout... arguments) {
        return Native.handle(name, 0, FunctionDescriptor.of(JAVA_LONG, arguments));
    }

    @FunctionalInterface
    interface Call {
        long with(MemorySegment state, Arena arena) throws Throwable;
    }

    /** The call's result, or a negative errno. */
    static long call(Call call) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = Native.state(arena);
            long result = call.with(state, arena);
            return result < 0 ? -Native.errno(state) : result;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /**
     * {@code result}, if it is no negative errno; else an IOException that names the file.
     *
     * @param what for the message, such as {@code write}
     */
    static long must(String what, byte[] name, long result) throws IOException {
        if (result < 0) {
            throw new IOException("cannot " + what + " '" + new String(name, StandardCharsets.UTF_8) + "' (errno "
                    + -result + (result == -28 ? ", no space left)" : ")"));
        }
        return result;
    }

    /** A name as C has it. */
    static MemorySegment text(Arena arena, byte[] name) {
        MemorySegment text = arena.allocate(name.length + 1L);
        MemorySegment.copy(name, 0, text, ValueLayout.JAVA_BYTE, 0, name.length);
        return text;
    }
}
