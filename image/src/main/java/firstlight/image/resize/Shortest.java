package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.luks.KeyRing;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Overlay;
import firstlight.image.view.Slice;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * How short a region can become, as the file system's own tool says it, looking into the image: before anything is written
 * anywhere. Needs root.
 *
 * @param keys of what is encrypted in the image; what they do not open stays as long as it is
 */
public record Shortest(ChunkSource source, KeyRing keys) {
    /** The tools' own word is an estimate, and a file system that is full to the brim serves nobody. */
    private static final long ROOM = 16L << 20;

    /** Lays an image out when it is told how short each region can be made. */
    @FunctionalInterface
    public interface Planner {
        DiskLayout plan(Lengths lengths) throws IOException;
    }

    /**
     * Refuses a volume that is to grow and cannot, before anything else is done.
     *
     * @throws ImageFailure with the names of those that can
     */
    public void check(List<DiskImage> disks, Wishes.Grow grow) throws IOException {
        if (grow.partition() != Wishes.Grow.OF_VOLUME) {
            return;
        }
        List<String> able = new ArrayList<>();
        for (DiskImage disk : disks) {
            able.addAll(Lengths.byMap(disk, source, keys).volumes());
        }
        if (!able.contains(grow.volume())) {
            throw new ImageFailure(
                    "The volume " + grow.volume() + " cannot grow",
                    able.isEmpty()
                            ? "the image has no volume of LVM that can"
                            : "the volumes of the image that can are " + String.join(", ", able),
                    "Choose a volume or a partition that can with option grow, or grow=none");
        }
    }

    /**
     * The same as {@link #layout}, on the machine that will do it: what its kernel cannot mount, where only a mounted file system grows,
     * stays as long as it is.
     */
    public DiskLayout layoutHere(DiskImage image, int sectorSize, Planner planner) throws IOException {
        Map<OldFileSystem, String> refused = new HashMap<>();
        while (true) {
            DiskLayout layout = layout(image, sectorSize, lengths -> planner.plan(lengths.without(refused)));
            Map<OldFileSystem, String> more = new Growth(source, image.sectorSize()).refused(layout.placements());
            if (more.isEmpty()) {
                return layout;
            }
            refused.putAll(more); // none of these grows in the next layout
        }
    }

    /**
     * What {@code planner} says: by the map of the used blocks alone when nothing has to shrink, else with the tools' word.
     *
     * @throws firstlight.image.ImageFailure when it does not fit
     */
    public DiskLayout layout(DiskImage image, int sectorSize, Planner planner) throws IOException {
        Lengths lengths = Lengths.byMap(image, source, keys);
        DiskLayout layout = planner.plan(lengths);
        if (layout.placements().stream().noneMatch(each -> each.anew() || isShrunkByTool(each))) {
            return layout;
        }
        Map<OldFileSystem, Long> exact = new HashMap<>();
        List<String> unknown = new ArrayList<>();
        for (Region region : image.regions()) {
            try (Disk disk = ImageDisk.of(region.name(), region, image.sectorSize(), source)) {
                lengths.eachElastic(region, disk, (old, within) -> {
                    try {
                        exact.put(old, of(old, within, sectorSize));
                    } catch (ImageFailure toolFailed) { // perhaps others have room enough to give
                        unknown.add(old.name() + " stays as long as it is, because " + toolFailed.cause());
                    }
                });
            }
        }
        try {
            return planner.plan(lengths.with(old -> exact.getOrDefault(old, old.length())));
        } catch (ImageFailure tooSmall) {
            List<String> causes = new ArrayList<>(List.of(tooSmall.cause()));
            causes.addAll(unknown);
            throw new ImageFailure(tooSmall.what(), String.join("; ", causes), tooSmall.cure());
        }
    }

    private static boolean isShrunkByTool(Placement placement) {
        return placement
                .within()
                .map(Within::shrinksFileSystems)
                .orElse(placement.shrinks() && Elasticity.of(placement.region()) == Elasticity.GROWS_AND_SHRINKS);
    }

    private static long of(OldFileSystem old, Disk disk, int newSectorSize) throws IOException {
        if (Anew.isPossible(old)) {
            long least = Anew.of(old, disk).shortest(newSectorSize);
            return disk.sectorSize() == newSectorSize ? Math.min(old.length(), least) : least;
        }
        // The overlay is for tools that write even when they only ask.
        try (Overlay overlay = Overlay.over(new Slice(disk, 0, disk.size()));
                KernelDisk device = KernelDisk.attach(overlay, Access.READ_WRITE)) {
            long least = FileSystemTool.of(old.kind()).shortest(device.node());
            return Math.min(old.length(), least > old.length() ? least : least + least / 50 + ROOM);
        }
    }
}
