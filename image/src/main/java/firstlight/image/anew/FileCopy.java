package firstlight.image.anew;

import firstlight.image.ImageFailure;
import firstlight.image.disk.FileContent;
import firstlight.image.disk.FileNode;
import firstlight.image.disk.Folder;
import firstlight.image.work.CellReader;
import firstlight.model.Sha256;
import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;

/**
 * Copies all files of a mounted file system to another one, or reads them only, and hashes each with all that is known of it: the
 * same walk over the copy must find the same hashes.
 */
final class FileCopy {
    /** What is hashed and left out as zeros, by its place in the file. */
    private static final int BLOCK = 4096;
    /** Octets that are kept of each SHA-256: enough against chance, and half the memory of millions of files. */
    private static final int HASH = 16;

    private static final byte[] ITSELF = {'.'};

    /** Synchronous, noatime, nodump, inherited project, no symlinks, extent sizes, nodefrag, filestream. FS_XFLAG_ of linux/fs.h. */
    private static final int KEPT_FLAGS =
            0x20 | 0x40 | 0x80 | 0x200 | 0x400 | 0x800 | 0x1000 | 0x2000 | 0x4000 | 0x10000;

    /** FS_XFLAG_PREALLOC: room was set aside for it. */
    private static final int SET_ASIDE = 0x2;

    /** Of a folder: what is made in it gets its project. So do symlinks, which nobody can give one; but no file of another gets a name in it. */
    private static final int INHERITED_PROJECT = 0x200;

    /** A folder may have some from before. */
    private static final int NO_SYMLINKS = 0x400;

    /** Immutable, append-only and that: not all can be done to such a file, or below it, any more, so that they come last. */
    private static final int LAST_FLAGS = 0x8 | 0x10 | NO_SYMLINKS;

    private final Folder root;
    /** Where the files go; empty when they are only read. */
    private final Optional<Folder> copy;

    private final List<byte[]> expected;
    private final Anew.Heard heard;
    private final List<byte[]> hashes = new ArrayList<>();
    /** By inode, the first path of a file with several names. */
    private final Map<Long, byte[]> names = new HashMap<>();

    private final ByteBuffer buffer = CellReader.alignedBuffer();

    /** @param expected hashes that an earlier walk through the same files found; empty for the first one */
    private FileCopy(Folder root, Optional<Folder> copy, List<byte[]> expected, Anew.Heard heard) {
        this.root = root;
        this.copy = copy;
        this.expected = List.copyOf(expected);
        this.heard = heard;
    }

    /** Returns a hash for each name, in the order of the walk. */
    static List<byte[]> copy(Folder from, Folder to, Anew.Heard copied) throws IOException {
        FileCopy copy = new FileCopy(from, Optional.of(to), List.of(), copied);
        copy.all();
        return copy.hashes;
    }

    /**
     * Stops at the first, which names the file.
     *
     * @throws ImageFailure when one differs from {@code expected}
     */
    static void verify(Folder folder, List<byte[]> expected, Anew.Heard verified) throws IOException {
        FileCopy walk = new FileCopy(folder, Optional.empty(), expected, verified);
        walk.all();
        if (walk.hashes.size() != expected.size()) {
            throw differs("the number of files", walk.hashes.size() + " in place of " + expected.size());
        }
    }

    /** The root's own attributes come last, as those of every folder: what is made in it changes its times. */
    private void all() throws IOException {
        folder(root, copy, new byte[0]);
        FileNode node = root.node(ITSELF);
        SortedMap<String, byte[]> attributes = root.attributes(ITSELF);
        FileContent.Flags flags = flags(root, copy, ITSELF);
        describe(ITSELF, node, attributes, flags, new byte[0]);
        if (copy.isPresent()) {
            copy.get().set(ITSELF, node, attributes);
            last(root, copy.get());
            try (FileContent made = FileContent.open(copy.get(), ITSELF)) {
                made.flags(flags);
            }
        }
    }

    private void folder(Folder from, Optional<Folder> to, byte[] path) throws IOException {
        for (byte[] name : from.names()) {
            byte[] below = join(path, name);
            FileNode node = from.node(name);
            byte[] known = node.links() > 1 && !node.isFolder() ? names.putIfAbsent(node.inode(), below) : null;
            if (known != null) {
                if (to.isPresent()) {
                    link(to.get(), name, known);
                }
                hash(below, known);
                continue;
            }
            SortedMap<String, byte[]> attributes = from.attributes(name);
            if (node.isFolder()) {
                within(from, to, name, below, node, attributes);
            } else if (node.isFile()) {
                file(from, to, name, below, node, attributes);
            } else {
                byte[] text = node.isLink() ? from.linkText(name) : new byte[0];
                if (to.isPresent() && node.isLink()) {
                    to.get().makeLink(name, text);
                } else if (to.isPresent()) {
                    to.get().makeNode(name, node);
                }
                describe(below, node, attributes, new FileContent.Flags(0, 0, 0, 0), text);
            }
            if (to.isPresent()) {
                to.get().set(name, node, attributes);
            }
        }
    }

    /** The file may be of another project: its names were made before that was set. */
    private void link(Folder folder, byte[] name, byte[] known) throws IOException {
        try (FileContent itself = FileContent.open(folder, ITSELF)) {
            FileContent.Flags flags = kept(itself.flags());
            boolean inherits = (flags.bits() & INHERITED_PROJECT) != 0;
            if (inherits) {
                itself.flags(new FileContent.Flags(
                        flags.bits() & ~INHERITED_PROJECT, flags.extent(), flags.project(), flags.copyExtent()));
            }
            folder.makeName(name, copy.orElseThrow(), known);
            if (inherits) {
                itself.flags(flags);
            }
        }
    }

    private void within(
            Folder from,
            Optional<Folder> to,
            byte[] name,
            byte[] path,
            FileNode node,
            SortedMap<String, byte[]> attributes)
            throws IOException {
        if (to.isPresent()) {
            to.get().makeFolder(name);
        }
        FileContent.Flags flags = flags(from, to, name);
        describe(path, node, attributes, flags, new byte[0]);
        try (Folder inner = from.folder(name)) {
            if (to.isPresent()) {
                try (Folder made = to.get().folder(name)) {
                    folder(inner, Optional.of(made), path);
                }
            } else {
                folder(inner, Optional.empty(), path);
            }
        }
    }

    /** Of a folder; given to its copy at once, so that what is made in it inherits nothing else. */
    private static FileContent.Flags flags(Folder from, Optional<Folder> to, byte[] name) throws IOException {
        try (FileContent folder = FileContent.open(from, name)) {
            FileContent.Flags flags = kept(folder.flags());
            if (to.isPresent()) {
                try (FileContent made = FileContent.open(to.get(), name)) {
                    made.flags(new FileContent.Flags(
                            flags.bits() & ~NO_SYMLINKS, flags.extent(), flags.project(), flags.copyExtent()));
                }
            }
            return flags;
        }
    }

    private static FileContent.Flags kept(FileContent.Flags flags) {
        return new FileContent.Flags(flags.bits() & KEPT_FLAGS, flags.extent(), flags.project(), flags.copyExtent());
    }

    private void file(
            Folder from,
            Optional<Folder> to,
            byte[] name,
            byte[] path,
            FileNode node,
            SortedMap<String, byte[]> attributes)
            throws IOException {
        try (FileContent content = FileContent.open(from, name)) {
            FileContent.Flags all = content.flags();
            FileContent.Flags flags = kept(all);
            // Room that was set aside, and not written, looks like a hole; a swap file must have none.
            boolean setAside = (all.bits() & SET_ASIDE) != 0 && node.allocated() >= node.size();
            byte[] digest;
            if (to.isPresent()) {
                try (FileContent made = FileContent.make(to.get(), name)) {
                    made.flags(flags);
                    made.length(node.size(), setAside);
                    digest = content(content, Optional.of(made), node.size());
                }
            } else {
                digest = content(content, Optional.empty(), node.size());
            }
            describe(path, node, attributes, flags, digest);
        }
    }

    /** Holes and zeros count alike: only where something else stands is it hashed, with its place. */
    private byte[] content(FileContent from, Optional<FileContent> to, long size) throws IOException {
        MessageDigest digest = Sha256.fresh();
        ByteBuffer place = ByteBuffer.allocate(Long.BYTES);
        for (long at = from.dataFrom(0); at >= 0 && at < size; at = from.dataFrom(at)) {
            long end = Math.min(size, from.holeFrom(at));
            while (at < end) {
                int length = (int) Math.min(end - at, buffer.capacity());
                buffer.clear().limit(length);
                from.read(at, buffer);
                buffer.flip();
                for (int block = 0; block < length; ) {
                    int step = (int) Math.min(length - block, BLOCK - (at + block) % BLOCK);
                    ByteBuffer octets = buffer.slice(block, step);
                    if (!isZero(octets)) {
                        digest.update(place.putLong(0, at + block).rewind());
                        digest.update(octets);
                        heard.octets(step);
                    }
                    block += step;
                }
                if (to.isPresent()) {
                    to.get().write(at, buffer);
                }
                at += length;
            }
            if (at >= size) {
                break;
            }
        }
        return digest.digest();
    }

    private static boolean isZero(ByteBuffer octets) {
        int at = 0;
        for (; at + 8 <= octets.limit(); at += 8) {
            if (octets.getLong(at) != 0) {
                return false;
            }
        }
        while (at < octets.limit() && octets.get(at) == 0) {
            at++;
        }
        return at == octets.limit();
    }

    /** Of a folder neither length nor names: both depend on how the file system keeps folders. */
    private void describe(
            byte[] path, FileNode node, SortedMap<String, byte[]> attributes, FileContent.Flags flags, byte[] content)
            throws IOException {
        ByteArrayOutputStream octets = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(octets);
        out.writeInt(node.mode());
        out.writeInt(node.user());
        out.writeInt(node.group());
        out.writeInt(node.isFolder() ? 0 : node.links());
        out.writeLong(node.isFolder() ? 0 : node.size());
        out.writeLong(node.device());
        out.writeLong(node.modified());
        out.writeInt(node.modifiedNanos());
        out.writeInt(flags.bits());
        out.writeInt(flags.project());
        for (var attribute : attributes.entrySet()) {
            out.writeUTF(attribute.getKey());
            out.writeInt(attribute.getValue().length);
            out.write(attribute.getValue());
        }
        out.write(content);
        hash(path, octets.toByteArray());
    }

    /** With the path, so that two files that changed places differ. */
    private void hash(byte[] path, byte[] what) throws ImageFailure {
        MessageDigest digest = Sha256.fresh();
        digest.update(path);
        digest.update((byte) 0);
        byte[] hash = Arrays.copyOf(digest.digest(what), HASH);
        int index = hashes.size();
        if (!expected.isEmpty() && (index >= expected.size() || !Arrays.equals(hash, expected.get(index)))) {
            throw differs("'" + new String(path, StandardCharsets.UTF_8) + "'", "it reads back differently");
        }
        hashes.add(hash);
    }

    private static ImageFailure differs(String what, String how) {
        return new ImageFailure(
                "The disk does not hold what was written to it: " + what,
                how,
                "Replace the disk, or check the PC's memory and cables; what was restored is not to be used");
    }

    /** Only the copies of files with {@link #LAST_FLAGS}: a walk of its own, since nothing can be made below them. */
    private static void last(Folder from, Folder to) throws IOException {
        for (byte[] name : from.names()) {
            FileNode node = from.node(name);
            if (node.isFolder()) {
                try (Folder inner = from.folder(name);
                        Folder made = to.folder(name)) {
                    last(inner, made);
                }
            }
            if (node.isFolder() || node.isFile()) {
                try (FileContent content = FileContent.open(from, name)) {
                    FileContent.Flags flags = content.flags();
                    if ((flags.bits() & LAST_FLAGS) != 0) {
                        try (FileContent made = FileContent.open(to, name)) {
                            made.flags(new FileContent.Flags(
                                    flags.bits() & (KEPT_FLAGS | LAST_FLAGS),
                                    flags.extent(),
                                    flags.project(),
                                    flags.copyExtent()));
                        }
                    }
                }
            }
        }
    }

    private static byte[] join(byte[] path, byte[] name) {
        if (path.length == 0) {
            return name;
        }
        byte[] joined = Arrays.copyOf(path, path.length + 1 + name.length);
        joined[path.length] = '/';
        System.arraycopy(name, 0, joined, path.length + 1, name.length);
        return joined;
    }
}
