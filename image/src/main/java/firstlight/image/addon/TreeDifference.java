package firstlight.image.addon;

import firstlight.image.Disk;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.extents.FileSystem;
import firstlight.image.files.DefaultSubvolume;
import firstlight.image.files.ImageVolumes;
import firstlight.image.files.MountedTree;
import firstlight.image.luks.Passphrases;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.tree.FileStat;
import firstlight.image.tree.FileTree;
import firstlight.image.tree.TreeFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What makes one tree of files into another: the files that are new or changed, in content or attributes, and the paths that
 * are gone. Both are states of one file system, so that a file whose inode has not changed since is the same.
 */
public final class TreeDifference {
    /** Paths that a note names. */
    private static final int TOLD = 10;

    private final FileTree before;
    private final FileTree now;
    private final Keeping keeping;
    private final List<String> unmade = new ArrayList<>();
    private final List<String> changed = new ArrayList<>();
    private final List<String> gone = new ArrayList<>();
    /** By device and inode, the names of a file that has several. */
    private final Map<List<Long>, List<String>> twins = new HashMap<>();

    private TreeDifference(FileTree before, FileTree now, Keeping keeping) {
        this.before = before;
        this.now = now;
        this.keeping = keeping;
    }

    /** A version of a base image. */
    public record Version(String name, Manifest manifest, ChunkSource source) {
        /** Of the first disk: images of several have their system there. */
        private AddOnPlace place(PartitionChoice choice) throws IOException {
            try (Disk disk = MountableImage.of(name, manifest.base().disks().getFirst(), source)) {
                return AddOnPlaces.find(List.of(disk), choice);
            }
        }

        private ImageVolumes volumes() throws IOException {
            return ImageVolumes.of(manifest, source, Passphrases.NONE);
        }
    }

    /**
     * Adds it to {@code builder}, of the chosen partition of two versions of one image.
     *
     * @return what was left out, in words
     */
    public static List<String> add(Version before, Version now, PartitionChoice choice, AddOnBuilder builder)
            throws IOException {
        AddOnPlace old = before.place(choice);
        AddOnPlace fresh = now.place(choice);
        // Not by the kernel's devices of both at once: two Btrfs of one identity cannot be mounted side by side.
        try (ImageVolumes olds = before.volumes();
                ImageVolumes news = now.volumes();
                MountedTree oldRoot = mount(olds, old);
                MountedTree newRoot = mount(news, fresh);
                FileTree one = open(oldRoot, old);
                FileTree other = open(newRoot, fresh)) {
            List<String> notes = new ArrayList<>(add(one, other, keeping(fresh), builder));
            if (!newRoot.note().isEmpty()) {
                notes.add(newRoot.note());
            }
            return notes;
        }
    }

    private static MountedTree mount(ImageVolumes volumes, AddOnPlace place) throws IOException {
        return volumes.mount(volumes.find(place.imageVolume()));
    }

    private static FileTree open(MountedTree tree, AddOnPlace place) throws IOException {
        return FileTree.open(
                tree.root().resolve(subvolume(tree, place)), !keeping(place).isUnix());
    }

    private static Keeping keeping(AddOnPlace place) {
        return Keeping.of(place.system()).orElse(Keeping.UNIX);
    }

    /** The tree shows the top level; what is laid into no subvolume by name goes to the one that is mounted by itself. */
    private static String subvolume(MountedTree tree, AddOnPlace place) throws IOException {
        return place.subvolume().isEmpty() && place.system() == FileSystem.BTRFS
                ? DefaultSubvolume.of(tree.root()).orElse("")
                : place.subvolume();
    }

    private static List<String> add(FileTree before, FileTree now, Keeping keeping, AddOnBuilder builder)
            throws IOException {
        TreeDifference difference = new TreeDifference(before, now, keeping);
        difference.compare("");
        FolderSource files = new FolderSource(now, builder, Optional.empty(), true);
        List<String> streams = new ArrayList<>();
        for (String path : difference.withTwins()) {
            Optional<FileStat> stat = now.stat(path);
            if (stat.isPresent()) {
                files.add(path, stat.get());
                if (!keeping.isUnix()
                        && now.extended(path).keySet().stream().anyMatch(name -> name.startsWith("user."))) {
                    streams.add(path);
                }
            }
        }
        for (String path : difference.gone) {
            builder.gone(path);
        }
        List<String> notes = new ArrayList<>(files.notes());
        if (!difference.unmade.isEmpty()) {
            notes.add(difference.unmade.size()
                    + " files or folders are left out, and stay as they are at the PC, for nothing here can make them (reparse"
                    + " points: aliases of apps, links, what Windows compacted or keeps in a cloud): "
                    + some(difference.unmade));
        }
        if (!streams.isEmpty()) {
            notes.add("named streams are left out, those of " + some(streams));
        }
        return notes;
    }

    private static String some(List<String> paths) {
        String named = paths.stream().limit(TOLD).map(path -> "'" + path + "'").collect(Collectors.joining(", "));
        return paths.size() > TOLD ? named + " and " + (paths.size() - TOLD) + " more" : named;
    }

    /** Both trees at once, folder by folder; what goes with a folder that is gone is not told one by one. */
    private void compare(String folder) throws IOException {
        Set<String> names = new TreeSet<>(now.names(folder));
        Set<String> old = new HashSet<>(before.names(folder));
        for (String name : old) {
            if (!names.contains(name)) {
                gone.add(join(folder, name));
            }
        }
        for (String name : names) {
            String path = join(folder, name);
            FileStat stat = now.stat(path).orElseThrow(() -> new IOException("'" + path + "' went away meanwhile"));
            if (stat.kind() == FileStat.Kind.LINK && !keeping.isUnix()) {
                // ntfs-3g shows reparse points so: what a file was before it was compacted is better than nothing.
                if (!(old.contains(name)
                        && before.stat(path)
                                .filter(was -> isSameLink(was, stat))
                                .isPresent())) {
                    unmade.add(path);
                }
                continue;
            }
            if (stat.names() > 1 && !stat.isFolder()) {
                twins.computeIfAbsent(List.of(stat.device(), stat.inode()), _ -> new ArrayList<>())
                        .add(path);
            }
            Optional<FileStat> former = old.contains(name) ? before.stat(path) : Optional.empty();
            if (former.isPresent() && former.get().kind() != stat.kind()) {
                gone.add(path);
                changed.add(path);
            } else if (former.isEmpty() || !isSame(path, former.get(), stat)) {
                changed.add(path);
            }
            if (stat.isFolder()) {
                compare(path);
            }
        }
    }

    /** A reparse point's target tells nothing here; its time changes when Windows writes it anew. */
    private static boolean isSameLink(FileStat was, FileStat stat) {
        return was.kind() == FileStat.Kind.LINK && was.modified().equals(stat.modified());
    }

    private static String join(String folder, String name) {
        return folder.isEmpty() ? name : folder + "/" + name;
    }

    private boolean isSame(String path, FileStat former, FileStat stat) throws IOException {
        boolean attributes = former.mode() == stat.mode()
                && former.owner() == stat.owner()
                && former.group() == stat.group()
                && former.major() == stat.major()
                && former.minor() == stat.minor();
        if (stat.isFolder()) { // its time changes with what is in it, and with each laying down
            return attributes && before.extended(path).equals(now.extended(path));
        }
        if (!attributes
                || !former.modified().equals(stat.modified())
                || former.length() != stat.length()
                || former.names() != stat.names()) {
            return false;
        }
        if (former.inode() == stat.inode() && former.changed().equals(stat.changed())) {
            return true; // nothing of an inode changes without its time of change
        }
        return before.extended(path).equals(now.extended(path))
                && switch (stat.kind()) {
                    case LINK -> before.readLink(path).equals(now.readLink(path));
                    case PLAIN -> hasSameOctets(path, stat.length());
                    case FOLDER, FIFO, CHARACTER, BLOCK, SOCKET -> true;
                };
    }

    private boolean hasSameOctets(String path, long length) throws IOException {
        ByteBuffer one = ByteBuffer.allocate(Chunk.SIZE);
        ByteBuffer other = ByteBuffer.allocate(Chunk.SIZE);
        try (TreeFile former = before.read(path);
                TreeFile current = now.read(path)) {
            for (long at = 0; at < length; at += Chunk.SIZE) {
                if (!fill(former, at, one).equals(fill(current, at, other))) {
                    return false;
                }
            }
            return true;
        }
    }

    private static ByteBuffer fill(TreeFile file, long at, ByteBuffer into) throws IOException {
        into.clear();
        int count = 0;
        while (count >= 0 && into.hasRemaining()) {
            count = file.channel().read(into, at + into.position());
        }
        return into.flip();
    }

    /** All names of a file of which one has changed: a link is laid down with what it is a link to. */
    private List<String> withTwins() {
        Set<String> all = new TreeSet<>(changed);
        for (List<String> names : twins.values()) {
            if (!Collections.disjoint(names, all)) {
                all.addAll(names);
            }
        }
        return new ArrayList<>(all);
    }
}
