package firstlight.database;

import firstlight.policy.IdentityKey;
import java.util.Arrays;
import java.util.Collection;
import java.util.Set;
import java.util.stream.Collectors;

/** Marks in one column, a line each, sorted: equal sets are equal columns. */
final class Marks {
    private Marks() {}

    static String write(Collection<IdentityKey> marks) {
        return marks.stream()
                .map(mark -> mark.kind().name() + " " + mark.value().replace('\n', ' '))
                .sorted()
                .collect(Collectors.joining("\n"));
    }

    /** @throws IllegalArgumentException for a kind that this version does not know */
    static Set<IdentityKey> read(String column) {
        return column.isEmpty()
                ? Set.of()
                : Arrays.stream(column.split("\n", -1)).map(Marks::mark).collect(Collectors.toUnmodifiableSet());
    }

    private static IdentityKey mark(String line) {
        int blank = line.indexOf(' ');
        return new IdentityKey(IdentityKey.Kind.valueOf(line.substring(0, blank)), line.substring(blank + 1));
    }
}
