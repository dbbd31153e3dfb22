package firstlight.image.capture;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.capture.DiskPlan.PlannedRegion;
import firstlight.image.extents.Extents;
import firstlight.image.table.Place;
import firstlight.image.work.CellBatch;
import firstlight.image.work.CellRange;
import java.util.ArrayList;
import java.util.List;

/**
 * What of a capture's regions is lost, of that which is in use: nobody misses an unreadable sector in free space, of which a
 * cell has some between its used blocks.
 */
final class LostSectors {
    private static final int MOST_NAMED = 10;

    private final IfUnreadable choice;

    LostSectors(IfUnreadable choice) {
        this.choice = choice;
    }

    /** @throws DiskFailure when something of {@code batch}, which was read just now, is lost and the choice is to stop then */
    void check(CellBatch batch) throws DiskFailure {
        if (choice == IfUnreadable.ZERO || !(batch.range().disk() instanceof Salvage salvage)) {
            return;
        }
        Extents lost = salvage.lost();
        Extents missed = missed(lost, batch.range().start(), batch.range().used());
        if (missed.count() > 0) {
            CellRange range = batch.range();
            throw failure(
                    salvage.name(),
                    range.name() + ": " + sectors(missed, salvage) + " cannot be read",
                    salvage.reason());
        }
    }

    /** Whether something of a volume that was looked into was read as zeros: no map may be made of these. */
    static boolean isIn(Disk disk, long start, long length) {
        return disk instanceof Salvage salvage
                && missed(salvage.lost(), start, Extents.of(0, length)).count() > 0;
    }

    /** @param where what cannot be read, in words */
    static DiskFailure failure(String disk, String where, String why) {
        return new DiskFailure(
                disk,
                "The disk " + disk + " has unreadable sectors",
                where + " (" + why + ")",
                "Look at the disk's health (smartctl -a " + disk
                        + ") and replace it; what can be read of it is saved by"
                        + " the choice 'zero' (--if-unreadable zero: work capture, img make, image import)");
    }

    /** As {@link firstlight.image.manifest.DiskImage#unreadable} has it. */
    static List<Place> places(Salvage salvage, List<PlannedRegion> regions) {
        List<long[]> all = new ArrayList<>();
        for (PlannedRegion region : regions) {
            all.addAll(missed(salvage.lost(), region.start(), region.used()).ranges());
        }
        return Extents.union(all).ranges().stream()
                .map(range -> new Place(range[0], range[1] - range[0]))
                .toList();
    }

    /** A line for each region that misses something. */
    static List<String> notes(Salvage salvage, List<PlannedRegion> regions, LostFiles files) {
        List<String> notes = new ArrayList<>();
        Extents lost = salvage.lost();
        for (PlannedRegion region : regions) {
            Extents missed = missed(lost, region.start(), region.used());
            if (missed.count() > 0) {
                notes.add(region.name(salvage) + ": " + sectors(missed, salvage)
                        + " could not be read; zeros are in their place in this image (" + salvage.reason() + ")"
                        + files.in(
                                salvage,
                                region.start(),
                                missed.shifted(-region.start()).ranges()));
            }
        }
        return notes;
    }

    /** In octets of the disk; {@code lost} are few, {@code used} may be a million. */
    private static Extents missed(Extents lost, long start, Extents used) {
        Extents.Builder missed = new Extents.Builder();
        for (long[] range : lost.ranges()) {
            for (int i = used.firstEndingAfter(range[0] - start); i < used.count(); i++) {
                long from = Math.max(range[0], start + used.start(i));
                long to = Math.min(range[1], start + used.end(i));
                if (from >= to) {
                    break;
                }
                missed.add(from, to);
            }
        }
        return missed.build();
    }

    /** {@code 3 sectors, 2048-2050, from offset 1048576 on}. */
    private static String sectors(Extents missed, Disk disk) {
        int size = disk.sectorSize();
        List<String> named = new ArrayList<>();
        for (long[] range : missed.ranges().subList(0, Math.min(MOST_NAMED, missed.count()))) {
            long first = range[0] / size;
            long last = (range[1] - 1) / size;
            named.add(first == last ? Long.toString(first) : first + "-" + last);
        }
        long count = (missed.octets() + size - 1) / size;
        return count + (count == 1 ? " sector of the disk (" : " sectors of the disk (") + String.join(", ", named)
                + (missed.count() > MOST_NAMED ? "..." : "") + ", from offset " + missed.start(0) + " on)";
    }
}
