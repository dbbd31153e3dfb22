package firstlight.image.capture;

import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** The files that blocks of ext2, ext3 or ext4 belong to, by debugfs, which opens read-only. */
final class LostFiles {
    /** To find names, debugfs walks through all folders: once, for a few. */
    private static final int MOST = 10;

    private LostFiles() {}

    /**
     * Paths; none for blocks that belong to no file, as those of the file system's own tables, and where the disk cannot read
     * what it takes to find out.
     */
    static List<String> ofExt(Path node, Set<Long> blocks) throws IOException {
        Set<Long> inodes = new TreeSet<>();
        for (String[] row : ask(node, "icheck", blocks)) {
            if (row.length == 2 && row[1].matches("[0-9]+")) { // otherwise words: <block not found>
                inodes.add(Long.parseLong(row[1]));
            }
        }
        List<String> paths = new ArrayList<>();
        if (!inodes.isEmpty()) {
            for (String[] row : ask(node, "ncheck", inodes)) {
                if (row.length == 2 && row[1].startsWith("/")) {
                    paths.add(row[1].replaceFirst("^//", "/"));
                }
            }
        }
        return paths;
    }

    /** A table: a line of headings, then rows of two columns with a tab between them. */
    private static List<String[]> ask(Path node, String command, Set<Long> numbers) throws IOException {
        List<String> words = numbers.stream().limit(MOST).map(Object::toString).toList();
        Tool said = Tool.run(List.of("debugfs", "-R", command + " " + String.join(" ", words), node.toString()));
        return said.output().lines().map(line -> line.split("\t", 2)).toList();
    }
}
