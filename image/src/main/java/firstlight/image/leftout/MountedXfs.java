package firstlight.image.leftout;

import firstlight.image.ImageFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.FileContent;
import firstlight.image.disk.FileContent.Run;
import firstlight.image.disk.FileNode;
import firstlight.image.disk.Folder;
import firstlight.image.disk.LoopDevice;
import firstlight.image.disk.Mounted;
import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Files of an XFS, from the kernel, which needs no tool of XFS: mounted read-only from a read-only device, so that nothing
 * is written, and without recovery, since its log is known to be clean. Belongs to one thread. Needs root.
 */
public final class MountedXfs implements LeftOut.Lister, AutoCloseable {
    private static final int REALTIME = 1; // FS_XFLAG_REALTIME: its places are another device's

    private final LoopDevice loop;
    private final Mounted mounted;
    private final Folder root;

    /** Names as the disk has them, by their paths in words: they need not be UTF-8. */
    private final Map<String, byte[]> octets = new HashMap<>();

    private MountedXfs(LoopDevice loop, Mounted mounted) throws IOException {
        this.loop = loop;
        this.mounted = mounted;
        this.root = Folder.open(mounted.point());
    }

    /**
     * @param volume a device or a file that holds the file system, with a clean log
     * @throws ImageFailure when this kernel cannot mount it
     */
    public static MountedXfs of(Path volume, long size) throws IOException {
        Tool.run(List.of("modprobe", "-q", "loop"));
        // A device of our own: the disk itself is somebody's who may have claimed it.
        LoopDevice loop = LoopDevice.attachPart(volume, 0, size, 512, Access.READ);
        try {
            Mounted mounted = Mounted.at(loop.node(), "xfs", "ro,norecovery,nouuid,noatime,nosuid,nodev,noexec");
            try {
                return new MountedXfs(loop, mounted);
            } catch (IOException refused) {
                mounted.close();
                throw refused;
            }
        } catch (IOException refused) {
            loop.close();
            throw refused;
        }
    }

    @FunctionalInterface
    private interface Work<T> {
        T on(Folder folder) throws IOException;
    }

    /** @return {@code none} when a part of {@code path} is not there or no folder; links are not followed */
    private <T> T in(Folder folder, String at, String path, T none, Work<T> work) throws IOException {
        if (path.isEmpty()) {
            return work.on(folder);
        }
        int end = path.indexOf('/', 1);
        String next = at + (end < 0 ? path : path.substring(0, end));
        byte[] name = octets.get(next);
        if (name == null || !folder.node(name).isFolder()) {
            return none;
        }
        try (Folder inner = folder.folder(name)) {
            return in(inner, next, end < 0 ? "" : path.substring(end), none, work);
        }
    }

    @Override
    public List<String> names(String folder) throws IOException {
        return in(root, "", folder, List.of(), found -> {
            List<String> names = new ArrayList<>();
            for (byte[] name : found.names()) {
                String words = new String(name, StandardCharsets.UTF_8);
                octets.put(folder + "/" + words, name);
                names.add(words);
            }
            return names;
        });
    }

    /** Not of a file of which anything is shared with another one (reflink), nor of one on the realtime device. */
    @Override
    public List<long[]> content(String file) throws IOException {
        byte[] name = octets.get(file);
        return name == null
                ? List.of()
                : in(root, "", file.substring(0, file.lastIndexOf('/')), List.of(), folder -> {
                    List<Run> runs = folder.node(name).isFile() ? runs(folder, name) : List.of();
                    return runs.stream().allMatch(Run::isItsOwn)
                            ? runs.stream().map(Run::range).toList()
                            : List.of();
                });
    }

    private static List<Run> runs(Folder folder, byte[] name) throws IOException {
        try (FileContent content = FileContent.open(folder, name)) {
            return (content.flags().bits() & REALTIME) == 0 ? content.runs() : List.of();
        }
    }

    /**
     * The first {@code most} paths of files some of whose content lies in {@code ranges}, by looking at every file; and of files
     * and folders that cannot be looked at, as on a failing disk: more of these is lost than content.
     */
    public List<String> holding(List<long[]> ranges, int most) throws IOException {
        List<String> paths = new ArrayList<>();
        walk(root, "", ranges, most, paths);
        return paths;
    }

    private static void walk(Folder folder, String path, List<long[]> ranges, int most, List<String> paths)
            throws IOException {
        for (byte[] name : folder.names()) {
            if (paths.size() == most) {
                return;
            }
            String inner = path + "/" + new String(name, StandardCharsets.UTF_8);
            if (holds(folder, name, inner, ranges, most, paths)) {
                paths.add(inner);
            }
        }
    }

    private static boolean holds(
            Folder folder, byte[] name, String path, List<long[]> ranges, int most, List<String> paths) {
        try {
            FileNode node = folder.node(name);
            if (node.isFolder()) {
                try (Folder next = folder.folder(name)) {
                    walk(next, path, ranges, most, paths);
                }
            }
            return node.isFile() && runs(folder, name).stream().anyMatch(run -> run.isIn(ranges));
        } catch (IOException unreadable) {
            return true;
        }
    }

    @Override
    public boolean ignoresCase() {
        return false;
    }

    @Override
    public void close() throws IOException {
        root.close();
        try (loop;
                mounted) {
            octets.clear();
        }
    }
}
