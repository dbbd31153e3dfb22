package firstlight.environment;

import firstlight.model.Bytes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The files of an archive before it is written, sorted by path. Paths are relative, and /bin, /sbin and /lib are those
 * below /usr, as in today's Debian; packages of both layouts meet in one tree.
 */
final class Tree {
    private final NavigableMap<String, Node> nodes = new TreeMap<>();

    /** What stands at a path. */
    sealed interface Node {
        record Directory() implements Node {}

        /** Octets that are made here. */
        record Content(Bytes bytes, boolean executable) implements Node {}

        /** A file of the disk, read when the archive is written: it must stay as it is until then. */
        record Copy(Path source, boolean executable) implements Node {}

        record Link(String target) implements Node {}

        /** @param mode its permissions */
        record CharacterDevice(int major, int minor, int mode) implements Node {}
    }

    NavigableMap<String, Node> nodes() {
        return nodes;
    }

    /** Where a path of an unmerged layout lies in a merged one. */
    static String merged(String path) {
        return path.matches("(bin|sbin|lib|lib32|lib64|libx32)/.*") ? "usr/" + path : path;
    }

    Tree directory(String path) {
        return put(path, new Node.Directory());
    }

    Tree content(String path, byte[] bytes, boolean executable) {
        return put(path, new Node.Content(Bytes.of(bytes), executable));
    }

    Tree link(String path, String target) {
        return put(path, new Node.Link(target));
    }

    Tree device(String path, int major, int minor, int mode) {
        return put(path, new Node.CharacterDevice(major, minor, mode));
    }

    /** A file or symbolic link of the disk, with the permissions that matter there. */
    Tree copy(String path, Path source) throws IOException {
        if (Files.isSymbolicLink(source)) {
            return link(path, Files.readSymbolicLink(source).toString());
        }
        return put(path, new Node.Copy(source, Files.isExecutable(source)));
    }

    /** Everything below {@code folder}. */
    Tree copyAll(String path, Path folder) throws IOException {
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path source : all.sorted().toList()) {
                String name = folder.relativize(source).toString();
                String full = name.isEmpty() ? path : path.isEmpty() ? name : path + "/" + name;
                if (full.isEmpty()) {
                    continue;
                }
                if (Files.isDirectory(source, LinkOption.NOFOLLOW_LINKS)) {
                    directory(full);
                } else {
                    copy(full, source);
                }
            }
        }
        return this;
    }

    /** About the octets of an archive of it; good enough for a progress line. */
    long size() {
        long size = 0;
        for (Node node : nodes.values()) {
            size += switch (node) {
                case Node.Copy(Path source, boolean _) -> source.toFile().length();
                case Node.Content(Bytes bytes, boolean _) -> bytes.length();
                case Node.Directory _, Node.Link _, Node.CharacterDevice _ -> 0;
            };
        }
        return size;
    }

    boolean has(String path) {
        return nodes.containsKey(merged(path));
    }

    /** Makes the folders above it; what was at the path is replaced. */
    private Tree put(String path, Node node) {
        String full = merged(path);
        for (int slash = full.indexOf('/'); slash > 0; slash = full.indexOf('/', slash + 1)) {
            nodes.putIfAbsent(full.substring(0, slash), new Node.Directory());
        }
        nodes.put(full, node);
        return this;
    }
}
