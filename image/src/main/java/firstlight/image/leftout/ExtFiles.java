package firstlight.image.leftout;

import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Files of ext2, ext3 and ext4, by debugfs, which opens read-only unless it is told otherwise. Belongs to one thread. */
final class ExtFiles implements LeftOut.Lister {
    /** Logical blocks, then where they are. Blocks of the map itself have a word, such as IND, for the former. */
    private static final Pattern RANGE = Pattern.compile("\\(\\d+(?:-\\d+)?(?:\\[u])?\\):(\\d+)(?:-(\\d+))?");

    private static final Pattern LINKS = Pattern.compile("(?m)^Links: (\\d+) ");

    private static final Pattern FLAGS = Pattern.compile("Flags: 0x([0-9a-f]+)");
    /** Flags of an inode (ext4's disk layout, "Index Nodes"). */
    private static final int ENCRYPTED = 0x800;

    private static final int VERITY = 0x10_0000;

    private final Path volume;
    private final int blockSize;
    /** By path, why a file's content cannot be left out. */
    private final Map<String, String> kept = new HashMap<>();

    /**
     * @param volume a node, or a file, that debugfs opens
     * @param blockSize in octets, from the superblock
     */
    ExtFiles(Path volume, int blockSize) {
        this.volume = volume;
        this.blockSize = blockSize;
    }

    @Override
    public List<String> names(String folder) throws IOException {
        List<String> names = new ArrayList<>();
        for (String line : ask("ls -p", folder + "/").split("\n", -1)) {
            String[] fields = line.split("/", -1); // empty, inode, mode, owner, group, name, size
            if (fields.length >= 7 && !fields[5].isEmpty()) {
                names.add(fields[5]);
            }
        }
        return names;
    }

    @Override
    public LeftOut.Content content(String file) throws IOException {
        String said = ask("stat", file);
        int list = Math.max(said.indexOf("\nEXTENTS:"), said.indexOf("\nBLOCKS:"));
        List<long[]> content = new ArrayList<>();
        if (said.contains("Type: regular") && list >= 0) {
            Matcher range = RANGE.matcher(said.substring(list));
            while (range.find()) {
                long first = Long.parseLong(range.group(1));
                long last = range.group(2) == null ? first : Long.parseLong(range.group(2));
                content.add(new long[] {first * blockSize, (last + 1) * blockSize});
            }
        }
        String why = why(said);
        if (!content.isEmpty() && !why.isEmpty()) {
            kept.put(file, why);
            return LeftOut.Content.NONE;
        }
        Matcher links = LINKS.matcher(said);
        return new LeftOut.Content(content, links.find() ? Integer.parseInt(links.group(1)) : LeftOut.Content.UNKNOWN);
    }

    /** Why a file's content stays; empty when zeros would read as such. */
    private static String why(String said) {
        Matcher found = FLAGS.matcher(said);
        int flags = found.find() ? Integer.parseUnsignedInt(found.group(1), 16) : 0;
        if ((flags & ENCRYPTED) != 0) {
            return "it is encrypted, so that zeros would read as something else";
        }
        return (flags & VERITY) == 0 ? "" : "its data have checksums (verity), which zeros would not match";
    }

    @Override
    public Optional<String> kept(String file) {
        return Optional.ofNullable(kept.get(file));
    }

    @Override
    public boolean ignoresCase() {
        return false;
    }

    /** debugfs has no way to escape a quote or a line's end: such a name is not asked for. */
    private String ask(String command, String path) throws IOException {
        if (path.contains("\"") || path.contains("\n")) {
            return "";
        }
        Tool said = Tool.run(List.of("debugfs", "-R", command + " \"" + path + "\"", volume.toString()));
        return LeftOut.asked(said, "debugfs").output();
    }
}
