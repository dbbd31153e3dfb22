package firstlight.image.resize;

import firstlight.image.chunk.ChunkSource;
import firstlight.image.disk.Access;
import firstlight.image.disk.KernelDisk;
import firstlight.image.manifest.Region;
import firstlight.image.view.ImageDisk;
import firstlight.image.view.Overlay;
import java.io.IOException;

/**
 * How short a region can become, as the file system's own tool says it, looking into the image: before anything is written
 * anywhere. Needs root.
 */
public record Shortest(ChunkSource source) {
    /** The tools' own word is an estimate, and a file system that is full to the brim serves nobody. */
    private static final long ROOM = 16L << 20;

    public long of(Region region, int sectorSize) throws IOException {
        if (Elasticity.of(region) != Elasticity.GROWS_AND_SHRINKS) {
            return region.length();
        }
        // The overlay is for tools that write even when they only ask.
        try (Overlay overlay = Overlay.over(ImageDisk.of(region.name(), region, sectorSize, source));
                KernelDisk device = KernelDisk.attach(overlay, Access.READ_WRITE)) {
            long least = FileSystemTool.of(region.fileSystem()).shortest(device.node());
            return Math.min(region.length(), least > region.length() ? least : least + least / 50 + ROOM);
        }
    }
}
