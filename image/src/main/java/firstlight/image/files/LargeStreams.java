package firstlight.image.files;

import firstlight.image.extents.FileSystem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.UserDefinedFileAttributeView;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Named streams of NTFS that are longer than an extended attribute of Linux can be, as which ntfs-3g shows them: they are copied as
 * files of their own, {@code NAME:STREAM}, from a second mount that opens them so. Belongs to one thread.
 */
final class LargeStreams {
    /** Linux's XATTR_SIZE_MAX; it also says so much of what is longer. */
    private static final int LONGEST_ATTRIBUTE = 1 << 16;

    private final MountedTree tree;
    private final ByteArrayOutputStream names = new ByteArrayOutputStream();
    private final List<String> words = new ArrayList<>();
    private final List<String> missing = new ArrayList<>();

    /** By file with several names, which stream of it is taken: tar would take another one for a link to that. */
    private final Map<Object, String> linked = new HashMap<>();

    private long octets;

    LargeStreams(MountedTree tree) {
        this.tree = tree;
    }

    /** @param shown the octets of its name in the list that tar gets */
    void look(Path path, byte[] shown, BasicFileAttributes attributes) throws IOException {
        UserDefinedFileAttributeView view =
                Files.getFileAttributeView(path, UserDefinedFileAttributeView.class, LinkOption.NOFOLLOW_LINKS);
        if (tree.fileSystem() != FileSystem.NTFS || view == null || attributes.isSymbolicLink()) {
            return;
        }
        for (String stream : view.list()) {
            if (view.size(stream) < LONGEST_ATTRIBUTE) {
                continue;
            }
            String word = FileName.text(path) + ":" + stream;
            long size = Files.size(tree.stream(path, stream));
            boolean several = (int) Files.getAttribute(path, "unix:nlink", LinkOption.NOFOLLOW_LINKS) > 1;
            if (size > LONGEST_ATTRIBUTE && several && !stream.equals(first(attributes, stream))) {
                missing.add(word);
            } else if (size > LONGEST_ATTRIBUTE) {
                octets += size;
                words.add(word);
                names.writeBytes(shown);
                names.write(':');
                names.writeBytes(stream.getBytes(StandardCharsets.UTF_8));
                names.write(0);
            }
        }
    }

    private String first(BasicFileAttributes attributes, String stream) {
        Object key = Objects.requireNonNull(attributes.fileKey());
        return linked.computeIfAbsent(key, _ -> stream);
    }

    /** As tar reads them, each with a zero behind. */
    byte[] names() {
        return names.toByteArray();
    }

    long octets() {
        return octets;
    }

    List<String> words() {
        return words;
    }

    /** Those that {@code image cat} gives only: of a file with several names and several such streams. */
    List<String> missing() {
        return missing;
    }
}
