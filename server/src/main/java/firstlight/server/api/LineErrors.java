package firstlight.server.api;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What is wrong in a file, with its lines. A group that is missing is missing in hundreds of them: said once. */
final class LineErrors {
    /** Different ones that are told; the rest is counted. */
    private static final int MOST = 100;

    /** Lines with the same error that are named. */
    private static final int SAME = 5;

    private final Map<String, List<Integer>> linesOf = new LinkedHashMap<>();

    void add(String text, int line) {
        linesOf.computeIfAbsent(text, _ -> new ArrayList<>()).add(line);
    }

    boolean isEmpty() {
        return linesOf.isEmpty();
    }

    Set<Integer> lines() {
        return linesOf.values().stream().flatMap(List::stream).collect(Collectors.toSet());
    }

    /** In the order of the file. */
    String told() {
        long wrong = linesOf.values().stream().mapToLong(List::size).sum();
        String told = linesOf.entrySet().stream()
                .sorted(Comparator.comparing(error -> Collections.min(error.getValue())))
                .limit(MOST)
                .map(error -> lines(error.getValue()) + ": " + error.getKey())
                .collect(Collectors.joining("\n"));
        String more = linesOf.size() > MOST ? "\nand " + (linesOf.size() - MOST) + " other errors" : "";
        return (wrong == 1 ? "1 line is" : wrong + " lines are") + " wrong, so nothing was imported:\n" + told + more;
    }

    private static String lines(List<Integer> lines) {
        String some = lines.stream().limit(SAME).map(String::valueOf).collect(Collectors.joining(", "));
        int more = lines.size() - SAME;
        return (lines.size() == 1 ? "line " : "lines ") + some + (more > 0 ? " and " + more + " more" : "");
    }
}
