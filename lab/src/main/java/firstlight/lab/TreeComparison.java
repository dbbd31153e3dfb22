package firstlight.lab;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Two trees of files on this host: what they hold by diff(1), what they are by find(1). Paths are told from the trees' roots: where
 * the trees lie must have no part in what may differ.
 */
final class TreeComparison {
    /** A tree of fewer entries is none that was read. */
    static final int FEWEST = 100;

    /** diff's words in the C locale. */
    private static final Pattern ONLY_IN = Pattern.compile("Only in (.*?): (.*)");

    private static final String WHAT_IT_IS = "%P\\t%y %m %U:%G";

    /** Files have a time as well; a directory's changes with what is in it. */
    private static final List<String> LOOK =
            List.of("-type", "f", "-printf", WHAT_IT_IS + " %Ts\\n", "-o", "-printf", WHAT_IT_IS + "\\n");

    private final Path source;
    private final Path target;

    TreeComparison(Path source, Path target) {
        this.source = source;
        this.target = target;
    }

    /** @param path from the root, without a slash before it; empty for what names none, such as a complaint of diff */
    record Difference(String path, String what) {
        @Override
        public String toString() {
            return path.isEmpty() ? what : path + ": " + what;
        }
    }

    /** How many entries the trees have in common by name, and in what they differ. */
    record Outcome(int entries, List<Difference> differences) {}

    /** Reads both trees. A {@link LabFailure} when the source has fewer than {@link #FEWEST} entries. */
    Outcome look() {
        Map<String, String> before = entries(source);
        if (before.size() < FEWEST) {
            throw new LabFailure(source + " has " + before.size() + " entries: it was not read");
        }
        Map<String, String> after = entries(target);
        List<Difference> all = new ArrayList<>(inContent(
                Shell.attempt(List.of("env", "LC_ALL=C", "diff", "-rq", "--no-dereference", source + "", target + ""))
                        .output()));
        all.addAll(inKind(before, after));
        before.keySet().retainAll(after.keySet());
        return new Outcome(before.size(), all);
    }

    /** What {@code diff -rq} printed, line by line; a line that it does not know is a difference of its own. */
    List<Difference> inContent(String printed) {
        return printed.lines().map(this::read).toList();
    }

    private Difference read(String line) {
        Matcher only = ONLY_IN.matcher(line);
        if (only.matches()) {
            Path folder = Path.of(only.group(1));
            Path root = folder.startsWith(source) ? source : target;
            String path = root.relativize(folder) + "/" + only.group(2);
            return new Difference(
                    path.replaceFirst("^/", ""), root.equals(source) ? "lost" : "not there before the capture");
        }
        int from = line.indexOf(source + "/");
        int to = line.indexOf(" and " + target + "/");
        return from < 0 || to < from
                ? new Difference("", line)
                : new Difference(line.substring(from + source.toString().length() + 1, to), "another content");
    }

    private static List<Difference> inKind(Map<String, String> before, Map<String, String> after) {
        List<Difference> differences = new ArrayList<>();
        before.forEach((path, is) -> {
            String now = after.getOrDefault(path, is);
            if (!now.equals(is)) {
                differences.add(new Difference(path, "was " + is + ", is " + now));
            }
        });
        return differences;
    }

    private static Map<String, String> entries(Path tree) {
        List<String> words = new ArrayList<>(List.of("find", tree.toString(), "-mindepth", "1"));
        words.addAll(LOOK);
        Map<String, String> entries = new TreeMap<>();
        for (String line : Shell.run(words).lines().toList()) {
            String[] parts = line.split("\t", -1);
            entries.put(parts[0], parts[parts.length - 1]);
        }
        return entries;
    }
}
