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
import firstlight.image.files.DefaultSubvolume;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files of XFS and Btrfs, from the kernel, which needs no tool of theirs: mounted read-only from a read-only device, so that
 * nothing is written, and without recovery, since the log is known to be clean. Belongs to one thread. Needs root.
 */
public final class MountedFiles implements LeftOut.Lister, AutoCloseable {
    private static final int REALTIME = 1; // FS_XFLAG_REALTIME: its places are another device's
    private static final int NOCOW = 0x800000; // FS_NOCOW_FL

    private static final long SUBVOLUME = 256; // the inode of every subvolume's root, and of nothing else

    private enum Kind {
        XFS("xfs", "norecovery,nouuid"),
        /** All of its subvolumes, whichever it mounts by itself. */
        BTRFS("btrfs", "rescue=nologreplay,subvolid=5");

        private final String type;
        private final String options;

        Kind(String type, String options) {
            this.type = type;
            this.options = "ro,noatime,nosuid,nodev,noexec," + options;
        }
    }

    private final Kind kind;
    private final LoopDevice loop;
    private final Mounted mounted;
    private final Folder root;

    /** Names as the disk has them, by their paths in words: they need not be UTF-8. */
    private final Map<String, byte[]> octets = new HashMap<>();

    private final Map<String, String> kept = new HashMap<>();

    private MountedFiles(Kind kind, LoopDevice loop, Mounted mounted) throws IOException {
        this.kind = kind;
        this.loop = loop;
        this.mounted = mounted;
        this.root = Folder.open(mounted.point());
    }

    /**
     * @param volume a device or a file that holds the file system, with a clean log
     * @throws ImageFailure when this kernel cannot mount it
     */
    public static MountedFiles ofXfs(Path volume, long size) throws IOException {
        return of(Kind.XFS, volume, size);
    }

    /** The same of a Btrfs on one device. {@link #content} tells its own addresses, which are not the device's. */
    static MountedFiles ofBtrfs(Path volume, long size) throws IOException {
        return of(Kind.BTRFS, volume, size);
    }

    private static MountedFiles of(Kind kind, Path volume, long size) throws IOException {
        Tool.run(List.of("modprobe", "-q", "loop"));
        // A device of our own: the disk itself is somebody's who may have claimed it.
        LoopDevice loop = LoopDevice.attachPart(volume, 0, size, 512, Access.READ);
        try {
            Mounted mounted = Mounted.at(loop.node(), kind.type, kind.options);
            try {
                return new MountedFiles(kind, loop, mounted);
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

    /**
     * Where patterns begin: at the top and, of Btrfs, in each subvolume there and in the one that it mounts by itself, for these are what a
     * running system has as its root or mounts elsewhere.
     */
    @Override
    public List<String> roots() throws IOException {
        List<String> roots = new ArrayList<>(List.of(""));
        if (kind == Kind.BTRFS) {
            for (String name : names("")) {
                byte[] octets = this.octets.get("/" + name);
                if (octets != null && root.node(octets).inode() == SUBVOLUME) {
                    roots.add("/" + name);
                }
            }
            Optional<String> nested = DefaultSubvolume.of(mounted.point());
            if (nested.isPresent()) {
                String path = "";
                for (String name : nested.get().split("/", -1)) {
                    names(path);
                    path += "/" + name;
                }
                roots.add(path);
            }
        }
        return roots.stream().distinct().toList();
    }

    /**
     * Not of a file of which anything is shared with another one (reflink, snapshot), or that zeros would damage: on Btrfs, all whose data have
     * checksums. A swap file has none there, for Linux takes only one that is written in place.
     */
    @Override
    public LeftOut.Content content(String file) throws IOException {
        byte[] name = octets.get(file);
        return name == null
                ? LeftOut.Content.NONE
                : in(root, "", file.substring(0, file.lastIndexOf('/')), LeftOut.Content.NONE, folder -> {
                    FileNode node = folder.node(name);
                    if (!node.isFile()) {
                        return LeftOut.Content.NONE;
                    }
                    try (FileContent content = FileContent.open(folder, name)) {
                        List<Run> runs = content.runs();
                        String why = runs.isEmpty() ? "" : why(content, runs);
                        if (!why.isEmpty()) {
                            kept.put(file, why);
                            return LeftOut.Content.NONE;
                        }
                        return new LeftOut.Content(runs.stream().map(Run::range).toList(), node.links());
                    }
                });
    }

    @Override
    public Optional<String> kept(String file) {
        return Optional.ofNullable(kept.get(file));
    }

    /** Why a file's content stays; empty when it need not. */
    private String why(FileContent content, List<Run> runs) throws IOException {
        // A file without copy on write has no checksums: the kernel sets both, and only while it is empty
        // (btrfs_fileattr_set).
        if (kind == Kind.BTRFS && (content.attributes() & NOCOW) == 0) {
            return "its data have checksums, which zeros would not match";
        }
        if (kind == Kind.XFS && (content.flags().bits() & REALTIME) != 0) {
            return "it lies on the realtime device";
        }
        return runs.stream().allMatch(Run::isItsOwn)
                ? ""
                : "it shares its data with another file or a snapshot, or has them compressed";
    }

    private List<Run> runs(Folder folder, byte[] name) throws IOException {
        try (FileContent content = FileContent.open(folder, name)) {
            boolean here = kind != Kind.XFS || (content.flags().bits() & REALTIME) == 0;
            return here ? content.runs() : List.of();
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

    private void walk(Folder folder, String path, List<long[]> ranges, int most, List<String> paths)
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

    private boolean holds(Folder folder, byte[] name, String path, List<long[]> ranges, int most, List<String> paths) {
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
