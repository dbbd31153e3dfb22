package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.extents.Extents;
import firstlight.image.resize.Placement;
import firstlight.image.table.Place;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** What the image does not use of a disk on which an earlier version stayed: whoever used it then needs it no more. */
final class Unused {
    /** Shorter ranges are not worth a command each: a system's disk has tens of thousands of them. */
    private static final long LEAST = 1L << 20;

    private Unused() {}

    /**
     * Tells the disk, as a restore onto a blank one does beforehand for all of it. To be called before anything is read back:
     * then what a disk makes of it is verified too.
     *
     * @param places of the disk that the restore may write to
     * @param written all that was written or found there
     */
    static void discard(Fit fit, List<Place> places, List<Target> written) throws IOException {
        Disk disk = fit.disk();
        long step = Math.max(disk.sectorSize(), 4096);
        Extents free = free(fit, places, written);
        for (int i = 0; i < free.count(); i++) {
            long start = (free.start(i) + step - 1) / step * step;
            long end = free.end(i) / step * step;
            if (end - start >= LEAST) {
                disk.discard(start, end - start);
            }
        }
    }

    /**
     * Takes away the marks of what was there since: who used the disk may have made an array or a pool of a partition, and
     * a disk that turns keeps what is only discarded. For the same calls as {@link #discard}.
     */
    static void eraseMarks(Fit fit, List<Place> places, List<Target> written) throws IOException {
        Disk disk = fit.disk();
        List<long[]> ends = new ArrayList<>();
        for (Placement placement : fit.layout().placements()) {
            // Space before and between partitions may hold image-safe data.
            if (placement.region().partition() > 0 || fit.isBare(placement)) {
                long length = Math.min(Erasure.MARKS, placement.length());
                ends.add(new long[] {placement.start(), placement.start() + length});
                ends.add(new long[] {placement.end() - length, placement.end()});
            }
        }
        if (!fit.layout().ownTable()) {
            ends.add(new long[] {Math.max(0, disk.size() - Erasure.ENDS), disk.size()});
        }
        Extents free = Extents.union(ends)
                .without(Extents.union(kept(disk, written)))
                .without(Extents.of(0, disk.size()).without(may(places)));
        for (int i = 0; i < free.count(); i++) {
            disk.zero(free.start(i), free.end(i) - free.start(i));
        }
    }

    private static Extents may(List<Place> places) {
        List<long[]> may = new ArrayList<>();
        places.forEach(place -> may.add(new long[] {place.start(), place.end()}));
        return Extents.union(may);
    }

    private static List<long[]> kept(Disk disk, List<Target> written) {
        List<long[]> kept = new ArrayList<>();
        for (Target target : written) {
            if (target.range().disk() == disk) {
                kept.addAll(
                        target.range().used().shifted(target.range().start()).ranges());
            }
        }
        return kept;
    }

    private static Extents free(Fit fit, List<Place> places, List<Target> written) {
        Disk disk = fit.disk();
        List<long[]> kept = kept(disk, written);
        kept.addAll(KeptSafe.places(fit).ranges());
        for (Placement placement : fit.layout().placements()) {
            // What is zero since the restore began stays so until the end: it would make the disk look whole. Tools
            // that give a file system its new size come later, and find what they find on a blank disk.
            kept.add(new long[] {placement.start(), placement.start() + Fit.firstCell(placement)});
        }
        if (!fit.layout().ownTable()) {
            kept.add(new long[] {0, Math.min(Erasure.ENDS, disk.size())});
            kept.add(new long[] {Math.max(0, disk.size() - Erasure.ENDS), disk.size()});
        }
        return may(places).without(Extents.union(kept));
    }
}
