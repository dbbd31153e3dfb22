package firstlight.image.resize;

import firstlight.image.manifest.DiskImage;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.TableSectors.Kind;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Pattern;

/**
 * What whoever gives the work wants of the disk's layout.
 *
 * @param only the numbers of the partitions to restore; empty for the whole disk
 * @param grow which partition, or volume of LVM, takes the space that a larger disk has more
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

    /**
     * @param partition a partition's number, {@link #LARGEST}, {@link #NOBODY}, or {@link #OF_VOLUME}
     * @param volume a logical volume with its group's name, as {@code vg/lv}; empty when a partition is meant
     */
    public record Grow(int partition, String volume) {
        public static final int OF_VOLUME = -2;
        public static final int NOBODY = -1;
        public static final int LARGEST = 0;

        private static final Pattern VOLUME =
                Pattern.compile("[A-Za-z0-9+_.][A-Za-z0-9+_.-]*/[A-Za-z0-9+_.][A-Za-z0-9+_.-]*");

        public Grow(int partition) {
            this(partition, "");
        }

        static Grow of(String text) {
            return switch (text) {
                case "largest" -> new Grow(LARGEST);
                case "none" -> new Grow(NOBODY);
                default -> VOLUME.matcher(text).matches() ? new Grow(OF_VOLUME, text) : new Grow(number(GROW, text));
            };
        }

        private String text() {
            return switch (partition) {
                case OF_VOLUME -> volume;
                case NOBODY -> "none";
                default -> String.valueOf(partition);
            };
        }
    }

    /**
     * Reads {@code partitions=2,3} and {@code grow=3|vg/lv|largest|none}.
     *
     * @throws IllegalArgumentException with what is wrong, in words
     */
    public static Wishes of(Map<String, String> options) {
        Set<Integer> only = new TreeSet<>();
        String partitions = options.getOrDefault(PARTITIONS, "");
        for (String each : partitions.isEmpty() ? new String[0] : partitions.split(",", -1)) {
            only.add(number(PARTITIONS, each.strip()));
        }
        return new Wishes(only, Grow.of(options.getOrDefault(GROW, "largest")));
    }

    /** Whether anything of a disk is laid down: all chosen partitions may be on others. */
    public boolean touches(DiskImage image) {
        if (only.isEmpty()) {
            return image.table().kind() != Kind.NONE || !image.regions().isEmpty(); // else it was skipped (--if-locked)
        }
        return PartitionTable.partitions(image.table(), image.sectorSize()).stream()
                .anyMatch(partition -> only.contains(partition.number()));
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
            options.put(GROW, grow.text());
        }
        return options;
    }

    private static int number(String option, String text) {
        if (!text.matches("[1-9][0-9]{0,3}")) {
            throw new IllegalArgumentException("option " + option + ": '" + text + "' is no partition's number"
                    + (option.equals(GROW) ? ", no volume of LVM as vg/lv, and neither largest nor none" : ""));
        }
        return Integer.parseInt(text);
    }
}
