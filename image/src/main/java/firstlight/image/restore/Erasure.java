package firstlight.image.restore;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import firstlight.image.extents.Extents;
import firstlight.image.resize.LeftNote;
import firstlight.image.resize.Placement;
import firstlight.image.table.Place;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** What a disk was before is taken from it before anything of the image is written. */
final class Erasure {
    /** Where old tables, and signatures of old arrays and volumes, would lead an operating system astray. */
    static final long ENDS = 1L << 20;

    /** The same in a partition, where a file system's free blocks keep them: ZFS has labels in so much at both ends. */
    static final long MARKS = 512L << 10;

    private Erasure() {}

    /**
     * From here on the disk has no table, or the partition no file system, until all of it has been verified.
     *
     * @param keepContent the disk holds much of the image: only what makes it look whole is taken from it
     */
    static void erase(Fit fit, boolean keepContent) throws IOException {
        if (fit.layout().ownTable()) {
            eraseChosen(fit, keepContent);
        } else {
            eraseDisk(fit, keepContent);
        }
        fit.disk().flush();
    }

    private static void eraseChosen(Fit fit, boolean keepContent) throws IOException {
        Disk disk = fit.disk();
        for (Placement placement : fit.layout().placements()) {
            disk.zero(placement.start(), Fit.firstCell(placement));
        }
        disk.flush(); // before anything else of a file system goes it is none
        for (Placement placement : fit.layout().placements()) {
            if (!keepContent) {
                long first = Fit.firstCell(placement);
                if (first < placement.length()) {
                    disk.discard(placement.start() + first, placement.length() - first);
                }
                eraseMarks(disk, placement);
            }
        }
        for (Place tail :
                fit.layout().tails()) { // of the image nothing comes there, and arrays are known by what ends them
            long length = Math.min(MARKS, tail.length());
            disk.zero(tail.end() - length, length);
        }
    }

    private static void eraseDisk(Fit fit, boolean keepContent) throws IOException {
        Disk disk = fit.disk();
        List<long[]> may = new ArrayList<>();
        ours(fit).forEach(place -> may.add(new long[] {place.start(), place.end()}));
        Extents ours = Extents.union(may).without(KeptSafe.places(fit));
        long ends = Math.min(disk.size() / 2, keepContent ? 34L * disk.sectorSize() : ENDS);
        Extents atEnds = ours.without(Extents.of(ends, disk.size() - ends));
        if (UnfinishedNotice.goesAwayWith(fit.layout().table(), disk.sectorSize())) {
            // First, by one sector: what is to be left must be known from when the table is not there.
            writeNotice(fit, UnfinishedNotice.sector(disk.sectorSize()));
            disk.flush();
            atEnds = atEnds.without(Extents.of(0, disk.sectorSize()));
        }
        for (int i = 0; i < atEnds.count(); i++) {
            disk.zero(atEnds.start(i), atEnds.end(i) - atEnds.start(i));
        }
        disk.flush(); // to trim a disk may take minutes, and what is trimmed may read as it did: it starts nothing
        // by then
        if (!keepContent) {
            Extents between = ours.within(ends, disk.size() - ends);
            for (int i = 0; i < between.count(); i++) { // what is not in use stays trimmed, and old data do not linger
                disk.discard(between.start(i), between.end(i) - between.start(i));
            }
        }
        for (Placement placement : fit.layout().placements()) {
            if (!keepContent && placement.region().partition() > 0) {
                eraseMarks(disk, placement);
            }
            if (fit.isBare(placement)) { // a Btrfs' superblock lies behind the ends
                disk.zero(placement.start(), Fit.firstCell(placement));
            }
        }
    }

    private static void writeNotice(Fit fit, byte[] sector) throws IOException {
        LeftNote.put(fit.left(), sector);
        fit.disk().write(0, ByteBuffer.wrap(sector));
    }

    /** Whoever starts the PC from it then is told. */
    static void tellThatItFailed(List<Fit> fits, DiskFailure failure) {
        for (Fit fit : fits) {
            Disk disk = fit.disk();
            if (disk.name().equals(failure.disk())
                    && !fit.layout().ownTable()
                    && UnfinishedNotice.goesAwayWith(fit.layout().table(), disk.sectorSize())) {
                try {
                    writeNotice(fit, UnfinishedNotice.failed(disk.sectorSize()));
                    disk.flush();
                } catch (IOException nothingGoes) {
                    failure.addSuppressed(nothingGoes);
                }
            }
        }
    }

    /** Where the disk holds much of the image already, {@link Unused} does it, around what is there. */
    private static void eraseMarks(Disk disk, Placement placement) throws IOException {
        long length = Math.min(MARKS, placement.length());
        disk.zero(placement.start(), length);
        disk.zero(placement.start() + placement.length() - length, length);
    }

    /** Where the restore may write: chosen partitions, or the disk without those of which the image has nothing. */
    static List<Place> ours(Fit fit) {
        if (fit.layout().ownTable()) {
            return fit.layout().placements().stream()
                    .map(placement -> new Place(placement.start(), placement.length()))
                    .toList();
        }
        List<Place> ours = new ArrayList<>();
        long at = 0;
        for (Place kept : fit.layout().untouched().stream()
                .sorted(Comparator.comparingLong(Place::start))
                .toList()) {
            if (kept.start() > at) {
                ours.add(new Place(at, kept.start() - at));
            }
            at = Math.max(at, kept.end());
        }
        if (at < fit.disk().size()) {
            ours.add(new Place(at, fit.disk().size() - at));
        }
        return ours;
    }
}
