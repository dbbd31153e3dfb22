package firstlight.image.manifest;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkId;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/**
 * What an image is made of. Immutable: a new capture makes a new one.
 *
 * @param made when the capture began
 * @param maker the program and version that captured
 * @param disks none in an add-on image
 * @param addOn what an add-on image is made of
 * @param notes what a person should know of this image, such as a file system that had to be taken raw
 */
public record Manifest(Instant made, String maker, List<DiskImage> disks, Optional<AddOn> addOn, List<String> notes) {
    /** Octets of a manifest's file: no server takes a longer one. */
    public static final int MOST_OCTETS = 256 << 20;

    /** 32 octets each, with room for the extents. What has more is cut into larger ones. */
    public static final int MOST_CHUNKS = 8_000_000;

    public Manifest {
        disks = List.copyOf(disks);
        notes = List.copyOf(notes);
        if (chunkSizes(disks).limit(2).count() > 1) {
            throw new IllegalArgumentException("chunks of several sizes in one image");
        }
        if (addOn.isPresent() && !disks.isEmpty()) {
            throw new IllegalArgumentException("an add-on image with disks");
        }
    }

    /** A base image. */
    public Manifest(Instant made, String maker, List<DiskImage> disks, List<String> notes) {
        this(made, maker, disks, Optional.empty(), notes);
    }

    /** An add-on image. */
    public static Manifest of(Instant made, String maker, AddOn addOn, List<String> notes) {
        return new Manifest(made, maker, List.of(), Optional.of(addOn), notes);
    }

    public ImageKind kind() {
        return addOn.isPresent() ? ImageKind.ADD_ON : ImageKind.BASE;
    }

    /** @throws ImageFailure when it is an add-on image, which no disk can be made of */
    public Manifest base() throws ImageFailure {
        if (addOn.isPresent()) {
            throw new ImageFailure(
                    "That is an add-on image",
                    "it holds files for a system that is there, and no disk",
                    "Name a base image; add-ons go along with it: firstlight work restore PC BASE --add-on NAME");
        }
        return this;
    }

    private static IntStream chunkSizes(List<DiskImage> disks) {
        return disks.stream()
                .flatMap(disk -> disk.regions().stream())
                .filter(region -> region.content() instanceof Content.Blocks)
                .mapToInt(region -> ((Content.Blocks) region.content()).chunkSize())
                .distinct();
    }

    /** Octets of its chunks' plain content, but for a region's last one. */
    public int chunkSize() {
        return chunkSizes(disks).findFirst().orElse(Chunk.SIZE);
    }

    /** Each chunk that a store must hold for this image, in order; some come more than once. */
    public void forEachChunk(Consumer<ChunkId> consumer) {
        addOn.ifPresent(files -> files.content().chunks().forEachStored(consumer));
        for (DiskImage disk : disks) {
            for (Region region : disk.regions()) {
                if (region.content() instanceof Content.Blocks blocks) {
                    blocks.chunks().forEachStored(consumer);
                }
            }
        }
    }

    /** Octets in use on all disks, or of all files. */
    public long usedBytes() {
        return addOn.map(AddOn::octets).orElse(0L)
                + disks.stream().mapToLong(DiskImage::usedBytes).sum();
    }

    /** {@code 3 sectors could not be read ...}, for whoever makes disks of it; empty when nothing is lost. */
    public String lost() {
        long sectors = disks.stream().mapToLong(DiskImage::unreadableSectors).sum();
        return sectors == 0
                ? ""
                : sectors + (sectors == 1 ? " sector" : " sectors")
                        + " of its source could not be read when it was captured; zeros are in their place";
    }

    /** Octets of all disks; 0 for an add-on. */
    public long diskBytes() {
        return disks.stream().mapToLong(DiskImage::size).sum();
    }
}
