package firstlight.image.capture;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkId;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Manifest;
import java.util.List;
import java.util.Locale;

/** What a capture will take, known before the first octet is taken. */
public final class CapturePlan {
    /** Octets of a range in use in a manifest, at most: two numbers of 512-octet blocks, and no disk has 2^35 of them. */
    private static final int RANGE = 10;

    /** Octets of memory that a chunk costs at most: its id, some times over while the manifest is made. */
    private static final int MEMORY = 5 * ChunkId.LENGTH;

    private final List<DiskPlan> disks;
    private final List<String> notes;
    private final IfUnreadable ifUnreadable;
    private final LostFiles lostFiles;
    private final int most;

    CapturePlan(List<DiskPlan> disks, List<String> notes, IfUnreadable ifUnreadable, LostFiles lostFiles) {
        this(
                disks,
                notes,
                ifUnreadable,
                lostFiles,
                affordable(Runtime.getRuntime().maxMemory()));
    }

    private CapturePlan(
            List<DiskPlan> disks, List<String> notes, IfUnreadable ifUnreadable, LostFiles lostFiles, int most) {
        this.disks = List.copyOf(disks);
        this.notes = List.copyOf(notes);
        this.ifUnreadable = ifUnreadable;
        this.lostFiles = lostFiles;
        this.most = most;
    }

    /** As many as an image may have; fewer in a PC with little memory, which must not run out of it at the end. */
    static int affordable(long memory) {
        return (int) Math.min(Manifest.MOST_CHUNKS, memory / MEMORY);
    }

    /** The same, cut into so many chunks at most, if chunks of {@link Chunk#LARGEST} are long enough for that. */
    public CapturePlan ofAtMost(int chunks) {
        return new CapturePlan(disks, notes, ifUnreadable, lostFiles, chunks);
    }

    /**
     * Octets of a chunk: the usual ones, and only where these would be too many, larger ones (docs/adr/0033).
     *
     * @throws ImageFailure before hours of reading: the server takes no longer manifest at their end
     */
    int chunkSize() throws ImageFailure {
        for (int size = Chunk.SIZE; size <= Chunk.LARGEST; size *= 2) {
            if (fits(size)) {
                return size;
            }
        }
        throw new ImageFailure(
                "The disk holds more than one image can",
                String.format(
                        Locale.ROOT,
                        "%.1f TB are in use in %d pieces, and an image may have %.1f TB in %d",
                        chunks(Chunk.LARGEST) * (double) Chunk.LARGEST / 1e12,
                        ranges(),
                        most * (double) Chunk.LARGEST / 1e12,
                        (Manifest.MOST_OCTETS - (long) most * ChunkId.LENGTH) / RANGE),
                "Make room on it, leave large files out (--leave-out), or let what is locked be skipped (--if-locked skip)");
    }

    private boolean fits(int size) {
        long chunks = chunks(size);
        return chunks <= most && chunks * ChunkId.LENGTH + ranges() * RANGE <= Manifest.MOST_OCTETS;
    }

    private long chunks(int size) {
        return disks.stream()
                .flatMap(disk -> disk.regions().stream())
                .mapToLong(region -> region.used().manyCells(size))
                .sum();
    }

    private long ranges() {
        return disks.stream()
                .flatMap(disk -> disk.regions().stream())
                .map(DiskPlan.PlannedRegion::used)
                .mapToLong(Extents::count)
                .sum();
    }

    /** Octets in use, of all disks: what an image is of, before it is packed. */
    public long used() {
        return disks.stream()
                .flatMap(disk -> disk.regions().stream())
                .map(DiskPlan.PlannedRegion::used)
                .mapToLong(Extents::octets)
                .sum();
    }

    List<DiskPlan> disks() {
        return disks;
    }

    IfUnreadable ifUnreadable() {
        return ifUnreadable;
    }

    LostFiles lostFiles() {
        return lostFiles;
    }

    /** What a person should know of it. */
    public List<String> notes() {
        return notes;
    }
}
