package firstlight.image.disk;

import static firstlight.image.disk.NativeFiles.call;
import static firstlight.image.disk.NativeFiles.must;
import static firstlight.image.disk.NativeFiles.text;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/** An open file: its content, where it has holes, and the flags and project that XFS and ext4 keep of it. */
public final class FileContent implements AutoCloseable {
    private static final int CREATE = OpenFlags.O_RDWR | OpenFlags.O_CREAT | OpenFlags.O_EXCL;
    private static final int NO_FOLLOW = OpenFlags.O_NOFOLLOW | OpenFlags.O_NONBLOCK;
    private static final long GET_FLAGS = 0x801C581FL; // FS_IOC_FSGETXATTR
    private static final long SET_FLAGS = 0x401C5820L;
    private static final long GET_ATTRIBUTES = 0x80086601L; // FS_IOC_GETFLAGS
    private static final long MAP_EXTENTS = 0xC020660BL; // FS_IOC_FIEMAP
    private static final int MAP_HEAD = 32;
    private static final int MAP_EXTENT = 56;
    private static final int MAP_MOST = 256;
    private static final int FLAGS = 28;
    private static final int SEEK_DATA = 3;
    private static final int SEEK_HOLE = 4;

    private final int fd;
    private final byte[] name;

    private FileContent(int fd, byte[] name) {
        this.fd = fd;
        this.name = name;
    }

    /** A file or folder. */
    public static FileContent open(Folder folder, byte[] name) throws IOException {
        return open(folder, name, OpenFlags.O_RDONLY | NO_FOLLOW);
    }

    public static FileContent make(Folder folder, byte[] name) throws IOException {
        return open(folder, name, CREATE | NO_FOLLOW);
    }

    private static FileContent open(Folder folder, byte[] name, int flags) throws IOException {
        return new FileContent(
                (int) must("open", name, call((state, arena) -> (int) NativeFiles.OPENAT.invokeExact(
                        state, folder.descriptor(), text(arena, name), flags | OpenFlags.O_CLOEXEC, 0600))),
                name);
    }

    /** Where data begin at or behind {@code from}; negative when there are none. */
    public long dataFrom(long from) throws IOException {
        long at = call((state, arena) -> (long) NativeFiles.SEEK.invokeExact(state, fd, from, SEEK_DATA));
        return at == -Errno.ENXIO ? -1 : must("look for data in", name, at);
    }

    /** Where the data at {@code from} end. */
    public long holeFrom(long from) throws IOException {
        return must("look for holes in", name, call((state, arena) ->
                (long) NativeFiles.SEEK.invokeExact(state, fd, from, SEEK_HOLE)));
    }

    /** Fills the direct buffer {@code into}. */
    public void read(long offset, ByteBuffer into) throws IOException {
        for (long at = offset; into.hasRemaining(); ) {
            long count = must("read", name, Native.pread(fd, into, at));
            if (count == 0) {
                throw new IOException("a file ends early, at " + at);
            }
            at += count;
        }
    }

    public void write(long offset, ByteBuffer from) throws IOException {
        for (long at = offset; from.hasRemaining(); ) {
            at += must("write", name, Native.pwrite(fd, from, at));
        }
    }

    /** @param whole room for all of it is set aside: a swap file must have no holes */
    public void length(long octets, boolean whole) throws IOException {
        must("set the length of", name, call((state, arena) ->
                (int) NativeFiles.TRUNCATE.invokeExact(state, fd, octets)));
        if (whole && octets > 0) {
            must("set room aside for", name, Native.fallocate(fd, 0, 0, octets));
        }
    }

    /**
     * @param bits FS_XFLAG_*
     * @param extent octets by which room is to be given, or 0
     * @param copyExtent the same for what is shared
     */
    public record Flags(int bits, int extent, int project, int copyExtent) {}

    /** What chattr(1) sets: FS_*_FL. */
    public int attributes() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment bits = arena.allocate(ValueLayout.JAVA_LONG);
            must("read the attributes of", name, call((state, inner) ->
                    (int) NativeFiles.FLAGS.invokeExact(state, fd, GET_ATTRIBUTES, bits)));
            return bits.get(ValueLayout.JAVA_INT, 0);
        }
    }

    public Flags flags() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(FLAGS, 4);
            must("read the flags of", name, call((state, inner) ->
                    (int) NativeFiles.FLAGS.invokeExact(state, fd, GET_FLAGS, flags)));
            return new Flags(
                    flags.get(ValueLayout.JAVA_INT, 0),
                    flags.get(ValueLayout.JAVA_INT, 4),
                    flags.get(ValueLayout.JAVA_INT, 12),
                    flags.get(ValueLayout.JAVA_INT, 16));
        }
    }

    public void flags(Flags wanted) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment flags = arena.allocate(FLAGS, 4);
            flags.set(ValueLayout.JAVA_INT, 0, wanted.bits());
            flags.set(ValueLayout.JAVA_INT, 4, wanted.extent());
            flags.set(ValueLayout.JAVA_INT, 12, wanted.project());
            flags.set(ValueLayout.JAVA_INT, 16, wanted.copyExtent());
            must("set the flags of", name, call((state, inner) ->
                    (int) NativeFiles.FLAGS.invokeExact(state, fd, SET_FLAGS, flags)));
        }
    }

    /**
     * A piece of the content on the file system's device, as FS_IOC_FIEMAP tells it.
     *
     * @param start octets from the device's start
     * @param flags FIEMAP_EXTENT_*
     */
    public record Run(long start, long length, int flags) {
        private static final int LAST = 1;
        private static final int UNWRITTEN = 0x800; // room without content: reads as zeros whatever is there
        private static final int MERGED = 0x1000;

        /** Whether the octets there are this file's alone; not those that are shared, compressed, inline or nowhere yet. */
        public boolean isItsOwn() {
            return (flags & ~(LAST | UNWRITTEN | MERGED)) == 0;
        }

        /** Whether content that was written lies in one of {@code ranges}. */
        public boolean isIn(List<long[]> ranges) {
            return (flags & UNWRITTEN) == 0
                    && ranges.stream().anyMatch(range -> range[0] < start + length && range[1] > start);
        }

        public long[] range() {
            return new long[] {start, start + length};
        }
    }

    /** Where the content lies, with room behind its end. */
    public List<Run> runs() throws IOException {
        List<Run> runs = new ArrayList<>();
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment map = arena.allocate(MAP_HEAD + (long) MAP_MOST * MAP_EXTENT, 8);
            boolean last = false;
            for (long from = 0; !last; ) {
                map.fill((byte) 0);
                map.set(ValueLayout.JAVA_LONG, 0, from);
                map.set(ValueLayout.JAVA_LONG, 8, -1 - from); // to the end of what can be
                map.set(ValueLayout.JAVA_INT, 24, MAP_MOST);
                must("ask where it lies,", name, call((state, inner) ->
                        (int) NativeFiles.FLAGS.invokeExact(state, fd, MAP_EXTENTS, map)));
                int count = map.get(ValueLayout.JAVA_INT, 20);
                last = count == 0;
                for (int i = 0; i < count; i++) {
                    long at = MAP_HEAD + (long) i * MAP_EXTENT;
                    int flags = map.get(ValueLayout.JAVA_INT, at + 40);
                    long length = map.get(ValueLayout.JAVA_LONG, at + 16);
                    runs.add(new Run(map.get(ValueLayout.JAVA_LONG, at + 8), length, flags));
                    from = map.get(ValueLayout.JAVA_LONG, at) + length;
                    last = (flags & Run.LAST) != 0;
                }
            }
        }
        return runs;
    }

    @Override
    public void close() {
        Native.close(fd);
    }
}
