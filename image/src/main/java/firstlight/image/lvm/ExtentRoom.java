package firstlight.image.lvm;

import firstlight.image.lvm.ConfigText.Section;
import java.util.List;

/**
 * Where on a physical volume its group's extents lie.
 *
 * @param device what the group's text calls it
 * @param extent octets of an extent
 * @param start of the first extent, in octets
 * @param count how many extents it has
 * @param tail what lies behind the extents: from the first metadata area there to the volume's end, in octets
 */
record ExtentRoom(PhysicalVolume volume, String device, long extent, long start, long count, long tail) {
    private static final long SECTOR = 512;
    private static final long ALIGNMENT = 4096;

    /** @throws IllegalArgumentException when it cannot be changed, with why, in words */
    static ExtentRoom of(PhysicalVolume volume, String device, Section physical, long extent) {
        long start = Math.multiplyExact(physical.number("pe_start"), SECTOR);
        long tail = volume.copies().stream()
                .filter(copy -> copy[0] >= start)
                .mapToLong(copy -> volume.source().size() - copy[0])
                .max()
                .orElse(0);
        ExtentRoom room = new ExtentRoom(volume, device, extent, start, physical.number("pe_count"), tail);
        room.check();
        return room;
    }

    private void check() {
        long end = start + count * extent;
        boolean known = volume.areas().stream().allMatch(area -> area[1] <= start || area[0] >= end);
        if (end + tail > volume.source().size() || !known) {
            throw new IllegalArgumentException("its metadata and its extents lie one over the other");
        }
        long longest = volume.metadata().orElse("").length() + (1L << 13);
        if (volume.copies().stream().anyMatch(copy -> copy[1] - copy[0] < longest + PhysicalVolume.MDA_HEADER)) {
            throw new IllegalArgumentException("its metadata area is full");
        }
    }

    /** How many extents a physical volume of {@code length} has. */
    long extentsIn(long length) {
        return Math.max(0, (end(length) - start) / extent);
    }

    /** The least length of a physical volume with so many extents. */
    long lengthFor(long extents) {
        return start + extents * extent + (tail == 0 ? 0 : tail + ALIGNMENT);
    }

    private long end(long length) {
        return tail == 0 ? length : (length - tail) / ALIGNMENT * ALIGNMENT;
    }

    /** Where its metadata areas begin when it has {@code length}. */
    List<Long> copies(long length) {
        return volume.copies().stream()
                .map(copy -> copy[0] < start
                        ? copy[0]
                        : end(length) + copy[0] - (volume.source().size() - tail))
                .toList();
    }

    /** The same in the group's text, when it has {@code length}. */
    Section described(Section physical, long length) {
        return physical.with("dev_size", length / SECTOR).with("pe_count", extentsIn(length));
    }
}
