package firstlight.image.resize;

import firstlight.image.Amount;
import firstlight.image.ImageFailure;
import firstlight.image.anew.Anew;
import firstlight.image.anew.OldFileSystem;
import firstlight.image.chunk.Chunk;
import firstlight.image.extents.FileSystem;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Region;
import firstlight.image.table.AbsolutePlaces;
import firstlight.image.table.Partition;
import firstlight.image.table.PartitionTable;
import firstlight.image.table.Place;
import firstlight.image.table.TableSectors;
import firstlight.image.table.TableSectors.Kind;
import firstlight.image.table.Verified;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Lays an image out on a disk of another size. Pure: the same answer beforehand, for people, and when it is done. */
public final class LayoutPlan {
    /** What the system's largest partition may be in place of a file system. */
    private static final Set<FileSystem> CONTAINERS = Set.of(FileSystem.LUKS, FileSystem.BITLOCKER, FileSystem.LVM);

    private final DiskImage image;
    private final String disk;
    private final long size;
    private final int sectorSize;
    private final Lengths lengths;
    private final List<Partition> partitions;
    /** What will be done, for people; {@link #notes} are told when it is done. */
    private final List<String> words = new ArrayList<>();

    private final List<String> notes = new ArrayList<>();

    private LayoutPlan(DiskImage image, String disk, long size, int sectorSize, Lengths lengths) {
        this.image = image;
        this.disk = disk;
        this.size = size;
        this.sectorSize = sectorSize;
        this.lengths = lengths;
        this.partitions = image.table().kind() == Kind.NONE
                ? List.of(new Partition(0, 0, image.size(), ""))
                : PartitionTable.partitions(image.table(), image.sectorSize());
    }

    /**
     * The whole image on a disk.
     *
     * @param disk what messages call it
     * @param lengths what is known of how short and long each region can be made; see {@link Shortest}
     * @throws ImageFailure when it does not fit, with by how much and what would help
     */
    public static DiskLayout of(
            DiskImage image, String disk, long size, int sectorSize, Wishes.Grow grow, Lengths lengths)
            throws ImageFailure {
        return new LayoutPlan(image, disk, size, sectorSize, lengths.growing(grow)).plan(grow);
    }

    private DiskLayout plan(Wishes.Grow grow) throws ImageFailure {
        if (image.table().kind() == Kind.NONE && image.regions().isEmpty()) {
            words.add("nothing of " + disk + " is touched: the image has nothing of it (--if-locked skip)");
            return new DiskLayout(List.of(), List.of(), List.of(new Place(0, size)), false, words, notes);
        }
        new SectorChange(image, disk, sectorSize).check();
        keepDatabase();
        // In octets: where the last partition may end, before a GPT's backup, or within what an MBR reaches.
        long limit = PartitionTable.usableEnd(image.table(), image.sectorSize(), sectorSize, size);
        Packing packing = new Packing(partitions);
        roomForOtherSectors();
        if (packing.end() > limit) {
            shrink(packing, limit, grow);
        } else {
            grow(packing, limit, grow);
        }
        Map<Integer, Place> places = packing.places();
        List<Placement> placements = placements(packing, limit);
        describe(packing, limit, placements);
        TableSectors placed = PartitionTable.placed(image.table(), image.sectorSize(), places, sectorSize, size);
        return new DiskLayout(
                PartitionTable.runsFor(placed, sectorSize, size), placements, untouched(packing), false, words, notes);
    }

    /** What a dynamic disk of Windows has at its end is in no partition, where the table is an MBR. */
    private void keepDatabase() throws ImageFailure {
        boolean has = partitions.stream().anyMatch(each -> AbsolutePlaces.hasDatabaseAtDisksEnd(each.type()));
        if (has && size < image.size()) {
            throw new ImageFailure(
                    "The image does not fit " + disk,
                    "it is of a dynamic disk of Windows (LDM), whose database is the last MiB of " + image.size()
                            + " octets; " + disk + " has " + size,
                    "Use a disk that is at least as large");
        }
    }

    /** The first partition behind {@code partition} that must stay where it is. */
    private Optional<Partition> bound(Partition partition) {
        return partitions.stream()
                .filter(each -> each.start() > partition.start() && AbsolutePlaces.areIn(each.type()))
                .findFirst();
    }

    /** Whether nothing but its file system may speak against another length. */
    private boolean isFree(Partition partition) {
        return bound(partition).isEmpty() && !Verified.is(partition, partitions);
    }

    /** Larger sectors make larger clusters, and these may not fit where the smaller ones did. */
    private void roomForOtherSectors() throws ImageFailure {
        for (Region region : image.regions()) {
            boolean anew = image.sectorSize() != sectorSize && Anew.isPossible(OldFileSystem.of(region));
            long needed = anew ? lengths.least(region) : 0;
            if (needed > region.length()) {
                throw new ImageFailure(
                        "The image does not fit " + disk,
                        needed == Long.MAX_VALUE
                                ? region.name() + " cannot be made anew in sectors of " + sectorSize + " octets"
                                : region.name() + " needs " + Amount.text(needed) + " in sectors of " + sectorSize
                                        + " octets, and has " + Amount.text(region.length()),
                        "Make room in the original and capture it again, or use a disk with sectors of "
                                + image.sectorSize() + " octets");
            }
        }
    }

    private void shrink(Packing packing, long limit, Wishes.Grow grow) throws ImageFailure {
        long needed = packing.end() + size - limit; // with what the table takes at the end
        long tooFew = packing.shrinkTo(
                limit,
                partition -> region(partition)
                        .filter(_ -> isFree(partition))
                        .map(lengths::least)
                        .orElse(partition.length()));
        if (tooFew > 0) {
            String without = grow.partition() == Wishes.Grow.NOBODY ? ", where none of them grows" : "";
            throw new TooSmall(
                    "The image does not fit " + disk,
                    "it needs " + Amount.text(size + tooFew) + " at least, the disk has " + Amount.text(size) + ": "
                            + Amount.text(tooFew) + " too few" + rigid()
                            + lengths.handedOver().stream()
                                    .map(each -> "; " + each + without)
                                    .collect(Collectors.joining()),
                    "Use a larger disk, or make room in the original and capture it again",
                    tooFew);
        }
        boolean alike = Amount.text(needed).equals(Amount.text(size));
        words.add("the image was made for a disk of " + (alike ? needed + " octets" : Amount.text(needed))
                + " at least, " + disk + " has " + (alike ? size + " octets" : Amount.text(size))
                + ": it fits when partitions shrink");
    }

    /** Which partitions cannot be made shorter, for who wonders why so much is needed. */
    private String rigid() {
        List<String> rigid = image.regions().stream()
                .filter(region -> region.partition() > 0 && region.length() > 64 * Packing.STEP && !shrinks(region))
                .map(region -> region.name() + " of " + Amount.text(region.length())
                        + lengths.whyWhole(region).map(why -> " (" + why + ")").orElse(""))
                .toList();
        return rigid.isEmpty() ? "" : "; " + String.join(", ", rigid) + " cannot be made smaller";
    }

    private boolean shrinks(Region region) {
        return lengths.shrinks(region)
                && partitions.stream()
                        .noneMatch(each -> each.number() == region.partition() && Verified.is(each, partitions));
    }

    private void grow(Packing packing, long limit, Wishes.Grow grow) throws ImageFailure {
        // Not more than the disk is larger: space that was left free on the original stays free.
        long more = Math.min(limit - packing.end(), size - image.size());
        if (more < Packing.STEP) {
            return; // a rule for a room names who grows on larger disks: here it need not be able to
        }
        Optional<Partition> chosen = chosen(grow);
        if (chosen.isPresent()) {
            packing.grow(chosen.get().number(), more);
        }
    }

    private Optional<Partition> chosen(Wishes.Grow grow) throws ImageFailure {
        if (grow.partition() == Wishes.Grow.NOBODY) {
            return Optional.empty();
        }
        List<Partition> able = partitions.stream()
                .filter(partition -> region(partition).map(lengths::grows).orElse(false))
                .filter(this::isFree)
                .toList();
        if (grow.partition() == Wishes.Grow.OF_VOLUME) { // of an image of several disks another one has it
            return able.stream()
                    .filter(partition -> region(partition)
                            .map(region -> lengths.volumes(region).contains(grow.volume()))
                            .orElse(false))
                    .findFirst()
                    .or(() -> taking(able));
        }
        if (grow.partition() == Wishes.Grow.LARGEST) {
            // A boot loader's partition is large enough.
            Optional<Partition> largest = able.stream()
                    .filter(partition -> !partition.isEsp())
                    .max(Comparator.comparingLong(Partition::length));
            Optional<Partition> heir = largest.flatMap(each -> larger(each, able));
            heir.ifPresent(each -> words.add("the space that the disk has more stays free: " + name(each)
                    + " cannot grow here, and is larger than "
                    + name(largest.get()) + ", which takes it with grow="
                    + largest.get().number()));
            return largest.filter(_ -> heir.isEmpty());
        }
        Optional<Partition> named = able.stream()
                .filter(partition -> partition.number() == grow.partition())
                .findFirst();
        Optional<Partition> there = partitions.stream()
                .filter(each -> each.number() == grow.partition())
                .findFirst();
        if (named.isEmpty() && there.isPresent()) {
            throw new ImageFailure(
                    "Partition " + grow.partition() + " cannot grow on " + disk,
                    bound(there.get())
                            .map(behind -> name(behind)
                                    + " behind it counts from the disk's start (a dynamic disk of Windows, or a BSD) and must not"
                                    + " move")
                            .or(() -> Optional.of("its system knows it by a hash of all of it (dm-verity)")
                                    .filter(_ -> Verified.is(there.get(), partitions)))
                            .or(() -> region(there.get()).flatMap(lengths::refusal))
                            .orElse("its file system is of a kind that no tool here enlarges, or was not clean when it"
                                    + " was captured"),
                    "Choose another with option grow, or grow=none");
        }
        return there.isPresent() ? named : taking(able); // an image of several disks has that partition on another one
    }

    /** The physical volume that takes what others of its group have no room for. */
    private Optional<Partition> taking(List<Partition> able) {
        return able.stream()
                .filter(partition -> region(partition).map(lengths::takes).orElse(false))
                .max(Comparator.comparingLong(Partition::length));
    }

    /**
     * A larger partition that the space is for and that cannot take it: encrypted, LVM's, captured raw (a Windows that hibernates), not captured, or not to be enlarged
     * here. The space stays free behind it then, for the system's own tools: a boot partition (Fedora, Ubuntu) or a recovery one (Windows) would be grown for nothing.
     */
    private Optional<Partition> larger(Partition chosen, List<Partition> able) {
        return partitions.stream()
                .filter(partition -> partition.length() > chosen.length() && !able.contains(partition))
                .filter(partition -> region(partition).map(this::isSystems).orElse(true))
                .findFirst();
    }

    private boolean isSystems(Region region) {
        return switch (region.content()) {
            case Content.Swap _ -> false;
            case Content.Blocks blocks ->
                CONTAINERS.contains(region.kind())
                        || lengths.refusal(region).isPresent()
                        || (blocks.method() == Content.Method.RAW
                                && (!region.fileSystem().isEmpty() || holdsAnything(blocks)));
        };
    }

    /** Of what nobody here knows: a dynamic disk, a BSD, a Mac's. Zeros are nobody's. */
    private static boolean holdsAnything(Content.Blocks blocks) {
        boolean[] any = {false};
        blocks.chunks().forEachStored(_ -> any[0] = true);
        return any[0];
    }

    private String name(Partition partition) {
        return region(partition).map(Region::name).orElse("partition " + partition.number());
    }

    private Optional<Region> region(Partition partition) {
        return image.regions().stream()
                .filter(region -> region.partition() == partition.number()
                        && (partition.number() > 0 || image.table().kind() == Kind.NONE))
                .findFirst();
    }

    private List<Placement> placements(Packing packing, long limit) {
        Map<Integer, Place> places = packing.places();
        List<Placement> placements = new ArrayList<>();
        for (Region region : image.regions()) {
            boolean partition = region.partition() > 0 || image.table().kind() == Kind.NONE;
            if (partition) {
                Place place = places.getOrDefault(region.partition(), new Place(region.start(), region.length()));
                placements.add(new Placement(
                        region,
                        place.start(),
                        place.length(),
                        isAnew(region, place),
                        lengths.within(region, place.length())));
            } else if (image.sectorSize() == sectorSize) { // where the table takes other octets, boot loaders of old go
                long start = region.start() + packing.shift(region.start());
                if (start + region.length() <= limit) {
                    placements.add(new Placement(region, start, region.length(), false, Optional.empty()));
                } else {
                    tellLost(region, Math.max(0, limit - start));
                    if (start < limit) { // the unpartitioned space behind the last partition, as far as it fits
                        placements.add(new Placement(region, start, limit - start, false, Optional.empty()));
                    }
                }
            }
        }
        return placements;
    }

    private boolean isAnew(Region region, Place place) {
        return Anew.isNeeded(OldFileSystem.of(region), place.length(), image.sectorSize(), sectorSize);
    }

    private List<Place> untouched(Packing packing) {
        return partitions.stream()
                .filter(partition -> region(partition).isEmpty())
                .map(packing::place)
                .toList();
    }

    /** It may be boot code of old, or all that somebody has in an extended partition which nobody knows. */
    private void tellLost(Region region, long length) {
        if (region.content() instanceof Content.Blocks blocks
                && holdsAnything(blocks.slice(length / blocks.chunkSize(), Long.MAX_VALUE / Chunk.LARGEST))) {
            String behind = "data behind the last partition that is known here, of " + Amount.text(region.length());
            words.add(behind + ", does not fit " + disk + " and will be left out");
            notes.add(behind + ", did not fit " + disk);
        }
    }

    private void describe(Packing packing, long limit, List<Placement> placements) {
        long end = 0;
        for (Partition partition : partitions) {
            Place place = packing.place(partition);
            end = Math.max(end, place.end());
            String name = name(partition);
            if (place.length() != partition.length()) {
                words.add(name + (place.length() > partition.length() ? " grows from " : " shrinks from ")
                        + Amount.text(partition.length()) + " to " + Amount.text(place.length()));
            }
            region(partition)
                    .filter(region -> isAnew(region, place))
                    .ifPresent(region -> words.add(region.name() + " is made anew"
                            + (image.sectorSize() == sectorSize ? "" : " for sectors of " + sectorSize + " octets")
                            + ", file by file"));
            if (place.start() != partition.start()) {
                words.add(name + " moves from " + Amount.text(partition.start()) + " to " + Amount.text(place.start()));
            }
        }
        for (Placement placement : placements) {
            placement.within().ifPresent(layout -> words.addAll(layout.words()));
            if (image.size() != size) {
                lengths.whyWhole(placement.region()).ifPresent(why -> words.add(whole(placement, why)));
            }
        }
        words.addAll(lengths.refusals());
        if (image.table().kind() == Kind.MBR && size - limit >= Packing.STEP) {
            words.add("an MBR reaches " + ((limit + (1L << 39)) >> 40) + " TiB: " + Amount.text(size - limit)
                    + " behind that cannot be used (with a GPT they could)");
        }
        words.add("the image fits " + disk + ", " + Amount.text(Math.max(0, limit - end)) + " stay free behind it");
    }

    private static String whole(Placement placement, String why) {
        String name = placement.region().name();
        if (!LuksRegion.isEncrypted(placement.region())) {
            return name + " is moved whole: " + why;
        }
        return "what is encrypted in " + name + " stays as long as it is: " + why
                + (placement.grows()
                        ? "; it grows in the restored system (pvresize, resize2fs, xfs_growfs), or here with 'firstlight vault add'"
                        : "");
    }
}
