package firstlight.image.manifest;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Files that are laid over a restored system.
 *
 * @param partition where to; whoever gives the work may say otherwise
 * @param gone paths that are taken away first, with all that is below them
 * @param entries by {@link TreePath#ORDER}, each path once
 * @param content the octets of the plain files, one after the other, cut into cells like a partition
 */
public record AddOn(PartitionChoice partition, List<String> gone, List<FileEntry> entries, Content.Blocks content) {
    public AddOn {
        gone = List.copyOf(gone);
        entries = List.copyOf(entries);
        gone.forEach(TreePath::check);
        Map<String, FileEntry> byPath = new HashMap<>();
        String before = "";
        for (FileEntry entry : entries) {
            if (!before.isEmpty() && TreePath.ORDER.compare(before, entry.path()) >= 0) {
                throw new IllegalArgumentException("'" + entry.path() + "' comes after '" + before + "'");
            }
            before = entry.path();
            checkParent(entry.path(), byPath);
            byPath.put(before, entry);
        }
        for (FileEntry entry : entries) {
            if (entry instanceof FileEntry.Twin(String path, String of)
                    && !(byPath.get(of) instanceof FileEntry.Plain)) {
                throw new IllegalArgumentException("'" + path + "' is a link to '" + of + "', which is no file in it");
            }
            if (entry instanceof FileEntry.Plain file
                    && file.offset() > content.used().end() - file.data().octets()) {
                throw new IllegalArgumentException("'" + file.path() + "' lies behind the end of the content");
            }
        }
    }

    /** A link as parent would send the file somewhere else. */
    private static void checkParent(String path, Map<String, FileEntry> byPath) {
        Optional<FileEntry> parent = TreePath.parent(path).map(byPath::get);
        if (parent.isPresent() && !(parent.get() instanceof FileEntry.Folder)) {
            throw new IllegalArgumentException(
                    "'" + path + "' lies below '" + parent.get().path() + "', which is no folder");
        }
    }

    /** How many of them are not folders. */
    public long files() {
        return entries.stream()
                .filter(entry -> !(entry instanceof FileEntry.Folder))
                .count();
    }

    /** Octets of all plain files, without their holes. */
    public long octets() {
        return entries.stream()
                .mapToLong(entry ->
                        entry instanceof FileEntry.Plain file ? file.data().octets() : 0)
                .sum();
    }

    /** The file that {@code twin} is another name of. */
    public FileEntry.Plain original(FileEntry.Twin twin) {
        for (FileEntry entry : entries) {
            if (entry instanceof FileEntry.Plain file && file.path().equals(twin.of())) {
                return file;
            }
        }
        throw new IllegalStateException("an add-on has the file of " + twin); // its constructor looked
    }
}
