package firstlight.image.extents;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** Sorted ranges of octets, apart from each other and not empty; immutable. */
public final class Extents {
    public static final Extents NONE = new Extents(new long[0]);

    /** Start, end, start, end... strictly rising. */
    private final long[] edges;

    private Extents(long[] edges) {
        this.edges = edges;
    }

    /** @param end behind the last octet, as everywhere here; {@link #NONE} when it is {@code start} */
    public static Extents of(long start, long end) {
        return new Builder().add(start, end).build();
    }

    /** Of ranges, start and end each, in any order, overlapping or not. */
    public static Extents union(Collection<long[]> ranges) {
        List<long[]> sorted = new ArrayList<>(ranges);
        sorted.sort(Comparator.comparingLong(range -> range[0]));
        Builder builder = new Builder();
        long end = 0;
        for (long[] range : sorted) {
            if (range[1] > end) {
                builder.add(Math.max(end, range[0]), range[1]);
                end = range[1];
            }
        }
        return builder.build();
    }

    /** These without what lies in {@code others}. */
    public Extents without(Extents others) {
        Builder kept = new Builder();
        for (int i = 0; i < count(); i++) {
            long at = start(i);
            for (int k = others.firstEndingAfter(at); k < others.count() && others.start(k) < end(i); k++) {
                kept.add(at, Math.max(at, others.start(k)));
                at = Math.min(end(i), others.end(k));
            }
            kept.add(at, end(i));
        }
        return kept.build();
    }

    /** What of these lies between {@code from} and {@code to}. */
    public Extents within(long from, long to) {
        Builder within = new Builder();
        for (int i = firstEndingAfter(from); i < count() && start(i) < to; i++) {
            within.add(Math.max(from, start(i)), Math.min(to, end(i)));
        }
        return within.build();
    }

    /** These, each {@code distance} further behind. */
    public Extents shifted(long distance) {
        Builder shifted = new Builder();
        for (int i = 0; i < count(); i++) {
            shifted.add(start(i) + distance, end(i) + distance);
        }
        return shifted.build();
    }

    /** Start and end of each range. */
    public List<long[]> ranges() {
        List<long[]> ranges = new ArrayList<>();
        for (int i = 0; i < count(); i++) {
            ranges.add(new long[] {start(i), end(i)});
        }
        return ranges;
    }

    public int count() {
        return edges.length / 2;
    }

    public long start(int index) {
        return edges[2 * index];
    }

    /** The first octet behind the range. */
    public long end(int index) {
        return edges[2 * index + 1];
    }

    /** The end of the last range; 0 when there is none. */
    public long end() {
        return edges.length == 0 ? 0 : edges[edges.length - 1];
    }

    /** Of all ranges together. */
    public long octets() {
        long sum = 0;
        for (int i = 0; i < edges.length; i += 2) {
            sum += edges[i + 1] - edges[i];
        }
        return sum;
    }

    /** The first range that ends behind {@code offset}; {@link #count} when there is none. */
    public int firstEndingAfter(long offset) {
        int low = 0;
        int high = count();
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (end(middle) <= offset) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /**
     * How many cells of {@code size} octets these ranges touch.
     *
     * @throws ArithmeticException when these are more than an int numbers
     */
    public int cells(int size) {
        return Math.toIntExact(manyCells(size));
    }

    /** As {@link #cells}, of ranges that may be too many for an image. */
    public long manyCells(int size) {
        long cells = 0;
        long next = 0; // the first cell that is not counted yet
        for (int i = 0; i < count(); i++) {
            long first = Math.max(next, start(i) / size);
            long last = (end(i) - 1) / size;
            cells += Math.max(0, last - first + 1);
            next = Math.max(next, last + 1);
        }
        return cells;
    }

    /** The first cell of {@code size} octets at or behind {@code cell} that these ranges touch; -1 when there is none. */
    public long cellFrom(long cell, int size) {
        int index = firstEndingAfter(cell * size);
        return index == count() ? -1 : Math.max(cell, start(index) / size);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Extents that && Arrays.equals(edges, that.edges);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(edges);
    }

    @Override
    public String toString() {
        return "Extents[" + count() + " ranges, " + octets() + " octets]";
    }

    /** Takes ranges in rising order and joins those that touch. */
    public static final class Builder {
        private long[] edges = new long[16];
        private int length;

        /**
         * An empty range adds nothing.
         *
         * @throws IllegalArgumentException for one that begins before the last one's end
         */
        public Builder add(long start, long end) {
            if (start < 0 || end < start || (length > 0 && start < edges[length - 1])) {
                throw new IllegalArgumentException("range " + start + " to " + end + " is out of order");
            }
            if (start == end) {
                return this;
            }
            if (length > 0 && start == edges[length - 1]) {
                edges[length - 1] = end;
                return this;
            }
            if (length == edges.length) {
                edges = Arrays.copyOf(edges, 2 * length);
            }
            edges[length++] = start;
            edges[length++] = end;
            return this;
        }

        public Extents build() {
            return length == 0 ? NONE : new Extents(Arrays.copyOf(edges, length));
        }
    }
}
