package firstlight.image.resize;

import firstlight.image.table.Partition;
import firstlight.image.table.Place;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * The arithmetic of a layout: what follows a partition that changes its length moves by as much, in whole steps of 1 MiB, so
 * that every start stays as well aligned as it was. What lies before it never moves: boot loaders are found by their place.
 */
final class Packing {
    static final long STEP = 1L << 20;

    private final List<Partition> partitions;
    private final Map<Integer, Long> lengths = new TreeMap<>();

    /** @param partitions by rising start */
    Packing(List<Partition> partitions) {
        this.partitions = List.copyOf(partitions);
        partitions.forEach(partition -> lengths.put(partition.number(), partition.length()));
    }

    /** Where the last partition ends, as things are. */
    long end() {
        return partitions.isEmpty() ? 0 : place(partitions.getLast()).end();
    }

    void grow(int number, long octets) {
        lengths.merge(number, octets / STEP * STEP, Long::sum);
    }

    /**
     * Takes away what lies behind {@code limit}, from the partition that has most to give first.
     *
     * @param least how short each partition can be made
     * @return the octets that are still too many; 0 when all fits
     */
    long shrinkTo(long limit, ToLongFunction<Partition> least) {
        List<Partition> givers = new ArrayList<>(partitions);
        givers.sort(Comparator.comparingLong((Partition partition) -> partition.length() - least.applyAsLong(partition))
                .reversed());
        for (Partition giver : givers) {
            long missing = end() - limit;
            if (missing <= 0) {
                return 0;
            }
            long shortest = Math.ceilDiv(least.applyAsLong(giver), STEP) * STEP;
            long wanted = (giver.length() - Math.ceilDiv(missing, STEP) * STEP) / STEP * STEP;
            if (shortest < giver.length()) {
                lengths.put(giver.number(), Math.max(shortest, wanted));
            }
        }
        return Math.max(0, end() - limit);
    }

    Map<Integer, Place> places() {
        Map<Integer, Place> places = new TreeMap<>();
        partitions.forEach(partition -> places.put(partition.number(), place(partition)));
        return places;
    }

    Place place(Partition partition) {
        return new Place(partition.start() + shift(partition.start()), length(partition));
    }

    private long length(Partition partition) {
        return lengths.getOrDefault(partition.number(), partition.length());
    }

    /** How far what was at {@code offset} moves: by what the partitions before it gained or lost. */
    long shift(long offset) {
        long shift = 0;
        for (Partition partition : partitions) {
            if (partition.start() < offset) {
                // What a partition loses beyond whole steps stays free behind it.
                shift += Math.ceilDiv(length(partition) - partition.length(), STEP) * STEP;
            }
        }
        return shift;
    }
}
