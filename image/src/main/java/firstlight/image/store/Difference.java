package firstlight.image.store;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.ChunkId;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * How one image differs from another.
 *
 * @param regions in the order of the new image, then what only the old one has
 * @param newChunks that only the new image needs
 * @param goneChunks that only the old image needs
 */
public record Difference(List<RegionChange> regions, long newChunks, long goneChunks) {
    public Difference {
        regions = List.copyOf(regions);
    }

    /**
     * A region of both images, or of one. Regions are the same when disk and partition number are, or where there is no
     * partition, disk and start.
     *
     * @param octets of the cells whose content differs, in whole cells; all of the new one's where the images have chunks of different
     *     sizes, which cannot be compared
     */
    public record RegionChange(int disk, String name, Optional<Region> before, Optional<Region> now, long octets) {}

    private record Key(int disk, int partition, long start) {
        static Key of(int disk, Region region) {
            return new Key(disk, region.partition(), region.partition() > 0 ? 0 : region.start());
        }
    }

    /** @throws ImageFailure when one is an add-on and the other is not */
    public static Difference between(Manifest before, Manifest now) throws ImageFailure {
        if (before.kind() != now.kind()) {
            throw new ImageFailure(
                    "These two have nothing to compare",
                    "one is of kind " + before.kind().word() + ", the other of kind "
                            + now.kind().word(),
                    "Compare two base images, or two add-on images");
        }
        Map<Key, Region> old = new HashMap<>();
        for (int disk = 0; disk < before.disks().size(); disk++) {
            for (Region region : before.disks().get(disk).regions()) {
                old.put(Key.of(disk + 1, region), region);
            }
        }
        List<RegionChange> changes = new ArrayList<>();
        for (int disk = 0; disk < now.disks().size(); disk++) {
            DiskImage image = now.disks().get(disk);
            for (Region region : image.regions()) {
                Optional<Region> twin = Optional.ofNullable(old.remove(Key.of(disk + 1, region)));
                changes.add(new RegionChange(
                        disk + 1, region.name(), twin, Optional.of(region), differing(twin, Optional.of(region))));
            }
        }
        old.forEach((key, region) -> changes.add(new RegionChange(
                key.disk,
                region.name(),
                Optional.of(region),
                Optional.empty(),
                differing(Optional.of(region), Optional.empty()))));
        Set<ChunkId> newer = ids(now);
        Set<ChunkId> older = ids(before);
        long shared = newer.stream().filter(older::contains).count();
        return new Difference(changes, newer.size() - shared, older.size() - shared);
    }

    private static Set<ChunkId> ids(Manifest manifest) {
        Set<ChunkId> ids = new HashSet<>();
        manifest.forEachChunk(ids::add);
        return ids;
    }

    private static long differing(Optional<Region> before, Optional<Region> now) {
        if (before.isPresent() && now.isPresent() && cell(before.get()) != cell(now.get())) {
            return differing(Optional.empty(), now);
        }
        Map<Long, ChunkId> cells = new HashMap<>();
        long[] differing = new long[1];
        before.ifPresent(region -> forEachCell(region, cells::put));
        now.ifPresent(region -> forEachCell(region, (cell, id) -> {
            if (!id.equals(cells.remove(cell))) {
                differing[0] += length(region, cell);
            }
        }));
        before.ifPresent(region -> cells.keySet().forEach(cell -> differing[0] += length(region, cell)));
        return differing[0];
    }

    private static long length(Region region, long cell) {
        int size = cell(region);
        return Math.min(size, region.length() - cell * size);
    }

    /** Octets of a cell; 0 where nothing is in cells. */
    private static int cell(Region region) {
        return region.content() instanceof Content.Blocks blocks ? blocks.chunkSize() : 0;
    }

    private static void forEachCell(Region region, Cells.Visitor visitor) {
        if (region.content() instanceof Content.Blocks blocks) {
            Cells.forEach(blocks, visitor);
        }
    }
}
