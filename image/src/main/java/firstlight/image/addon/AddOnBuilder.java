package firstlight.image.addon;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkSink;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.AddOnEntry;
import firstlight.image.manifest.FileAttributes;
import firstlight.image.manifest.PartitionChoice;
import firstlight.image.manifest.TreePath;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/** Gathers files into an add-on; their content goes into chunks at once. Belongs to one thread. */
public final class AddOnBuilder implements AutoCloseable {
    private static final String WHAT = "The add-on cannot be made";

    private final ContentWriter content;
    /** A folder of the restored system, "" for its root: all paths come below it. */
    private final String into;

    private final Map<String, AddOnEntry> entries = new TreeMap<>(TreePath.ORDER);
    private final TreeSet<String> gone = new TreeSet<>(TreePath.ORDER);
    private final byte[] buffer = new byte[Chunk.SIZE];

    /** @param into the folder of the restored system that all paths are below; "" for its root */
    public AddOnBuilder(ChunkSink sink, String into) throws ImageFailure {
        this.content = new ContentWriter(sink);
        this.into = path(into);
    }

    private static String path(String text) throws ImageFailure {
        try {
            return TreePath.of(text);
        } catch (IllegalArgumentException wrong) {
            throw new ImageFailure(WHAT, wrong, "Rename or leave out that file");
        }
    }

    private String placed(String text) throws ImageFailure {
        String path = path(text);
        return into.isEmpty() || path.isEmpty() ? into + path : into + "/" + path;
    }

    /** A folder may come twice, as archives have it: the later one's attributes count. Anything else that does is an ImageFailure. */
    private void add(AddOnEntry entry) throws ImageFailure {
        AddOnEntry before = entries.put(entry.path(), entry);
        boolean folders = before instanceof AddOnEntry.Folder && entry instanceof AddOnEntry.Folder;
        if (before != null && !folders) {
            throw new ImageFailure(
                    WHAT,
                    "'" + entry.path() + "' is in it twice",
                    "Leave one of them out; nobody can know which counts");
        }
    }

    /**
     * The root itself is what it is on the target.
     *
     * @param path from {@code into} on, without a leading slash; other forms are an {@link ImageFailure}, as for all that is added
     * @param exact whether it gets these attributes also where it is there already
     */
    public void folder(String path, FileAttributes attributes, boolean exact) throws IOException {
        String placed = placed(path);
        if (!path(path).isEmpty() && !placed.isEmpty()) {
            add(new AddOnEntry.Folder(placed, attributes, exact));
        }
    }

    /** What a plain file's octets are read from. */
    public interface Octets {
        /** Fills {@code into} with the octets of the file from {@code offset} on. */
        void read(long offset, byte[] into, int length) throws IOException;
    }

    /**
     * A file whose octets can be asked for in any place; they are asked for in rising order, once.
     *
     * @param length in octets, with holes
     * @param data the ranges that are read; what is between are holes
     */
    public void plain(String path, FileAttributes attributes, long length, Extents data, Octets octets)
            throws IOException {
        long offset = content.begin(data.octets());
        for (int i = 0; i < data.count(); i++) {
            for (long at = data.start(i); at < data.end(i); ) {
                int count = (int) Math.min(buffer.length, data.end(i) - at);
                octets.read(at, buffer, count);
                content.write(buffer, count);
                at += count;
            }
        }
        add(new AddOnEntry.Plain(placed(path), attributes, length, data, offset));
    }

    /** A file that comes as a stream, from its first octet to its last, holes as zeros. */
    public void plain(String path, FileAttributes attributes, long length, Extents data, InputStream from)
            throws IOException {
        long[] read = {0};
        plain(path, attributes, length, data, (offset, into, count) -> {
            from.skipNBytes(offset - read[0]);
            if (from.readNBytes(into, 0, count) < count) {
                throw new ImageFailure(WHAT, "'" + path + "' ends too early", "Make the archive again");
            }
            read[0] = offset + count;
        });
    }

    /** @param target as the link says it, not looked at; "" is an {@link ImageFailure} */
    public void link(String path, FileAttributes attributes, String target) throws IOException {
        if (target.isEmpty()) {
            throw new ImageFailure(WHAT, "'" + path + "' is a link to nothing", "Leave it out");
        }
        add(new AddOnEntry.Link(placed(path), attributes, target));
    }

    /** Another name of a file that was added before, or will be. */
    public void twin(String path, String of) throws IOException {
        add(new AddOnEntry.Twin(placed(path), placed(of)));
    }

    /** @param major and {@code minor} of a device; 0 of a FIFO */
    public void special(String path, FileAttributes attributes, AddOnEntry.Special.Kind kind, int major, int minor)
            throws IOException {
        add(new AddOnEntry.Special(placed(path), attributes, kind, major, minor));
    }

    /** A file or folder that is to be taken away. */
    public void gone(String path) throws IOException {
        String placed = placed(path);
        if (placed.isEmpty() || path(path).isEmpty()) {
            throw new ImageFailure(WHAT, "all files would be taken away", "Name a file or a folder");
        }
        gone.add(placed);
    }

    /** @throws ImageFailure when it holds nothing, or files that cannot be laid down together */
    public AddOn build(PartitionChoice partition) throws IOException {
        if (entries.isEmpty() && gone.isEmpty()) {
            throw new ImageFailure(WHAT, "there is nothing in it", "Name a folder or an archive with files in it");
        }
        try {
            return new AddOn(partition, List.copyOf(gone), new ArrayList<>(entries.values()), content.end());
        } catch (IllegalArgumentException wrong) {
            throw new ImageFailure(WHAT, wrong, "Leave that file out, or make it what it is on the PCs");
        }
    }

    @Override
    public void close() {
        content.close();
    }
}
