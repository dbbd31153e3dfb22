package firstlight.database;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Numbers of other rows in one column, with blanks between them. For
 * lists that are only ever read whole; what is searched by has a table.
 */
final class Numbers {
    private Numbers() {}

    static String write(Collection<Long> numbers) {
        return numbers.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    static List<Long> read(String column) {
        return column.isEmpty()
                ? List.of()
                : Arrays.stream(column.split(" ", -1)).map(Long::valueOf).toList();
    }
}
