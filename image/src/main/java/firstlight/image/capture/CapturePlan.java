package firstlight.image.capture;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.manifest.Manifest;
import java.util.List;
import java.util.Locale;

/** What a capture will take, known before the first octet is taken. */
public final class CapturePlan {
    private final List<DiskPlan> disks;
    private final List<String> notes;
    private final IfUnreadable ifUnreadable;
    private final LostFiles lostFiles;

    CapturePlan(List<DiskPlan> disks, List<String> notes, IfUnreadable ifUnreadable, LostFiles lostFiles) {
        this.disks = List.copyOf(disks);
        this.notes = List.copyOf(notes);
        this.ifUnreadable = ifUnreadable;
        this.lostFiles = lostFiles;
    }

    /** Before hours of reading: the server takes no longer manifest at their end. */
    void checkSize() throws ImageFailure {
        long chunks = disks.stream()
                .flatMap(disk -> disk.regions().stream())
                .mapToLong(region -> region.used().cells())
                .sum();
        if (chunks > Manifest.MOST_CHUNKS) {
            throw new ImageFailure(
                    "The disk holds more than one image can",
                    String.format(
                            Locale.ROOT,
                            "%.1f TB are in use, and an image may have %.1f TB (%d chunks)",
                            chunks * (double) Chunk.SIZE / 1e12,
                            Manifest.MOST_CHUNKS * (double) Chunk.SIZE / 1e12,
                            Manifest.MOST_CHUNKS),
                    "Make room on it, leave large files out (--leave-out), or let what is locked be skipped (--if-locked skip)");
        }
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
