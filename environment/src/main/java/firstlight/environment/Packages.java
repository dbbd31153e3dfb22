package firstlight.environment;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Unpacked Debian packages seen as one file tree, /usr merged; nothing of them is installed on this machine. */
final class Packages {
    /** More is a circle. */
    private static final int LINKS_FOLLOWED = 16;

    private final Map<String, Path> files = new HashMap<>();

    /** Lays {@code folders}, each an unpacked package, over one another; of a path that two have the later one counts. */
    static Packages of(List<Path> folders) throws IOException {
        Packages packages = new Packages();
        for (Path folder : folders) {
            try (Stream<Path> all = Files.walk(folder)) {
                all.filter(path -> !Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS))
                        .forEach(path -> packages.files.put(
                                Tree.merged(folder.relativize(path).toString()), path));
            }
        }
        return packages;
    }

    Optional<Path> file(String path) {
        return Optional.ofNullable(files.get(Tree.merged(path)));
    }

    /** The paths that start with {@code prefix}, sorted. */
    List<String> below(String prefix) {
        String merged = Tree.merged(prefix);
        return files.keySet().stream()
                .filter(path -> path.startsWith(merged))
                .sorted()
                .toList();
    }

    /**
     * {@code path} and the links on the way to it, the file itself last; empty when no package has it. Links are followed within
     * the packages, as they would be on a machine that has them installed.
     */
    List<String> resolve(String path) {
        List<String> way = new ArrayList<>();
        String at = Tree.merged(path);
        for (int i = 0; i < LINKS_FOLLOWED; i++) {
            Path found = files.get(at);
            if (found == null) {
                return List.of();
            }
            way.add(at);
            if (!Files.isSymbolicLink(found)) {
                return way;
            }
            at = target(at, found);
        }
        return List.of();
    }

    private static String target(String at, Path link) {
        try {
            Path target = Files.readSymbolicLink(link);
            Path absolute = Path.of("/" + at).resolveSibling(target).normalize();
            return Tree.merged(absolute.toString().substring(1));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
