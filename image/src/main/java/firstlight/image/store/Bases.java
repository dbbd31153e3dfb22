package firstlight.image.store;

import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * From which chunk another one differs little: what lay at the same place of the version before. Files that were deleted leave
 * zeros there, and files that were changed are mostly as they were.
 */
final class Bases {
    private final Map<ChunkId, ChunkId> planned = new HashMap<>();
    private final Map<ChunkId, ChunkId> existing;
    /** Chunks that others are told by: they stay whole. */
    private final Set<ChunkId> relied;

    /** @param existing those that the store has already */
    Bases(Map<ChunkId, ChunkId> existing) {
        this.existing = existing;
        this.relied = new HashSet<>(existing.values());
    }

    /** By delta, its base, which is not planned to be a delta itself. */
    Map<ChunkId, ChunkId> planned() {
        return planned;
    }

    void follow(Manifest before, Manifest next) {
        for (int disk = 0; disk < Math.min(before.disks().size(), next.disks().size()); disk++) {
            for (Region region : next.disks().get(disk).regions()) {
                Optional<Region> old = same(before.disks().get(disk), region);
                if (old.isPresent()
                        && old.get().content() instanceof Content.Blocks from
                        && region.content() instanceof Content.Blocks to
                        && from.chunkSize() == to.chunkSize()) { // else no chunk has the place of another
                    follow(from, to);
                }
            }
        }
    }

    /** Of the same partition; what lies in none, by its start. */
    private static Optional<Region> same(DiskImage disk, Region region) {
        return disk.regions().stream()
                .filter(other -> other.partition() == region.partition()
                        && (region.partition() != 0 || other.start() == region.start()))
                .findFirst();
    }

    /** Two walks side by side: {@code a} and {@code b} are cells, {@code i} and {@code k} their places in the tables. */
    private void follow(Content.Blocks before, Content.Blocks next) {
        Extents from = before.used();
        Extents to = next.used();
        int size = next.chunkSize();
        ChunkTable old = before.chunks();
        long a = from.cellFrom(0, size);
        long b = to.cellFrom(0, size);
        for (int i = 0, k = 0; a >= 0 && b >= 0; ) {
            if (a == b) {
                plan(next.chunks().get(k), old.get(i));
            }
            long least = Math.min(a, b);
            if (a == least) {
                a = from.cellFrom(a + 1, size);
                i++;
            }
            if (b == least) {
                b = to.cellFrom(b + 1, size);
                k++;
            }
        }
    }

    private void plan(ChunkId id, ChunkId before) {
        if (id.equals(before) || id.isZero() || before.isZero() || relied.contains(id) || existing.containsKey(id)) {
            return;
        }
        // A base is never a delta: of one that is planned so, its own base is taken.
        ChunkId base = planned.getOrDefault(before, existing.getOrDefault(before, before));
        if (!base.equals(id) && planned.putIfAbsent(id, base) == null) {
            relied.add(base);
        }
    }
}
