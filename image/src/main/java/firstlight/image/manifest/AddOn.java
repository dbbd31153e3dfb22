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
public record AddOn(PartitionChoice partition, List<String> gone, List<AddOnEntry> entries, Content.Blocks content) {
    public AddOn {
        gone = List.copyOf(gone);
        entries = List.copyOf(entries);
        gone.forEach(TreePath::check);
        Map<String, AddOnEntry> byPath = new HashMap<>();
        String before = "";
        for (AddOnEntry entry : entries) {
            if (!before.isEmpty() && TreePath.ORDER.compare(before, entry.path()) >= 0) {
                throw new IllegalArgumentException("'" + entry.path() + "' comes after '" + before + "'");
            }
            before = entry.path();
            checkParent(entry.path(), byPath);
            byPath.put(before, entry);
        }
        for (AddOnEntry entry : entries) {
            if (entry instanceof AddOnEntry.Twin(String path, String of)
                    && !(byPath.get(of) instanceof AddOnEntry.Plain)) {
                throw new IllegalArgumentException("'" + path + "' is a link to '" + of + "', which is no file in it");
            }
            if (entry instanceof AddOnEntry.Plain file
                    && file.offset() > content.used().end() - file.data().octets()) {
                throw new IllegalArgumentException("'" + file.path() + "' lies behind the end of the content");
            }
        }
    }

    /** A link as parent would send the file somewhere else. */
    private static void checkParent(String path, Map<String, AddOnEntry> byPath) {
        Optional<AddOnEntry> parent = TreePath.parent(path).map(byPath::get);
        if (parent.isPresent() && !(parent.get() instanceof AddOnEntry.Folder)) {
            throw new IllegalArgumentException(
                    "'" + path + "' lies below '" + parent.get().path() + "', which is no folder");
        }
    }

    /** How many of them are not folders. */
    public long files() {
        return entries.stream()
                .filter(entry -> !(entry instanceof AddOnEntry.Folder))
                .count();
    }

    /** Octets of all plain files, without their holes. */
    public long octets() {
        return entries.stream()
                .mapToLong(entry ->
                        entry instanceof AddOnEntry.Plain file ? file.data().octets() : 0)
                .sum();
    }

    /** The file that {@code twin} is another name of. */
    public AddOnEntry.Plain original(AddOnEntry.Twin twin) {
        for (AddOnEntry entry : entries) {
            if (entry instanceof AddOnEntry.Plain file && file.path().equals(twin.of())) {
                return file;
            }
        }
        throw new IllegalStateException("an add-on has the file of " + twin); // its constructor looked
    }
}
