package firstlight.image.disk;

import static firstlight.image.disk.NativeFiles.call;
import static firstlight.image.disk.NativeFiles.must;
import static firstlight.image.disk.NativeFiles.text;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** An open folder of a mounted file system, with all that Linux keeps of what is in it. Names are octets. */
public final class Folder implements AutoCloseable {
    private static final int O_FOLDER = OpenFlags.O_DIRECTORY | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC;
    /** With the zero at its end: PATH_MAX. */
    private static final int LONGEST_PATH = 4096;

    private static final int NOFOLLOW = StatX.AT_SYMLINK_NOFOLLOW;
    /** Linux's limit for a value, and for the list of names. */
    private static final int LARGEST_ATTRIBUTE = 1 << 16;

    private static final byte[] ITSELF = {'.'};

    private final int fd;

    private Folder(int fd) {
        this.fd = fd;
    }

    /** The path is followed but for its last name, which must be no link. */
    public static Folder open(Path path) throws IOException {
        byte[] name = path.toString().getBytes(StandardCharsets.UTF_8);
        return new Folder((int) must("open", name, call((state, arena) ->
                (int) NativeFiles.OPENAT.invokeExact(state, -100, text(arena, name), O_FOLDER, 0))));
    }

    public Folder folder(byte[] name) throws IOException {
        return new Folder((int) must("open", name, call((state, arena) ->
                (int) NativeFiles.OPENAT.invokeExact(state, fd, text(arena, name), O_FOLDER, 0))));
    }

    int descriptor() {
        return fd;
    }

    /** By rising octets, without {@code .} and {@code ..}. */
    public List<byte[]> names() throws IOException {
        List<byte[]> names = new ArrayList<>();
        // From its start, also when it was listed before.
        must("list", ITSELF, call((state, inner) -> (long) NativeFiles.SEEK.invokeExact(state, fd, 0L, 0)));
        try (Arena arena = Arena.ofConfined()) {
            FolderEntries entries = new FolderEntries(arena);
            MemorySegment room = entries.octets();
            while (true) {
                long length = must("list", ITSELF, call((state, inner) ->
                        (long) NativeFiles.GETDENTS.invokeExact(state, fd, room, room.byteSize())));
                if (length == 0) {
                    names.sort(Arrays::compareUnsigned);
                    return names;
                }
                names.addAll(entries.names(length));
            }
        }
    }

    /** Of a name in this folder; of a link itself. */
    public FileNode node(byte[] name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            StatX is = new StatX(arena);
            MemorySegment octets = is.octets();
            must("look at", name, call((state, inner) -> (int) NativeFiles.STATX.invokeExact(
                    state, fd, text(inner, name), NOFOLLOW, StatX.STATX_BASIC_STATS, octets)));
            return FileNode.of(is);
        }
    }

    /** What a link says: octets, whatever they name. */
    public byte[] linkText(byte[] name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment to = arena.allocate(LARGEST_ATTRIBUTE);
            long length = must("read the link", name, call((state, inner) -> (long)
                    NativeFiles.READLINK.invokeExact(state, fd, text(inner, name), to, (long) LARGEST_ATTRIBUTE)));
            return to.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE);
        }
    }

    /** For calls that take no descriptor: the name below this folder. */
    private byte[] path(byte[] name) {
        byte[] start = ("/proc/self/fd/" + fd + "/").getBytes(StandardCharsets.US_ASCII);
        byte[] path = Arrays.copyOf(start, start.length + name.length);
        System.arraycopy(name, 0, path, start.length, name.length);
        return path;
    }

    /** Extended attributes, also of other namespaces than the user's: access lists, SELinux, capabilities. */
    public SortedMap<String, byte[]> attributes(byte[] name) throws IOException {
        SortedMap<String, byte[]> attributes = new TreeMap<>();
        byte[] path = path(name);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment octets = arena.allocate(LARGEST_ATTRIBUTE);
            for (String each : attributeNames(name, path, octets)) {
                if (!each.isEmpty() && !each.startsWith("trusted.SGI_")) { // access lists once more, as XFS keeps them
                    long length = must(
                            "read the attribute " + each + " of",
                            name,
                            call((state, inner) -> (long) NativeFiles.GET_ATTRIBUTE.invokeExact(
                                    state,
                                    text(inner, path),
                                    text(inner, each.getBytes(StandardCharsets.ISO_8859_1)),
                                    octets,
                                    (long) LARGEST_ATTRIBUTE)));
                    attributes.put(each, octets.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE));
                }
            }
        }
        return attributes;
    }

    private List<String> attributeNames(byte[] name, byte[] path, MemorySegment octets) throws IOException {
        long listed = call((state, inner) -> (long)
                NativeFiles.LIST_ATTRIBUTES.invokeExact(state, text(inner, path), octets, (long) LARGEST_ATTRIBUTE));
        if (listed == -Errno.E2BIG) {
            return XfsAttributeNames.of(fd, path, name);
        }
        must("list the attributes of", name, listed);
        return List.of(new String(octets.asSlice(0, listed).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.ISO_8859_1)
                .split("\0", -1));
    }

    /** Open to its owner alone until {@link #set} gives it its permissions. */
    public void makeFolder(byte[] name) throws IOException {
        must("make the folder", name, call((state, arena) ->
                (int) NativeFiles.MKDIR.invokeExact(state, fd, text(arena, name), 0700)));
    }

    public void makeLink(byte[] name, byte[] linkText) throws IOException {
        must("make the link", name, call((state, arena) ->
                (int) NativeFiles.SYMLINK.invokeExact(state, text(arena, linkText), fd, text(arena, name))));
    }

    /** A device, pipe or socket, as {@code like} is one. */
    public void makeNode(byte[] name, FileNode like) throws IOException {
        must("make", name, call((state, arena) ->
                (int) NativeFiles.MKNOD.invokeExact(state, fd, text(arena, name), like.mode(), like.device())));
    }

    /** Another name for {@code known}, a path from {@code root} on, of any length. */
    public void makeName(byte[] name, Folder root, byte[] known) throws IOException {
        if (known.length >= LONGEST_PATH) {
            int end = 0;
            while (known[end] != '/') {
                end++;
            }
            try (Folder next = root.folder(Arrays.copyOf(known, end))) {
                makeName(name, next, Arrays.copyOfRange(known, end + 1, known.length));
            }
            return;
        }
        must("link", name, call((state, arena) ->
                (int) NativeFiles.LINK.invokeExact(state, root.fd, text(arena, known), fd, text(arena, name), 0)));
    }

    /** Owner, permissions, extended attributes and times, in the order in which none undoes another. */
    public void set(byte[] name, FileNode like, SortedMap<String, byte[]> attributes) throws IOException {
        // First: chown(2) takes setuid, setgid and capabilities away.
        must("give an owner to", name, call((state, arena) -> (int)
                NativeFiles.CHOWN.invokeExact(state, fd, text(arena, name), like.user(), like.group(), NOFOLLOW)));
        if (!like.isLink()) {
            must("give permissions to", name, call((state, arena) ->
                    (int) NativeFiles.CHMOD.invokeExact(state, fd, text(arena, name), like.permissions(), 0)));
        }
        for (var attribute : attributes.entrySet()) {
            byte[] value = attribute.getValue();
            must(
                    "give the attribute " + attribute.getKey() + " to",
                    name,
                    call((state, arena) -> (int) NativeFiles.SET_ATTRIBUTE.invokeExact(
                            state,
                            text(arena, path(name)),
                            text(arena, attribute.getKey().getBytes(StandardCharsets.ISO_8859_1)),
                            text(arena, value),
                            (long) value.length,
                            0)));
        }
        setTimes(name, like);
    }

    /** When it was read and written last; not those of what a link leads to. */
    public void setTimes(byte[] name, FileNode like) throws IOException {
        must("give times to", name, call((state, arena) -> {
            MemorySegment times = arena.allocateFrom(
                    ValueLayout.JAVA_LONG,
                    like.accessed(),
                    like.accessedNanos(),
                    like.modified(),
                    like.modifiedNanos());
            return (int) NativeFiles.TIMES.invokeExact(state, fd, text(arena, name), times, NOFOLLOW);
        }));
    }

    @Override
    public void close() {
        Native.close(fd);
    }
}
