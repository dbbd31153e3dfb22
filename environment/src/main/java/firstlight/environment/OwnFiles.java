package firstlight.environment;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** By its octets is told whether a file is one that Firstlight put there once, or an operator's own. */
final class OwnFiles {
    private final Path list;
    private final Set<String> hashes;

    private OwnFiles(Path list, Set<String> hashes) {
        this.list = list;
        this.hashes = hashes;
    }

    /** @param folder of the cache, in which the list of hashes is kept; where it was deleted, all counts as the operator's own */
    static OwnFiles in(Path folder) throws IOException {
        Path list = folder.resolve("placed");
        return new OwnFiles(list, new LinkedHashSet<>(Files.exists(list) ? Files.readAllLines(list) : List.of()));
    }

    void addAll(List<Path> files) throws IOException {
        for (Path file : files) {
            String hash = Part.hash(file);
            if (hashes.add(hash)) {
                Files.writeString(list, hash + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
            }
        }
    }

    /** Where there is none, or one of ours that nobody has changed. */
    boolean mayBeReplaced(Path file) throws IOException {
        return !Files.isRegularFile(file) || hashes.contains(Part.hash(file));
    }
}
