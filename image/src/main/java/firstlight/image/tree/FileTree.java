package firstlight.image.tree;

import firstlight.image.disk.FolderEntries;
import firstlight.image.disk.OpenFlags;
import firstlight.image.disk.StatX;
import firstlight.image.manifest.FileAttributes;
import firstlight.image.manifest.TreePath;
import firstlight.model.Bytes;
import java.io.Closeable;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The files below a folder, such as the root of a mounted system. Links on the way to a file are followed as the system itself
 * would, with this folder as root (openat2, Linux 5.6): none leads out of it, and no other mount is entered. The last name of a
 * path is never followed. Belongs to one thread. Paths are {@link TreePath}s, "" for the root.
 */
public final class FileTree implements Closeable {
    private static final long OPENAT2 = 437;
    private static final long NO_XDEV_NO_MAGICLINKS_IN_ROOT = 0x01 | 0x02 | 0x10;
    private static final int LARGEST_ATTRIBUTE = 1 << 16;

    private final int root;
    private final Optional<Folded> folded;

    /** The folder that was used last, for most files have the same as the one before. */
    private String parent = "";

    private int parentFd = -1;

    private FileTree(int root, boolean caseless) {
        this.root = root;
        this.folded = caseless ? Optional.of(new Folded(this::listed)) : Optional.empty();
    }

    /** @param caseless whether {@code A} and {@code a} are one file there, though the kernel may not know */
    public static FileTree open(Path folder, boolean caseless) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            int flags = OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY | OpenFlags.O_CLOEXEC;
            return new FileTree(
                    (int) Posix.call(arena, folder.toString(), "openat", Posix.AT_FDCWD, folder.toString(), flags, 0),
                    caseless);
        }
    }

    private String actual(String path) throws IOException {
        return folded.isPresent() && !path.isEmpty() ? folded.get().onDisk(path) : path;
    }

    private void changed(String path) throws IOException {
        folded.ifPresent(names -> names.changed(path));
        if (parent.equals(path) || parent.startsWith(path + "/")) {
            forgetParent();
        }
    }

    private void forgetParent() throws IOException {
        if (parentFd >= 0) {
            TreeFile.close(parentFd);
            parentFd = -1;
        }
    }

    /** The open folder that {@code actual} is in. */
    private int folder(String actual) throws IOException {
        String wanted = TreePath.parent(actual).orElse("");
        if (wanted.isEmpty()) {
            return root;
        }
        if (parentFd < 0 || !parent.equals(wanted)) {
            forgetParent();
            parentFd = within(wanted, OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
            parent = wanted;
        }
        return parentFd;
    }

    private int within(String actual, int flags) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment how = arena.allocateFrom(
                    ValueLayout.JAVA_LONG, flags | OpenFlags.O_CLOEXEC, 0, NO_XDEV_NO_MAGICLINKS_IN_ROOT);
            MemorySegment path = arena.allocateFrom(actual.isEmpty() ? "." : actual);
            return (int) Posix.call(arena, actual, "syscall", OPENAT2, (long) root, path, how, how.byteSize());
        }
    }

    private static String last(String actual) {
        return actual.isEmpty() ? "." : TreePath.name(actual);
    }

    /** Empty when it is not there, or a name on the way to it is no folder. */
    public Optional<FileStat> stat(String path) throws IOException {
        String actual = actual(path);
        try (Arena arena = Arena.ofConfined()) {
            StatX found = new StatX(arena);
            Posix.call(
                    arena,
                    path,
                    "statx",
                    folder(actual),
                    last(actual),
                    StatX.AT_SYMLINK_NOFOLLOW,
                    StatX.STATX_BASIC_STATS,
                    found.octets());
            return Optional.of(FileStat.of(found));
        } catch (Refusal refused) {
            if (refused.leadsNowhere()) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    /** Whether {@code path} is a folder, or a link that leads to one within the tree. */
    public boolean leadsToFolder(String path) throws IOException {
        try {
            TreeFile.close(within(actual(path), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY));
            return true;
        } catch (Refusal refused) {
            return false;
        }
    }

    /** The names in a folder, in no order; none where it is no folder. */
    public List<String> names(String path) throws IOException {
        return listed(actual(path));
    }

    /** Whether something else is mounted on the folder {@code path}, so that {@link #names} tells none. */
    public boolean isMountPoint(String path) throws IOException {
        try {
            TreeFile.close(within(actual(path), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY));
            return false;
        } catch (Refusal refused) {
            if (refused.errno() == Posix.EXDEV) {
                return true;
            }
            throw refused;
        }
    }

    private List<String> listed(String actual) throws IOException {
        int fd;
        try {
            fd = within(actual, OpenFlags.O_RDONLY | OpenFlags.O_DIRECTORY);
        } catch (Refusal refused) {
            if (refused.leadsNowhere()) {
                return List.of();
            }
            throw refused;
        }
        try (Arena arena = Arena.ofConfined()) {
            List<String> names = new ArrayList<>();
            FolderEntries entries = new FolderEntries(arena);
            MemorySegment room = entries.octets();
            while (true) {
                long read = Posix.call(arena, actual, "getdents64", fd, room, room.byteSize());
                if (read == 0) {
                    return names;
                }
                for (byte[] name : entries.names(read)) {
                    names.add(Utf8.of(name, actual));
                }
            }
        } finally {
            TreeFile.close(fd);
        }
    }

    public String readLink(String path) throws IOException {
        String actual = actual(path);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment target = arena.allocate(8191);
            long length = Posix.call(arena, path, "readlinkat", folder(actual), last(actual), target, 8191L);
            return Utf8.of(target.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), path);
        }
    }

    /** Opens a plain file for reading. */
    public TreeFile read(String path) throws IOException {
        return open(path, OpenFlags.O_RDONLY | OpenFlags.O_NONBLOCK, StandardOpenOption.READ);
    }

    /** Makes a plain file that nobody but its owner can read yet. */
    public TreeFile create(String path) throws IOException {
        TreeFile made = open(path, OpenFlags.O_WRONLY | OpenFlags.O_CREAT | OpenFlags.O_EXCL, StandardOpenOption.WRITE);
        changed(path);
        return made;
    }

    private TreeFile open(String path, int flags, StandardOpenOption how) throws IOException {
        String actual = actual(path);
        try (Arena arena = Arena.ofConfined()) {
            int all = flags | OpenFlags.O_NOFOLLOW | OpenFlags.O_CLOEXEC;
            int fd = (int) Posix.call(arena, path, "openat", folder(actual), last(actual), all, 0600);
            return TreeFile.of(path, fd, how);
        }
    }

    private interface Act {
        long on(Arena arena, int folder, String name) throws IOException;
    }

    private void act(String path, Act act) throws IOException {
        String actual = actual(path);
        try (Arena arena = Arena.ofConfined()) {
            act.on(arena, folder(actual), last(actual));
        }
    }

    private void change(String path, Act act) throws IOException {
        act(path, act);
        changed(path);
    }

    /** For nobody else yet: {@link #set} gives the mode, once all is in it. */
    public void makeFolder(String path) throws IOException {
        change(path, (arena, folder, name) -> Posix.call(arena, path, "mkdirat", folder, name, 0700));
    }

    public void makeLink(String path, String target) throws IOException {
        change(path, (arena, folder, name) -> Posix.call(arena, path, "symlinkat", target, folder, name));
    }

    /** @param format FIFO 1, character device 2, block device 6: the mode's high bits */
    public void makeSpecial(String path, int format, int major, int minor) throws IOException {
        long device = (minor & 0xFFL) | (major & 0xFFFL) << 8 | (minor & ~0xFFL) << 12 | (major & ~0xFFFL) << 32;
        change(
                path,
                (arena, folder, name) -> Posix.call(arena, path, "mknodat", folder, name, format << 12 | 0600, device));
    }

    /** Another name of the file {@code of}. */
    public void makeTwin(String path, String of) throws IOException {
        String from = actual(of);
        int source = within(TreePath.parent(from).orElse(""), OpenFlags.O_PATH | OpenFlags.O_DIRECTORY);
        try {
            change(
                    path,
                    (arena, folder, name) -> Posix.call(arena, path, "linkat", source, last(from), folder, name, 0));
        } finally {
            TreeFile.close(source);
        }
    }

    /** {@code from} takes the place of {@code to}, at once where the file system can; both are in one folder. */
    public void rename(String from, String to) throws IOException {
        String target = TreePath.name(actual(to));
        change(from, (arena, folder, name) -> Posix.call(arena, to, "renameat", folder, name, folder, target));
        changed(to);
    }

    /** Takes a file away, or a folder that is empty. */
    public void remove(String path, boolean folder) throws IOException {
        int flags = folder ? Posix.AT_REMOVEDIR : 0;
        change(path, (arena, in, name) -> Posix.call(arena, path, "unlinkat", in, name, flags));
    }

    public void setOwner(String path, long owner, long group) throws IOException {
        act(
                path,
                (arena, folder, name) -> Posix.call(
                        arena, path, "fchownat", folder, name, (int) owner, (int) group, StatX.AT_SYMLINK_NOFOLLOW));
    }

    /** Not for links, which have none of their own; {@code path} must be none. */
    public void setMode(String path, int mode) throws IOException {
        act(path, (arena, folder, name) -> Posix.call(arena, path, "fchmodat", folder, name, mode, 0));
    }

    public void setModified(String path, Instant when) throws IOException {
        act(path, (arena, folder, name) -> {
            long seconds = when.getEpochSecond();
            long nanos = when.getNano();
            MemorySegment times = arena.allocateFrom(ValueLayout.JAVA_LONG, seconds, nanos, seconds, nanos);
            return Posix.call(arena, path, "utimensat", folder, name, times, StatX.AT_SYMLINK_NOFOLLOW);
        });
    }

    /** The extended attributes of a file or link; none where the file system has none. */
    public SortedMap<String, Bytes> extended(String path) throws IOException {
        String actual = actual(path);
        try (Arena arena = Arena.ofConfined()) {
            String node = node(actual);
            MemorySegment list = arena.allocate(LARGEST_ATTRIBUTE);
            long length = Posix.call(arena, path, "llistxattr", node, list, (long) LARGEST_ATTRIBUTE);
            SortedMap<String, Bytes> extended = new TreeMap<>();
            String all = new String(list.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
            for (String name : all.split("\0", -1)) {
                if (!name.isEmpty()) {
                    extended(path, name).ifPresent(value -> extended.put(name, value));
                }
            }
            return extended;
        } catch (Refusal refused) {
            if (refused.errno() == Posix.ENOTSUP) {
                return new TreeMap<>();
            }
            throw refused;
        }
    }

    /** Empty when it has none of that name, or the file system keeps none. */
    public Optional<Bytes> extended(String path, String name) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment value = arena.allocate(LARGEST_ATTRIBUTE);
            long length =
                    Posix.call(arena, path, "lgetxattr", node(actual(path)), name, value, (long) LARGEST_ATTRIBUTE);
            return Optional.of(Bytes.of(value.asSlice(0, length).toArray(ValueLayout.JAVA_BYTE)));
        } catch (Refusal refused) {
            if (refused.errno() == Posix.ENODATA || refused.errno() == Posix.ENOTSUP) {
                return Optional.empty();
            }
            throw refused;
        }
    }

    public void setExtended(String path, String name, Bytes value) throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment octets = arena.allocate(Math.max(1, value.length()));
            MemorySegment.copy(value.toArray(), 0, octets, ValueLayout.JAVA_BYTE, 0, value.length());
            String about = path + ", attribute " + name;
            Posix.call(arena, about, "lsetxattr", node(actual(path)), name, octets, (long) value.length(), 0);
        }
    }

    /** These calls know no folder by number; /proc does. */
    private String node(String actual) throws IOException {
        return "/proc/self/fd/" + folder(actual) + "/" + last(actual);
    }

    /** All of the file's attributes, owner first: it takes bits of the mode away, and both change nothing of the times. */
    public void set(String path, FileAttributes attributes, boolean link) throws IOException {
        setOwner(path, attributes.owner(), attributes.group());
        if (!link) {
            setMode(path, attributes.mode());
        }
        for (Map.Entry<String, Bytes> attribute : attributes.extended().entrySet()) {
            setExtended(path, attribute.getKey(), attribute.getValue());
        }
        setModified(path, attributes.modified());
    }

    /** What the file system has left. */
    public Room room() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment found = arena.allocate(256, 8);
            Posix.call(arena, "the file system", "fstatvfs", root, found);
            return new Room(
                    found.get(ValueLayout.JAVA_LONG, 8),
                    found.get(ValueLayout.JAVA_LONG, 24) * found.get(ValueLayout.JAVA_LONG, 8),
                    found.get(ValueLayout.JAVA_LONG, 40),
                    found.get(ValueLayout.JAVA_LONG, 48),
                    (found.get(ValueLayout.JAVA_LONG, 72) & 1) != 0);
        }
    }

    /** Returns when all that was written is on the medium. */
    public void sync() throws IOException {
        try (Arena arena = Arena.ofConfined()) {
            Posix.call(arena, "the file system", "syncfs", root);
        }
    }

    @Override
    public void close() throws IOException {
        forgetParent();
        TreeFile.close(root);
    }
}
