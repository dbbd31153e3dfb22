package firstlight.image.anew;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a FAT volume of another length or other sectors becomes. Its type stays, because boot code and firmware know the old one,
 * with clusters as before where their number allows it, and larger or smaller ones where it does not. Only FAT32 that other
 * sectors leave too few clusters for (an ESP of 100 MiB on 4Kn) becomes FAT16: Windows tells the type by nothing but that number.
 *
 * @param sector octets of one on the new disk
 * @param rootEntries how many a root of FAT12 or FAT16 must hold
 */
record FatGeometry(FatLayout old, int sector, int rootEntries) {
    /** Octets. */
    private static final int LARGEST_CLUSTER = 32 << 10;
    /** How many clusters to stay away from the counts at which FAT's type changes, as the specification asks. */
    private static final int DISTANCE = 16;

    /** What 28 bits can number, but for those that mean something else. */
    private static final long FAT32_END = (1L << 28) - 16;
    /** Octets, of which the first cluster's place is a multiple where that can be had. */
    private static final int ALIGNED = 4096;

    /** Tells how many clusters of a size hold all there is. */
    @FunctionalInterface
    interface Needs {
        long clusters(int clusterSize);
    }

    /** @return empty when {@code length} octets are too few for what must go in */
    Optional<FatLayout> of(long length, Needs needs) {
        List<Integer> types = new ArrayList<>(List.of(old.bits()));
        if (old.bits() == 32 && sector != old.sector()) {
            types.add(16);
        }
        if (old.bits() == 12 && sector != old.sector()) {
            types.add(16);
        }
        for (int bits : types) {
            for (int size : sizes()) {
                FatLayout layout = layout(bits, size, length);
                boolean fits = layout.clusters() >= least(bits) && layout.clusters() >= needs.clusters(size);
                if (fits && layout.clusters() <= most(bits)) {
                    return Optional.of(layout);
                }
            }
            // A type that cannot fill the partition fills what it can.
            int largest = Math.max(LARGEST_CLUSTER, old.clusterSize());
            FatLayout full = layout(bits, largest, Math.min(length, (most(bits) - DISTANCE) * largest));
            if (length > full.sectors() * sector
                    && full.clusters() >= needs.clusters(largest)
                    && full.clusters() <= most(bits)
                    && full.clusters() >= least(bits)) {
                return Optional.of(full);
            }
        }
        return Optional.empty();
    }

    /** As before, then larger, then smaller. */
    private List<Integer> sizes() {
        int first = Math.max(old.clusterSize(), sector);
        List<Integer> sizes = new ArrayList<>(List.of(first));
        for (int size = first * 2; size <= LARGEST_CLUSTER; size *= 2) {
            sizes.add(size);
        }
        for (int size = first / 2; size >= sector; size /= 2) {
            sizes.add(size);
        }
        return sizes;
    }

    private static long least(int bits) {
        return switch (bits) {
            case 12 -> 1;
            case 16 -> FatLayout.FAT12_END + DISTANCE;
            default -> FatLayout.FAT16_END + DISTANCE;
        };
    }

    private static long most(int bits) {
        return switch (bits) {
            case 12 -> FatLayout.FAT12_END - DISTANCE;
            case 16 -> FatLayout.FAT16_END - DISTANCE;
            default -> FAT32_END;
        };
    }

    private FatLayout layout(int bits, int clusterSize, long length) {
        int entries = bits == 32 ? 0 : Math.ceilDiv(Math.max(rootEntries, 16) * FatLayout.ENTRY, sector) * sector / 32;
        int reserved = sector == old.sector() && bits == old.bits() ? old.reserved() : bits == 32 ? 32 : 1;
        long total = Math.min(length / sector, 0xFFFF_FFFFL);
        long root = (long) entries * FatLayout.ENTRY / sector;
        long most = Math.max(0, total - reserved - root) * sector / clusterSize;
        long table = Math.ceilDiv(Math.ceilDiv((most + 2) * bits, 8), sector);
        // The data begin aligned, for the sake of flash; a table may have a few entries more than clusters.
        for (int more = 0; more < 8; more++) {
            if ((reserved + old.fats() * (table + more) + root) * sector % ALIGNED == 0) {
                table += more;
                break;
            }
        }
        return new FatLayout(
                sector, clusterSize / sector, reserved, old.fats(), table, entries, total, bits, bits == 32 ? 2 : 0);
    }
}
