package firstlight.image.addon;

import firstlight.image.tree.FileStat;
import firstlight.image.tree.FileTree;
import firstlight.image.tree.TreeFile;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** Where a Linux system mounts other file systems: files that are laid below would never be seen. */
final class Fstab {
    private static final String FILE = "etc/fstab";
    /** Octets that are read of it at most. */
    private static final int LONGEST = 1 << 20;

    private Fstab() {}

    /** The folders that something is mounted on, as paths of the tree; none when there is no such file. */
    static List<String> mountPoints(FileTree tree) throws IOException {
        if (tree.stat(FILE).filter(stat -> stat.kind() == FileStat.Kind.PLAIN).isEmpty()) {
            return List.of();
        }
        try (TreeFile file = tree.read(FILE);
                InputStream in = Channels.newInputStream(file.channel())) {
            return mountPoints(new String(in.readNBytes(LONGEST), StandardCharsets.UTF_8));
        }
    }

    /** By fstab(5): the second field, where there are three; a blank in a path stands as \040, other escapes are left as they are. */
    static List<String> mountPoints(String text) {
        List<String> points = new ArrayList<>();
        for (String line : text.lines().toList()) {
            String[] fields = line.strip().split("\\s+", -1);
            if (fields.length >= 3 && !fields[0].startsWith("#") && fields[1].matches("/.+")) {
                points.add(fields[1].substring(1).replace("\\040", " ").replaceAll("/+$", ""));
            }
        }
        return points;
    }
}
