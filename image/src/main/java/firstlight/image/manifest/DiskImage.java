package firstlight.image.manifest;

import firstlight.image.table.TableSectors;
import java.util.List;

/**
 * One disk of an image.
 *
 * @param size in octets
 * @param sectorSize the logical sector, 512 or 4096
 * @param table the partition table's own sectors as they were; none when the disk has no table
 * @param regions everything else, by rising start; what no region covers was empty space and is not part of the image
 */
public record DiskImage(long size, int sectorSize, TableSectors table, List<Region> regions) {
    public DiskImage {
        regions = List.copyOf(regions);
    }

    public long usedBytes() {
        return regions.stream().mapToLong(Region::usedBytes).sum();
    }
}
