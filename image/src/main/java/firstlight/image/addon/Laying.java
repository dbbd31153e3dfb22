package firstlight.image.addon;

import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.FileAttributes;
import firstlight.image.manifest.TreePath;
import firstlight.image.tree.FileStat;
import firstlight.image.tree.FileTree;
import firstlight.image.tree.TreeFile;
import firstlight.image.work.Meter;
import firstlight.model.Bytes;
import firstlight.model.Sha256;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.security.MessageDigest;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Writes an add-on over a tree. A file is written beside its place, under a name of ours, and takes the place when it is on the
 * medium: whoever is interrupted leaves the old file or the new one, and names of ours, which the next attempt takes away.
 */
final class Laying {
    /** Hidden on Linux, legal on NTFS and FAT; a number follows, so that a batch's files do not meet. */
    private static final String OURS = ".firstlight-";

    private static final String OURS_PATTERN = "\\.firstlight-[0-9]+";

    private final AddOn addOn;
    private final LayPlan plan;
    private final FileTree tree;
    private final Keeping keeping;
    private final ContentReader content;
    /** By path, what {@link #lay} answers. */
    private final Map<String, Bytes> digests = new HashMap<>();

    private final byte[] buffer = new byte[Chunk.SIZE];

    Laying(AddOn addOn, LayPlan plan, FileTree tree, Keeping keeping, ContentReader content) {
        this.addOn = addOn;
        this.plan = plan;
        this.tree = tree;
        this.keeping = keeping;
        this.content = content;
    }

    /**
     * The SHA-256 of each plain file's octets without holes, as they were written. What goes is removed first, attributes of
     * folders come last, since what is made in them changes their times.
     */
    Map<String, Bytes> lay(Progress progress) throws IOException {
        for (String path : addOn.gone()) {
            removeAll(path);
        }
        folders();
        sweep();
        Meter meter = new Meter(progress, Progress.Phase.ADDING, addOn.octets());
        for (List<AddOnEntry.Plain> batch : plan.batches()) {
            for (int i = 0; i < batch.size(); i++) {
                write(batch.get(i), batch.get(i).path(), ours(batch.get(i).path(), i), meter);
            }
            // Before a rename: else a power cut could leave the new name and none of its octets.
            tree.sync();
            for (int i = 0; i < batch.size(); i++) {
                tree.rename(ours(batch.get(i).path(), i), batch.get(i).path());
            }
        }
        for (AddOnEntry entry : addOn.entries()) {
            other(entry, meter);
        }
        for (AddOnEntry entry : addOn.entries().reversed()) {
            if (entry instanceof AddOnEntry.Folder folder && sets(folder)) {
                set(folder.path(), folder.attributes(), false);
            }
        }
        tree.sync();
        meter.end();
        return digests;
    }

    /** Whether a folder gets its attributes: it is new, or the add-on says so; a link that leads to one never. */
    private boolean sets(AddOnEntry.Folder folder) throws IOException {
        return plan.made().contains(folder.path())
                || (folder.exact()
                        && tree.stat(folder.path()).filter(FileStat::isFolder).isPresent());
    }

    private static String ours(String path, int number) {
        return TreePath.parent(path).map(parent -> parent + "/").orElse("") + OURS + number;
    }

    private void removeAll(String path) throws IOException {
        Optional<FileStat> there = tree.stat(path);
        if (there.isPresent()) {
            if (there.get().isFolder()) {
                for (String name : tree.names(path)) {
                    removeAll(path + "/" + name);
                }
            }
            tree.remove(path, there.get().isFolder());
        }
    }

    private void folders() throws IOException {
        Set<String> all = new TreeSet<>(TreePath.ORDER);
        all.addAll(plan.made());
        for (String path : all) {
            tree.makeFolder(path);
        }
        if (keeping.isUnix()) {
            for (String path : plan.implied()) {
                tree.setMode(path, 0755);
            }
        }
    }

    /** What an interrupted attempt left. */
    private void sweep() throws IOException {
        Set<String> folders = new HashSet<>();
        for (AddOnEntry entry : addOn.entries()) {
            String folder = TreePath.parent(entry.path()).orElse("");
            if (folders.add(folder)) {
                for (String name : tree.names(folder)) {
                    if (name.matches(OURS_PATTERN)) {
                        removeAll(folder.isEmpty() ? name : folder + "/" + name);
                    }
                }
            }
        }
    }

    private void write(AddOnEntry.Plain file, String path, String beside, Meter meter) throws IOException {
        MessageDigest digest = Sha256.fresh();
        try (TreeFile made = tree.create(beside)) {
            FileChannel channel = made.channel();
            long from = file.offset();
            for (int i = 0; i < file.data().count(); i++) {
                for (long at = file.data().start(i); at < file.data().end(i); ) {
                    int most = (int) Math.min(buffer.length, file.data().end(i) - at);
                    int count = content.read(from, buffer, most);
                    digest.update(buffer, 0, count);
                    ByteBuffer octets = ByteBuffer.wrap(buffer, 0, count);
                    while (octets.hasRemaining()) {
                        channel.write(octets, at + octets.position());
                    }
                    from += count;
                    at += count;
                    meter.add(count);
                }
            }
            lengthen(channel, file);
        }
        digests.put(path, Bytes.of(digest.digest()));
        if (keeping == Keeping.NTFS) {
            keepRights(path, beside);
        }
        set(beside, file.attributes(), false);
    }

    /** A hole at the end is made by the octet behind it, which the file system may keep or not. */
    private static void lengthen(FileChannel channel, AddOnEntry.Plain file) throws IOException {
        if (file.length() > file.data().end()) {
            channel.write(ByteBuffer.allocate(1), file.length() - 1);
        }
    }

    /** A file that replaces another has its rights and its flags (hidden, system), as a program that writes it would leave them. */
    private void keepRights(String path, String beside) throws IOException {
        if (tree.stat(path).isPresent()) {
            for (String field : List.of("system.ntfs_acl", "system.ntfs_attrib")) {
                Optional<Bytes> value = tree.extended(path, field);
                if (value.isPresent()) {
                    tree.setExtended(beside, field, value.get());
                }
            }
        }
    }

    private void other(AddOnEntry entry, Meter meter) throws IOException {
        String beside = ours(entry.path(), 0);
        switch (entry) {
            case AddOnEntry.Folder _, AddOnEntry.Plain _ -> {
                return;
            }
            case AddOnEntry.Link link -> {
                tree.makeLink(beside, link.target());
                set(beside, link.attributes(), true);
            }
            case AddOnEntry.Special special -> {
                tree.makeSpecial(
                        beside,
                        switch (special.kind()) {
                            // S_IFMT's upper four bits, as mknod(2) wants them: S_IFIFO, S_IFCHR, S_IFBLK.
                            case FIFO -> 1;
                            case CHARACTER -> 2;
                            case BLOCK -> 6;
                        },
                        special.major(),
                        special.minor());
                set(beside, special.attributes(), false);
            }
            case AddOnEntry.Twin twin -> {
                if (keeping.hasTwins()) {
                    if (isTwinAlready(twin)) {
                        return; // rename does nothing for two names of one file
                    }
                    tree.makeTwin(beside, twin.of());
                } else {
                    write(addOn.original(twin), twin.path(), beside, meter);
                }
            }
        }
        tree.rename(beside, entry.path());
    }

    private boolean isTwinAlready(AddOnEntry.Twin twin) throws IOException {
        Optional<Long> there = tree.stat(twin.path()).map(FileStat::inode);
        return there.isPresent() && there.equals(tree.stat(twin.of()).map(FileStat::inode));
    }

    private void set(String path, FileAttributes attributes, boolean link) throws IOException {
        if (keeping.isUnix()) {
            tree.set(path, attributes, link);
        } else {
            tree.setModified(path, attributes.modified());
        }
    }
}
