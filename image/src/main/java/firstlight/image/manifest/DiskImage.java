package firstlight.image.manifest;

import firstlight.image.table.Place;
import firstlight.image.table.TableSectors;
import firstlight.image.table.TableSectors.Kind;
import java.util.List;

/**
 * One disk of an image.
 *
 * @param size in octets
 * @param sectorSize the logical sector, 512 or 4096
 * @param table the partition table's own sectors as they were; none when the disk has no table
 * @param regions everything else, by rising start; what no region covers was empty space and is not part of the image
 * @param unreadable places on the disk, by rising start, of octets in use that could not be read: zeros are in their place
 */
public record DiskImage(long size, int sectorSize, TableSectors table, List<Region> regions, List<Place> unreadable) {
    public DiskImage {
        regions = List.copyOf(regions);
        unreadable = List.copyOf(unreadable);
    }

    /** The usual one: all of it could be read. */
    public DiskImage(long size, int sectorSize, TableSectors table, List<Region> regions) {
        this(size, sectorSize, table, regions, List.of());
    }

    /** Whether it was captured without a table: a file system on the bare disk, or all of it, with a table that was not believed perhaps. */
    public boolean isBare() {
        return table.kind() == Kind.NONE && !regions.isEmpty();
    }

    /** Sectors, of which each may be lost in part. */
    public long unreadableSectors() {
        return unreadable.stream()
                .mapToLong(place -> (place.length() + sectorSize - 1) / sectorSize)
                .sum();
    }

    public long usedBytes() {
        return regions.stream().mapToLong(Region::usedBytes).sum();
    }
}
