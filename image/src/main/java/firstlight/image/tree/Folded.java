package firstlight.image.tree;

import java.io.IOException;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * Names as a file system without case has them: {@code windows/SYSTEM32} is its {@code Windows/System32}. ntfs-3g itself would
 * make a second folder beside it, of which Windows can open only one.
 */
final class Folded {
    private final Listing listing;

    /** By folded folder: folded name to the name on the disk. */
    private final Map<String, Map<String, String>> folders = new HashMap<>();

    interface Listing {
        /** The names in the folder whose path has its names as on the disk; empty when it is not there. */
        List<String> names(String folder) throws IOException;
    }

    Folded(Listing listing) {
        this.listing = listing;
    }

    /** {@code path} with the names that are there already; the rest as they are written. */
    String onDisk(String path) throws IOException {
        StringBuilder actual = new StringBuilder();
        StringBuilder folded = new StringBuilder();
        for (String name : path.split("/", -1)) {
            String there = names(folded.toString(), actual.toString()).getOrDefault(fold(name), name);
            actual.append(actual.isEmpty() ? "" : "/").append(there);
            folded.append(folded.isEmpty() ? "" : "/").append(fold(name));
        }
        return actual.toString();
    }

    private Map<String, String> names(String folded, String actual) throws IOException {
        Map<String, String> known = folders.get(folded);
        if (known == null) {
            known = new HashMap<>();
            for (String name : listing.names(actual)) {
                known.put(fold(name), name);
            }
            folders.put(folded, known);
        }
        return known;
    }

    /** Something was made or taken away in there. */
    void changed(String path) {
        String folded = fold(path);
        folders.remove(folded.substring(0, Math.max(0, folded.lastIndexOf('/'))));
        folders.keySet().removeIf(folder -> folder.equals(folded) || folder.startsWith(folded + "/"));
    }

    /** Near to what NTFS's own table of upper case does; a difference leads to an error, not to a wrong file. */
    static String fold(String name) {
        return name.toUpperCase(Locale.ROOT).toLowerCase(Locale.ROOT);
    }
}
