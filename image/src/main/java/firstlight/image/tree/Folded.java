package firstlight.image.tree;

import java.io.IOException;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * Names as a file system without case has them: {@code windows/SYSTEM32} is its {@code Windows/System32}. ntfs-3g itself would
 * make a second folder beside it, of which Windows can open only one.
 */
public final class Folded {
    private final Listing listing;

    /** Folded path of a folder, to the folder's path as on the disk, to the names in it. */
    private final Map<String, Map<String, Names>> folders = new HashMap<>();

    interface Listing {
        /** The names in the folder whose path has its names as on the disk; empty when it is not there. */
        List<String> names(String folder) throws IOException;
    }

    /** @param folded the first of those that are one without case: ntfs-3g shows, and makes, several */
    private record Names(Set<String> exact, Map<String, String> folded) {
        static Names of(List<String> names) {
            Map<String, String> folded = new HashMap<>();
            for (String name : new TreeSet<>(names)) {
                folded.putIfAbsent(fold(name), name);
            }
            return new Names(new HashSet<>(names), folded);
        }

        String find(String name) {
            return exact.contains(name) ? name : folded.getOrDefault(fold(name), name);
        }
    }

    Folded(Listing listing) {
        this.listing = listing;
    }

    /** {@code path} with the names that are there already; the rest as they are written. */
    String onDisk(String path) throws IOException {
        StringBuilder actual = new StringBuilder();
        StringBuilder folded = new StringBuilder();
        for (String name : path.split("/", -1)) {
            String there = names(folded.toString(), actual.toString()).find(name);
            actual.append(actual.isEmpty() ? "" : "/").append(there);
            folded.append(folded.isEmpty() ? "" : "/").append(fold(name));
        }
        return actual.toString();
    }

    private Names names(String folded, String actual) throws IOException {
        Map<String, Names> alike = folders.computeIfAbsent(folded, _ -> new HashMap<>());
        Names known = alike.get(actual);
        if (known == null) {
            known = Names.of(listing.names(actual));
            alike.put(actual, known);
        }
        return known;
    }

    /** Something was made or taken away in there. */
    void changed(String path) {
        String folded = fold(path);
        folders.remove(folded.substring(0, Math.max(0, folded.lastIndexOf('/'))));
        folders.keySet().removeIf(folder -> folder.equals(folded) || folder.startsWith(folded + "/"));
    }

    /**
     * As NTFS's $UpCase does: letter by letter, and only where the way back leads to the same
     * letter, so that the sharp s, the dotless i and the Greek mu stay apart from what they
     * resemble. Letters that are newer than that table (Georgian, Cherokee) fold here and not there.
     */
    public static String fold(String name) {
        char[] letters = name.toCharArray();
        for (int i = 0; i < letters.length; i++) {
            char upper = Character.toUpperCase(letters[i]);
            letters[i] = Character.toLowerCase(upper) == letters[i] ? upper : letters[i];
        }
        return new String(letters);
    }
}
