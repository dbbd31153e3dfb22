package firstlight.image.disk;

import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.StructLayout;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;

/** The few calls of Linux that Java has no words for. Each returns a negative errno for a failure. */
final class Native {
    /** From sys/file.h, sys/mount.h and linux/falloc.h. */
    static final int LOCK_SH = 1;

    static final int LOCK_EX = 2;
    static final int LOCK_NB = 4;

    static final int MS_NOSUID_NODEV = 6;
    static final int MNT_DETACH = 2;

    static final int FALLOC_KEEP_SIZE = 1;
    static final int FALLOC_PUNCH_HOLE = 2;
    static final int FALLOC_ZERO_RANGE = 0x10;

    /** From linux/fs.h, scsi/sg.h, linux/nvme_ioctl.h and linux/loop.h. */
    static final long BLKROSET = 0x125D;

    static final long BLKROGET = 0x125E;
    static final long BLKRRPART = 0x125F;
    static final long BLKDISCARD = 0x1277;

    static final long SG_IO = 0x2285;
    static final long NVME_ADMIN_COMMAND = 0xC048_4E41L;

    static final long LOOP_CTL_GET_FREE = 0x4C82;
    static final long LOOP_CONFIGURE = 0x4C0A;

    private static final Linker LINKER = Linker.nativeLinker();
    private static final StructLayout STATE = Linker.Option.captureStateLayout();
    private static final VarHandle ERRNO = STATE.varHandle(MemoryLayout.PathElement.groupElement("errno"));

    private static final MethodHandle OPEN =
            handle("open", 2, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle FLOCK =
            handle("flock", 0, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle CLOSE =
            handle("close", 0, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle IOCTL = handle(
            "ioctl",
            2,
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_LONG, ValueLayout.ADDRESS));
    private static final MethodHandle FALLOCATE = handle(
            "fallocate",
            0,
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG));
    private static final MethodHandle FADVISE = handle(
            "posix_fadvise",
            0,
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_INT,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.JAVA_INT));
    private static final FunctionDescriptor TRANSFER = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_INT,
            ValueLayout.ADDRESS,
            ValueLayout.JAVA_LONG,
            ValueLayout.JAVA_LONG);
    private static final FunctionDescriptor STREAM = FunctionDescriptor.of(
            ValueLayout.JAVA_LONG, ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_LONG);
    private static final MethodHandle READ = handle("read", 0, STREAM);
    private static final MethodHandle WRITE = handle("write", 0, STREAM);
    private static final MethodHandle MOUNT = handle(
            "mount",
            0,
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.ADDRESS,
                    ValueLayout.JAVA_LONG,
                    ValueLayout.ADDRESS));
    private static final MethodHandle UMOUNT = handle(
            "umount2", 0, FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.ADDRESS, ValueLayout.JAVA_INT));
    private static final MethodHandle SETPRIORITY = handle(
            "setpriority",
            0,
            FunctionDescriptor.of(
                    ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));
    private static final MethodHandle PREAD = handle("pread", 0, TRANSFER);
    private static final MethodHandle PWRITE = handle("pwrite", 0, TRANSFER);

    private Native() {}

    /** A descriptor, closed in programs that are run; O_CREAT is not among {@code flags}: there is no mode. */
    static int open(String path, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int fd = (int) OPEN.invokeExact(state, arena.allocateFrom(path), flags | OpenFlags.O_CLOEXEC);
            return fd < 0 ? -errno(state) : fd;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** @param operation one of the {@code LOCK_} words, with {@link #LOCK_NB}; returns 0 or the negative errno */
    static int flock(int fd, int operation) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) FLOCK.invokeExact(state, fd, operation);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** Of the calling thread: PRIO_PROCESS (0) and 0 mean it on Linux. */
    static int setpriority(int nice) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) SETPRIORITY.invokeExact(state, 0, 0, nice);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** What it says is not heard: whoever must know has synced before. */
    static void close(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored = (int) CLOSE.invokeExact(arena.allocate(STATE), fd);
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** An ioctl whose argument is a pointer to longs; the answer is what is in the first of them afterwards. */
    static int ioctl(int fd, long request, long... argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment values = arena.allocateFrom(ValueLayout.JAVA_LONG, argument);
            int result = (int) IOCTL.invokeExact(state, fd, request, values);
            return result < 0 ? -errno(state) : values.get(ValueLayout.JAVA_INT, 0);
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** An ioctl whose argument is a structure, which the kernel fills in. */
    static int ioctl(int fd, long request, MemorySegment argument) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) IOCTL.invokeExact(state, fd, request, argument);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** An ioctl whose answer is its result. */
    static int ask(int fd, long request) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) IOCTL.invokeExact(state, fd, request, MemorySegment.NULL);
            return result < 0 ? -errno(state) : result;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** @param mode of the {@code FALLOC_} words */
    static int fallocate(int fd, int mode, long offset, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) FALLOCATE.invokeExact(state, fd, mode, offset, length);
            return result < 0 ? -errno(state) : 0;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** Drops the cached pages of the range, those that are on the medium already. */
    static void forget(int fd, long offset, long length) {
        try (Arena arena = Arena.ofConfined()) {
            int ignored =
                    (int) FADVISE.invokeExact(arena.allocate(STATE), fd, offset, length, 4); // POSIX_FADV_DONTNEED
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** Reads into the direct buffer {@code into}, at its position, which moves. */
    static long pread(int fd, ByteBuffer into, long offset) {
        return transfer(PREAD, fd, into, offset);
    }

    /** Writes from the direct buffer {@code from}, at its position, which moves. */
    static long pwrite(int fd, ByteBuffer from, long offset) {
        return transfer(PWRITE, fd, from, offset);
    }

    private static long transfer(MethodHandle call, int fd, ByteBuffer buffer, long offset) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            MemorySegment octets = MemorySegment.ofBuffer(buffer);
            long count = (long) call.invokeExact(state, fd, octets, octets.byteSize(), offset);
            if (count < 0) {
                return -errno(state);
            }
            buffer.position(buffer.position() + (int) count);
            return count;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** Reads what comes next into {@code into}, from its start; waits for it. */
    static long read(int fd, MemorySegment into) {
        return stream(READ, fd, into, into.byteSize());
    }

    /** Writes {@code length} octets from the start of {@code from} in one call. */
    static long write(int fd, MemorySegment from, long length) {
        return stream(WRITE, fd, from, length);
    }

    private static long stream(MethodHandle call, int fd, MemorySegment octets, long length) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            long count = (long) call.invokeExact(state, fd, octets, length);
            return count < 0 ? -errno(state) : count;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    /** @param options in the file system's own words, with commas between */
    static int mount(String what, String where, String type, long flags, String options) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) MOUNT.invokeExact(
                    state,
                    arena.allocateFrom(what),
                    arena.allocateFrom(where),
                    arena.allocateFrom(type),
                    flags,
                    arena.allocateFrom(options));
            return result < 0 ? -errno(state) : 0;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    static int unmount(String where, int flags) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment state = arena.allocate(STATE);
            int result = (int) UMOUNT.invokeExact(state, arena.allocateFrom(where), flags);
            return result < 0 ? -errno(state) : 0;
        } catch (Throwable broken) {
            throw new IllegalStateException(broken);
        }
    }

    static MemorySegment state(Arena arena) {
        return arena.allocate(STATE);
    }

    static int errno(MemorySegment state) {
        return (int) ERRNO.get(state, 0L);
    }

    /** @param firstVariadic the index of the first variadic argument; 0 when there is none */
    static MethodHandle handle(String name, int firstVariadic, FunctionDescriptor descriptor) {
        MemorySegment address = LINKER.defaultLookup().findOrThrow(name);
        Linker.Option errno = Linker.Option.captureCallState("errno");
        return firstVariadic == 0
                ? LINKER.downcallHandle(address, descriptor, errno)
                : LINKER.downcallHandle(address, descriptor, errno, Linker.Option.firstVariadicArg(firstVariadic));
    }
}
