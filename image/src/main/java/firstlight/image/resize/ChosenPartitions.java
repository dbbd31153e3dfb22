package firstlight.image.resize;

import firstlight.image.Amount;
import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.extents.FileSystem;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.Place;
import firstlight.image.table.TableSectors;
import firstlight.image.table.TableSectors.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Some of an image's partitions, each into the partition of the same number that the disk has: nothing else is touched.
 *
 * @param numbers of the partitions, as Linux counts them; others of the image are left out, others of the disk stay
 */
public record ChosenPartitions(DiskImage image, Disk disk, Set<Integer> numbers) {
    private static final String CURE = "Restore the whole disk, or make the partitions as the image has them";

    /**
     * @param known how short and long regions can be made
     * @throws ImageFailure where table, sectors or types differ, or something does not fit; nothing is written
     */
    public DiskLayout layout(Wishes.Grow grow, Lengths known) throws IOException {
        Lengths lengths = known.growing(grow);
        PartitionTable there = PartitionTable.read(disk);
        Kind kind = image.table().kind();
        if (kind == Kind.NONE || there.sectors().kind() != kind || image.sectorSize() != disk.sectorSize()) {
            throw refused("the image has the partition table " + kind + " in sectors of " + image.sectorSize()
                    + ", the disk " + there.sectors().kind() + " in sectors of " + disk.sectorSize());
        }
        List<Partition> wanted = PartitionTable.partitions(image.table(), image.sectorSize());
        for (Partition each : wanted) {
            if (numbers.contains(each.number())
                    && image.regions().stream().noneMatch(region -> region.partition() == each.number())) {
                throw new ImageFailure(
                        "The image has nothing of partition " + each.number(),
                        "it was skipped when it was captured (--if-locked skip)",
                        "Choose other partitions, or capture the disk again with --if-locked raw");
            }
        }
        List<Placement> placements = new ArrayList<>();
        List<Place> tails = new ArrayList<>();
        List<String> words = new ArrayList<>();
        List<String> notes = new ArrayList<>();
        for (Region region : image.regions()) {
            if (region.partition() > 0 && numbers.contains(region.partition())) {
                Partition old = named(wanted, region.partition());
                Partition place = named(there.partitions(), region.partition());
                if (!old.type().equalsIgnoreCase(place.type())) {
                    throw refused("partition " + place.number() + " of the disk has the type " + place.type()
                            + ", the image's has " + old.type());
                }
                Placement placement = placement(region, place, grow, lengths, words);
                placements.add(placement);
                if (placement.end() < place.end()) {
                    tails.add(new Place(placement.end(), place.end() - placement.end()));
                }
                renamed(region, there.sectors()).ifPresent(notes::add);
            }
        }
        words.addAll(lengths.refusals());
        words.add("nothing but "
                + String.join(
                        ", ",
                        numbers.stream()
                                .sorted()
                                .map(each -> "partition " + each)
                                .toList()) + " of " + disk.name() + " is touched");
        return new DiskLayout(List.of(), placements, List.of(), true, tails, words, notes);
    }

    /** The disk keeps its own table: what is written in the image of another disk's does not find its partition here. */
    private Optional<String> renamed(Region region, TableSectors there) {
        String before = PartitionTable.partUuid(image.table(), image.sectorSize(), region.partition());
        String now = PartitionTable.partUuid(there, disk.sectorSize(), region.partition());
        if (now.equals(before)) {
            return Optional.empty();
        }
        boolean windows = region.kind() == FileSystem.NTFS || region.kind() == FileSystem.FAT;
        String cure = windows
                ? "a Windows that does not start for that wants 'bcdboot C:\\Windows' from its recovery"
                : "what names PARTUUID=" + before + " (fstab, the kernel's command line) has to be changed";
        return Optional.of(region.name() + " is " + now + " in the table of " + disk.name() + ", and was " + before
                + " in the image's: " + cure);
    }

    private Partition named(List<Partition> partitions, int number) throws ImageFailure {
        return partitions.stream()
                .filter(partition -> partition.number() == number)
                .findFirst()
                .orElseThrow(() -> refused("the disk has no partition " + number));
    }

    private Placement placement(Region region, Partition place, Wishes.Grow grow, Lengths lengths, List<String> words)
            throws ImageFailure {
        long step = Packing.STEP;
        if (place.length() < region.length()) {
            long length = place.length() / step * step;
            long needed = lengths.least(region);
            if (length < needed) {
                throw refused(region.name() + " needs " + Amount.text(needed) + " at least, the disk's has "
                        + Amount.text(place.length()) + ": " + Amount.text(needed - length) + " too few"
                        + lengths.whyWhole(region).map(why -> " (" + why + ")").orElse(""));
            }
            words.add(region.name() + " shrinks from " + Amount.text(region.length()) + " to " + Amount.text(length));
            return placed(region, place.start(), length, lengths, words);
        }
        boolean grows = place.length() - region.length() >= step
                && grow.partition() != Wishes.Grow.NOBODY
                && lengths.grows(region);
        if (!grows) {
            return placed(region, place.start(), region.length(), lengths, words);
        }
        words.add(region.name() + " grows from " + Amount.text(region.length()) + " to " + Amount.text(place.length()));
        return placed(region, place.start(), place.length(), lengths, words);
    }

    private Placement placed(Region region, long start, long length, Lengths lengths, List<String> words) {
        Optional<Within> within = lengths.within(region, length);
        within.ifPresent(layout -> words.addAll(layout.words()));
        boolean anew = Anew.isNeeded(OldFileSystem.of(region), length, image.sectorSize(), disk.sectorSize());
        return new Placement(region, start, length, anew, within);
    }

    private ImageFailure refused(String cause) {
        return new ImageFailure("The chosen partitions do not fit " + disk.name(), cause, CURE);
    }
}
