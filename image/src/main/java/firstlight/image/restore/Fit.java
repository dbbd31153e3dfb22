package firstlight.image.restore;

import firstlight.image.Amount;
import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.resize.ChosenPartitions;
import firstlight.image.resize.DiskLayout;
import firstlight.image.resize.Elasticity;
import firstlight.image.resize.LayoutPlan;
import firstlight.image.resize.LeftAlone;
import firstlight.image.resize.LeftNote;
import firstlight.image.resize.Lengths;
import firstlight.image.resize.Placement;
import firstlight.image.resize.Resize;
import firstlight.image.resize.Shortest;
import firstlight.image.resize.Wishes;
import firstlight.image.safe.SafeBlock;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.Place;
import firstlight.image.view.Slice;
import firstlight.image.work.CellRange;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Consumer;

/**
 * How an image fits a disk, and what of it goes there.
 *
 * @param left what the disk has of partitions of which the image has nothing
 * @param safe image-safe data that stay on the disk meanwhile; see {@link KeptSafe}
 */
record Fit(Disk disk, DiskLayout layout, DiskImage image, List<LeftNote.Left> left, List<SafeBlock> safe) {
    /** More cells than any disk has. */
    private static final long ALL = Long.MAX_VALUE / Chunk.LARGEST;

    /**
     * Decides for all disks before anything is written to one. Where something that counts from the disk's start would move, and
     * nobody wished for another size, it goes with partitions as they were.
     *
     * @param shortest looks into the image, which may take minutes
     */
    static List<Fit> of(Manifest manifest, List<Disk> disks, Wishes wishes, Shortest shortest, Consumer<String> say)
            throws IOException {
        try {
            return of(manifest, disks, wishes, shortest);
        } catch (LeftAlone.Moved moved) {
            if (!wishes.equals(Wishes.USUAL)) {
                throw moved;
            }
            List<Fit> asItWas = of(manifest, disks, Wishes.AS_IT_WAS, shortest);
            say.accept("the space that a disk has more stays free (" + moved.cause() + ")");
            return asItWas;
        }
    }

    private static List<Fit> of(Manifest manifest, List<Disk> disks, Wishes wishes, Shortest shortest)
            throws IOException {
        manifest.base();
        if (disks.size() < manifest.disks().size()) {
            throw new ImageFailure(
                    "The image does not fit this PC",
                    "it has " + manifest.disks().size() + " disks, the PC offers " + disks.size(),
                    "Name the disks in the work, or add a disk");
        }
        Set<Integer> missing = new TreeSet<>(wishes.only());
        for (DiskImage image : manifest.disks()) {
            missing.removeAll(numbers(image));
        }
        if (!missing.isEmpty()) {
            throw new ImageFailure(
                    "The image has no partition " + missing.iterator().next(),
                    "it has " + manifest.disks().stream().map(Fit::numbers).toList(),
                    "Choose among these");
        }
        refuseDoubtful(manifest.disks(), wishes.only());
        boolean all = wishes.only().isEmpty();
        boolean isRoom = !all;
        for (int i = 0; i < manifest.disks().size(); i++) {
            isRoom |= disks.get(i).size() > manifest.disks().get(i).size();
        }
        shortest.check(manifest.disks(), wishes.grow(), isRoom);
        List<Shortest.Wanted> wanted = new ArrayList<>();
        List<Disk> targets = new ArrayList<>();
        for (int i = 0; i < manifest.disks().size(); i++) {
            DiskImage image = manifest.disks().get(i);
            Disk disk = disks.get(i);
            if (all || wishes.touches(image)) {
                wanted.add(
                        new Shortest.Wanted(image, disk.sectorSize(), lengths -> layout(image, disk, wishes, lengths)));
                targets.add(disk);
            }
        }
        List<DiskLayout> layouts = shortest.layoutHere(wanted, wishes.only());
        List<Fit> fits = new ArrayList<>();
        for (int i = 0; i < layouts.size(); i++) {
            List<LeftNote.Left> left = all // not before: a first layout, by the map alone, may have other places
                    ? new LeftAlone(wanted.get(i).image(), targets.get(i)).check(layouts.get(i))
                    : List.of();
            fits.add(new Fit(targets.get(i), layouts.get(i), wanted.get(i).image(), left, List.of()));
        }
        return fits;
    }

    /** Of two disks with a partition of that number one may be the PC's own data. */
    private static void refuseDoubtful(List<DiskImage> disks, Set<Integer> only) throws ImageFailure {
        for (int number : only) {
            List<String> with = disks.stream()
                    .filter(image -> numbers(image).contains(number))
                    .map(image -> Amount.mib(image.size()))
                    .toList();
            if (with.size() > 1) {
                throw new ImageFailure(
                        "Which partition " + number + " is meant cannot be told",
                        with.size() + " disks of the image have one (" + String.join(", ", with) + ")",
                        "Restore the whole image, or capture each disk as an image of its own");
            }
        }
    }

    private static Set<Integer> numbers(DiskImage image) {
        Set<Integer> numbers = new TreeSet<>();
        PartitionTable.partitions(image.table(), image.sectorSize())
                .forEach(partition -> numbers.add(partition.number()));
        return numbers;
    }

    private static DiskLayout layout(DiskImage image, Disk disk, Wishes wishes, Lengths lengths) throws IOException {
        if (!wishes.only().isEmpty()) {
            return new ChosenPartitions(image, disk, wishes.only()).layout(wishes.grow(), lengths);
        }
        return LayoutPlan.of(image, disk.name(), disk.size(), disk.sectorSize(), wishes.grow(), lengths);
    }

    int imageSectorSize() {
        return image.sectorSize();
    }

    boolean isResized(Placement placement) {
        boolean other = placement.grows() || placement.shrinks();
        return placement.anew()
                || placement.within().isPresent()
                || (other && Elasticity.of(placement.region()) != Elasticity.FIXED);
    }

    /** Whether any partition, or the bare disk, has another place or length than it had, or other content. */
    boolean isElsewhere() {
        return layout.placements().stream()
                .anyMatch(placement -> isVolume(placement)
                        && (placement.start() != placement.region().start()
                                || placement.length() != placement.region().length()
                                || isResized(placement)));
    }

    /** Whether any is not what it was up to its old end: one that has only more room behind it is. */
    boolean isTakenElsewhere() {
        return layout.placements().stream()
                .anyMatch(placement ->
                        isVolume(placement) && (placement.moves() || placement.shrinks() || isResized(placement)));
    }

    /**
     * The partitions that it writes, or the bare disk, and those that it leaves beside them, as they will be: no table need be there.
     *
     * @return with what messages call each
     */
    Map<Slice, String> places() {
        Map<Slice, String> places = new LinkedHashMap<>();
        for (Placement each : layout.placements()) {
            if (isVolume(each)) {
                places.put(
                        new Slice(disk, each.start(), each.length()),
                        each.region().name() + " of " + disk.name());
            }
        }
        if (!layout.table().isEmpty()) { // of a disk of which the image has nothing at all none is written
            List<Partition> missing = PartitionTable.partitions(image.table(), image.sectorSize()).stream()
                    .filter(each -> !isCaptured(each))
                    .toList();
            for (int i = 0; i < missing.size(); i++) { // in the layout's order
                Place left = layout.untouched().get(i);
                places.put(
                        new Slice(disk, left.start(), left.length()),
                        "partition " + missing.get(i).number() + " of " + disk.name());
            }
        }
        return places;
    }

    /** Whether {@code place} is a partition, as it is now, into which something of the image was written. */
    boolean isWritten(Slice place) {
        return place.disk() == disk
                && layout.placements().stream()
                        .anyMatch(each -> place.start() <= each.start() && each.start() < place.start() + place.size());
    }

    private boolean isCaptured(Partition partition) {
        return image.regions().stream().anyMatch(region -> region.partition() == partition.number());
    }

    /** What gets another size by itself; physical volumes of one group do so together. */
    static List<List<Resize.Piece>> resized(List<Fit> fits) {
        List<List<Resize.Piece>> resized = new ArrayList<>();
        for (Fit fit : fits) {
            for (Placement placement : fit.layout().placements()) {
                if (fit.isResized(placement)) {
                    Resize.Piece piece =
                            new Resize.Piece(fit.disk(), fit.imageSectorSize(), placement, fit.isBare(placement));
                    resized.stream()
                            .filter(group -> isWith(group.getFirst().placement(), placement))
                            .findFirst()
                            .ifPresentOrElse(
                                    group -> group.add(piece), () -> resized.add(new ArrayList<>(List.of(piece))));
                }
            }
        }
        return resized;
    }

    private static boolean isWith(Placement one, Placement other) {
        return one.group().isPresent()
                && other.group().map(one.group().get()::isWith).orElse(false);
    }

    /** Nothing but its first cell makes it look whole: there is no partition table that could come last. */
    boolean isBare(Placement placement) {
        return layout.ownTable()
                || (layout.table().isEmpty() && placement.region().start() == 0);
    }

    /** When what it remembers of its own place may be rewritten. */
    Turn turn(Placement placement) {
        return isBare(placement) ? Turn.LAST : Turn.FIRST;
    }

    /** No space between partitions. */
    private boolean isVolume(Placement placement) {
        return placement.region().partition() > 0 || isBare(placement);
    }

    /** Octets of what comes last where nothing else makes it look whole. */
    static long firstCell(Placement placement) {
        int cell = placement.content() instanceof Content.Blocks blocks ? blocks.chunkSize() : Chunk.SIZE;
        return Math.min(cell, placement.length());
    }

    /** What is to be written of {@code placement} then. */
    List<Target> targets(Placement placement, Turn turn) {
        Region region = placement.region();
        if (!(placement.content() instanceof Content.Blocks blocks)
                || placement.anew()
                || (turn == Turn.LAST && !isBare(placement))) {
            return List.of();
        }
        boolean moved =
                placement.group().isPresent() && placement.content() != region.content(); // perhaps behind its old end
        long length = moved ? placement.length() : Math.min(placement.length(), region.length());
        // Of what is shortened only whole chunks: half a chunk has no hash.
        long end = placement.shrinks() ? length / blocks.chunkSize() : ALL;
        Content.Blocks part = !isBare(placement)
                ? blocks.slice(0, end)
                : switch (turn) {
                    case FIRST -> blocks.slice(Math.min(1, end), end);
                    case LAST -> blocks.slice(0, Math.min(1, end));
                };
        String name = region.name() + " of " + disk.name();
        CellRange range = new CellRange(disk, name, placement.start(), length, part.used(), part.chunkSize());
        boolean around = !safe.isEmpty() && region.partition() == 0;
        return List.of(around ? Target.around(range, part.chunks()) : new Target(range, part.chunks()));
    }
}
