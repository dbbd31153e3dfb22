package firstlight.image.resize;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What whoever gives the work wants of the disk's layout.
 *
 * @param only the numbers of the partitions to restore; empty for the whole disk
 * @param grow which partition takes the space that a larger disk has more
 */
public record Wishes(Set<Integer> only, Grow grow) {
    /** The whole disk; the largest partition that can grow does. */
    public static final Wishes USUAL = new Wishes(Set.of(), new Grow(Grow.LARGEST));

    /** The whole disk with its partitions as they were. */
    public static final Wishes AS_IT_WAS = new Wishes(Set.of(), new Grow(Grow.NOBODY));

    /** The options of a work that are meant for the layout. */
    public static final String PARTITIONS = "partitions";

    public static final String GROW = "grow";

    public Wishes {
        only = Set.copyOf(only);
    }

    /** @param partition a partition's number, {@link #LARGEST} or {@link #NOBODY} */
    public record Grow(int partition) {
        public static final int NOBODY = -1;
        public static final int LARGEST = 0;
    }

    /**
     * Reads {@code partitions=2,3} and {@code grow=3|largest|none}.
     *
     * @throws IllegalArgumentException with what is wrong, in words
     */
    public static Wishes of(Map<String, String> options) {
        Set<Integer> only = new TreeSet<>();
        String partitions = options.getOrDefault(PARTITIONS, "");
        for (String each : partitions.isEmpty() ? new String[0] : partitions.split(",", -1)) {
            only.add(number(PARTITIONS, each.strip()));
        }
        String grow = options.getOrDefault(GROW, "largest");
        return new Wishes(
                only,
                switch (grow) {
                    case "largest" -> new Grow(Grow.LARGEST);
                    case "none" -> new Grow(Grow.NOBODY);
                    default -> new Grow(number(GROW, grow));
                });
    }

    /** So that {@link #of} gives the same again. */
    public Map<String, String> options() {
        Map<String, String> options = new TreeMap<>();
        if (!only.isEmpty()) {
            options.put(
                    PARTITIONS,
                    String.join(
                            ",",
                            new TreeSet<>(only).stream().map(String::valueOf).toList()));
        }
        if (grow.partition() != Grow.LARGEST) {
            options.put(GROW, grow.partition() == Grow.NOBODY ? "none" : String.valueOf(grow.partition()));
        }
        return options;
    }

    private static int number(String option, String text) {
        if (!text.matches("[1-9][0-9]{0,3}")) {
            throw new IllegalArgumentException("option " + option + ": '" + text + "' is no partition's number");
        }
        return Integer.parseInt(text);
    }
}
