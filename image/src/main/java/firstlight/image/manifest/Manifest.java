package firstlight.image.manifest;

import firstlight.image.chunk.ChunkId;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;

/**
 * What an image is made of. Immutable: a new capture makes a new one.
 *
 * @param made when the capture began
 * @param maker the program and version that captured
 * @param notes what a person should know of this image, such as a file system that had to be taken raw
 */
public record Manifest(Instant made, String maker, List<DiskImage> disks, List<String> notes) {
    public Manifest {
        disks = List.copyOf(disks);
        notes = List.copyOf(notes);
    }

    /** Each chunk that a store must hold for this image, in order; some come more than once. */
    public void forEachChunk(Consumer<ChunkId> consumer) {
        for (DiskImage disk : disks) {
            for (Region region : disk.regions()) {
                if (region.content() instanceof Content.Blocks blocks) {
                    blocks.chunks().forEachStored(consumer);
                }
            }
        }
    }

    /** Octets in use on all disks. */
    public long usedBytes() {
        return disks.stream().mapToLong(DiskImage::usedBytes).sum();
    }

    /** Octets of all disks. */
    public long diskBytes() {
        return disks.stream().mapToLong(DiskImage::size).sum();
    }
}
