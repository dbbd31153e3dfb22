package firstlight.image.addon;

import firstlight.image.ImageFailure;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.FileAttributes;
import firstlight.image.tree.FileStat;
import firstlight.image.tree.FileTree;
import firstlight.image.tree.TreeFile;
import firstlight.model.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/** The files of a folder, with all that the kernel tells of them. Only reads. */
public final class FolderSource {
    private final FileTree tree;
    private final AddOnBuilder builder;
    /** User and group, as two numbers; empty for each file's own. */
    private final Optional<long[]> owner;

    private final boolean exact;
    private final List<String> notes = new ArrayList<>();

    /** By device and inode: files of which another name was added already. */
    private final Map<List<Long>, String> names = new HashMap<>();

    /**
     * @param owner user and group of all files in place of their own
     * @param exact whether folders that a PC has already get the attributes of these too
     */
    public FolderSource(FileTree tree, AddOnBuilder builder, Optional<long[]> owner, boolean exact) {
        this.exact = exact;
        this.tree = tree;
        this.builder = builder;
        this.owner = owner;
    }

    /** What was left out, in words. */
    public List<String> notes() {
        return Collections.unmodifiableList(notes);
    }

    /** Adds everything below {@code folder}, "" for all. */
    public void add(String folder) throws IOException {
        List<String> sorted = new ArrayList<>(tree.names(folder));
        Collections.sort(sorted);
        for (String name : sorted) {
            addFile(folder.isEmpty() ? name : folder + "/" + name);
        }
    }

    private void addFile(String path) throws IOException {
        FileStat stat = tree.stat(path)
                .orElseThrow(() -> new ImageFailure(
                        "The add-on cannot be made", "'" + path + "' went away meanwhile", "Try again"));
        add(path, stat);
        if (stat.isFolder()) {
            if (tree.isMountPoint(path)) {
                throw new ImageFailure(
                        "The add-on cannot be made of all files",
                        "'" + path + "' is another file system, which is mounted there",
                        "Copy its files to a folder on the same file system, or give it as a folder of its own");
            }
            add(path);
        }
    }

    /**
     * Adds one file, a folder without what is in it. Of a plain file with
     * several names the first that comes is the file, the others are twins.
     */
    public void add(String path, FileStat stat) throws IOException {
        if (!stat.isFolder() && stat.names() > 1) {
            String first = names.putIfAbsent(List.of(stat.device(), stat.inode()), path);
            if (first != null && stat.kind() == FileStat.Kind.PLAIN) {
                builder.twin(path, first);
                return;
            }
        }
        switch (stat.kind()) {
            case FOLDER -> builder.folder(path, attributes(path, stat), exact);
            case PLAIN -> plain(path, stat);
            case LINK -> builder.link(path, attributes(path, stat), tree.readLink(path));
            case FIFO -> special(path, stat, AddOnEntry.Special.Kind.FIFO);
            case CHARACTER -> special(path, stat, AddOnEntry.Special.Kind.CHARACTER);
            case BLOCK -> special(path, stat, AddOnEntry.Special.Kind.BLOCK);
            case SOCKET -> notes.add("'" + path + "' is a socket and was left out");
        }
    }

    private void special(String path, FileStat stat, AddOnEntry.Special.Kind kind) throws IOException {
        builder.special(path, attributes(path, stat), kind, stat.major(), stat.minor());
    }

    private FileAttributes attributes(String path, FileStat stat) throws IOException {
        SortedMap<String, Bytes> extended = new TreeMap<>(tree.extended(path));
        // Labels of this machine's security module, and NTFS's and FAT's own fields, mean nothing elsewhere.
        extended.keySet().removeIf(name -> name.equals("security.selinux") || name.startsWith("system.ntfs"));
        return new FileAttributes(
                stat.mode(),
                owner.map(both -> both[0]).orElse(stat.owner()),
                owner.map(both -> both[1]).orElse(stat.group()),
                stat.modified(),
                extended);
    }

    private void plain(String path, FileStat stat) throws IOException {
        try (TreeFile file = tree.read(path)) {
            long length = stat.length();
            Extents.Builder data = new Extents.Builder();
            for (long at = file.dataFrom(0, length); at < length; ) {
                long end = file.holeFrom(at, length);
                data.add(at, end);
                at = file.dataFrom(end, length);
            }
            builder.plain(path, attributes(path, stat), length, data.build(), (offset, into, count) -> {
                ByteBuffer octets = ByteBuffer.wrap(into, 0, count);
                while (octets.hasRemaining()) {
                    if (file.channel().read(octets, offset + octets.position()) < 0) {
                        throw new EOFException("'" + path + "' became shorter while it was read");
                    }
                }
            });
        }
    }
}
