package firstlight.image.manifest;

import java.nio.charset.StandardCharsets;
import java.util.Comparator;
import java.util.Optional;

/** A file's path below the root of a partition: {@code etc/motd}. It cannot lead out of there. */
public final class TreePath {
    /** A folder comes before what is in it, and before its neighbours whose names begin with its own. */
    public static final Comparator<String> ORDER = Comparator.comparing(path -> path.replace('/', '\0'));

    /** Octets: no file system that we know takes longer names. */
    private static final int LONGEST_NAME = 255;

    private static final int LONGEST = 4095;

    private TreePath() {}

    /**
     * From the forms in which archives and people write it: {@code ./etc/motd}, {@code /etc/motd}, {@code etc//motd/}.
     *
     * @return "" for the root itself
     * @throws IllegalArgumentException with what is wrong with it, in words
     */
    public static String of(String text) {
        StringBuilder path = new StringBuilder();
        for (String name : text.split("/", -1)) {
            if (!name.isEmpty() && !name.equals(".")) {
                path.append(path.isEmpty() ? "" : "/").append(name);
            }
        }
        if (!path.isEmpty()) {
            check(path.toString());
        }
        return path.toString();
    }

    static void check(String path) {
        if (path.isEmpty() || path.getBytes(StandardCharsets.UTF_8).length > LONGEST) {
            throw new IllegalArgumentException("a path of " + path.length() + " characters");
        }
        for (String name : path.split("/", -1)) {
            if (name.equals("..")) {
                throw new IllegalArgumentException("'" + path + "' leads out of the folder ('..')");
            }
            if (name.isEmpty() || name.equals(".") || name.indexOf('\0') >= 0) {
                throw new IllegalArgumentException("'" + path + "' is no file's path");
            }
            if (name.getBytes(StandardCharsets.UTF_8).length > LONGEST_NAME) {
                throw new IllegalArgumentException(
                        "'" + path + "' has a name of more than " + LONGEST_NAME + " octets");
            }
        }
    }

    /** The folder that it is in; empty when that is the root. */
    public static Optional<String> parent(String path) {
        int slash = path.lastIndexOf('/');
        return slash < 0 ? Optional.empty() : Optional.of(path.substring(0, slash));
    }

    /** The name without the folders. */
    public static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }
}
