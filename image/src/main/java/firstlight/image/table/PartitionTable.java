package firstlight.image.table;

import firstlight.image.Disk;
import firstlight.image.table.TableSectors.Kind;
import firstlight.model.Bytes;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a disk's partition table says.
 *
 * @param sectors the table itself
 * @param occupied ranges of octets that the table takes, by rising start; nothing else is to be captured there
 * @param partitions by rising start, apart from each other
 * @param notes what is not as it should be with this table; with no table: why what looks like one is none
 */
public record PartitionTable(
        TableSectors sectors, List<long[]> occupied, List<Partition> partitions, List<String> notes) {
    /** How notes end that tell why a table is not believed. */
    public static final String TAKEN_WHOLE = ": the whole disk is taken as it is";

    public PartitionTable {
        occupied = List.copyOf(occupied);
        partitions = List.copyOf(partitions);
        notes = List.copyOf(notes);
    }

    private static PartitionTable none(List<String> notes) {
        return new PartitionTable(TableSectors.NONE, List.of(), List.of(), notes);
    }

    /** Reads the table of {@code disk}. A disk without one, or with one that makes no sense, is one with no table. */
    public static PartitionTable read(Disk disk) throws IOException {
        if (disk.size() < 4L * disk.sectorSize()) {
            return none(List.of());
        }
        byte[] first = sector(disk, 0);
        List<String> notes = new ArrayList<>();
        try {
            Bytes mbr = Bytes.of(first);
            // As Linux does: without a protective MBR a GPT header is a leftover of an earlier life.
            if (BootRecord.isSigned(first) && isProtective(BootRecord.decode(first))) {
                Gpt table = GptReader.read(disk, mbr, notes);
                return checked(disk, table.sectors(), table.occupied(), table.partitions(), notes);
            }
            if (BootRecord.isSigned(first) && isOneWhole(BootRecord.decode(first))) {
                return none(List.of());
            }
            if (BootRecord.isSigned(first) && isPartitioned(BootRecord.decode(first))) {
                Mbr table = new Mbr(disk.sectorSize(), BootRecord.decode(first), chain(disk, BootRecord.decode(first)));
                PartitionTable found = checked(disk, table.sectors(), table.occupied(), table.partitions(), notes);
                refuseUntyped(disk, table, found);
                return found;
            }
            Optional<String> foreign = ForeignLabel.in(octets(disk, 0, 4 * 512));
            return foreign.isEmpty()
                    ? none(leftGpt(disk))
                    : none(List.of(disk.name() + " has a disk label of " + foreign.get()
                            + ", whose partitions nothing here knows" + TAKEN_WHOLE));
        } catch (MalformedTable | ArithmeticException malformed) {
            notes.add("the partition table of " + disk.name() + " makes no sense (" + malformed.getMessage()
                    + otherSectors(disk) + ")" + TAKEN_WHOLE);
            return none(notes);
        }
    }

    /** Who lost a protective MBR wonders why his partitions are not found. */
    private static List<String> leftGpt(Disk disk) throws IOException {
        try {
            GptHeader.decode(sector(disk, 1));
        } catch (MalformedTable none) {
            return List.of();
        }
        return List.of(
                disk.name() + " has a GUID partition table but no protective MBR before it, so that nothing believes it"
                        + " (sgdisk --verify tells more)" + TAKEN_WHOLE);
    }

    private static boolean isProtective(BootRecord mbr) {
        return mbr.entries().stream().anyMatch(entry -> entry.type() == 0xEE);
    }

    /** A FAT or NTFS file system on the bare disk has the signature 55 AA as well, but text or nothing for entries. */
    private static boolean isPartitioned(BootRecord mbr) {
        return mbr.entries().stream().allMatch(MbrEntry::isPlausible)
                && mbr.entries().stream().anyMatch(MbrEntry::isUsed);
    }

    /**
     * What mkfs.fat (dosfstools 4.2) and mkudffs write into the boot sector of a whole fixed disk, for systems that want a table; and what
     * isohybrid and xorriso (1.5.4) do for sticks, where the entry of all may be of type 0 and has the ISO's ESP within.
     */
    private static boolean isOneWhole(BootRecord mbr) {
        List<MbrEntry> used = mbr.entries().stream().filter(MbrEntry::isUsed).toList();
        return isPartitioned(mbr)
                && mbr.entries().stream()
                        .filter(whole -> whole.firstLba() == 0 && whole.sectors() > 0)
                        .anyMatch(whole -> used.equals(List.of(whole))
                                || used.stream()
                                        .anyMatch(each -> each.firstLba() > 0 && each.firstLba() < whole.sectors()));
    }

    /** Where the other size of sectors has a GPT: a disk's copy that was not told its own, or a disk that a case showed otherwise. */
    private static String otherSectors(Disk disk) throws IOException {
        int other = disk.sectorSize() == 512 ? 4096 : 512;
        if (disk.size() < 2 * 4096) {
            return "";
        }
        ByteBuffer start = ByteBuffer.wrap(octets(disk, 0, 2 * 4096));
        byte[] signature = "EFI PART".getBytes(StandardCharsets.US_ASCII);
        return start.slice(other, signature.length).equals(ByteBuffer.wrap(signature))
                ? "; a GPT is there for sectors of " + other
                        + " octets: a copy of such a disk is imported with --sector-size " + other
                : "";
    }

    private static List<Mbr.Chained> chain(Disk disk, BootRecord master) throws IOException {
        if (master.entries().stream().filter(MbrEntry::isExtended).count() > 1) {
            throw new MalformedTable("it has two extended partitions");
        }
        List<Mbr.Chained> chain = new ArrayList<>();
        for (MbrEntry container : master.entries()) {
            long next = container.isExtended() ? container.firstLba() : 0;
            while (next != 0) {
                if (chain.size() == Mbr.MAX_LOGICAL) {
                    throw new MalformedTable("the chain of logical partitions does not end");
                }
                if (next >= disk.size() / disk.sectorSize()) {
                    throw new MalformedTable("an extended boot record lies behind the disk's end");
                }
                byte[] sector = sector(disk, next);
                if (chain.isEmpty() && !isRecord(sector, container)) {
                    break; // Windows writes no record into a container of none: what was there before is there
                }
                BootRecord ebr = BootRecord.decode(sector);
                chain.add(new Mbr.Chained(next, ebr));
                MbrEntry link = link(ebr, next, container);
                // Links count from the start of the whole container, not from the record that holds them.
                next = link.isExtended() ? container.firstLba() + link.firstLba() : 0;
            }
        }
        return chain;
    }

    /** Whether the first sector of {@code container} is a record, be it a damaged one, and not what a file system had there. */
    private static boolean isRecord(byte[] sector, MbrEntry container) {
        byte[] signed = sector.clone();
        GptEntry.little(signed).putShort(510, (short) 0xAA55);
        List<MbrEntry> entries = BootRecord.decode(signed).entries();
        boolean text = !entries.get(0).isPlausible() || !entries.get(1).isPlausible();
        // Of the first record a link and a partition both count from the container's start.
        boolean within = entries.stream()
                .anyMatch(entry -> entry.isUsed() && entry.firstLba() + entry.sectors() <= container.sectors());
        if (!BootRecord.isSigned(sector)) {
            return within && !text; // a record that lost its signature leads to partitions still
        }
        return !text || (within && !isBootSector(sector));
    }

    /** Containers that begin with something else than a record: whether they are empty, and what is there, nothing here knows. */
    public List<Place> unknown(Disk disk) throws IOException {
        if (sectors.kind() != Kind.MBR) {
            return List.of();
        }
        int size = disk.sectorSize();
        Mbr mbr = Mbr.decode(sectors, size);
        List<Place> unknown = new ArrayList<>();
        for (MbrEntry each : mbr.master().entries()) {
            if (each.isExtended()
                    && mbr.chain().isEmpty()
                    && !Arrays.equals(sector(disk, each.firstLba()), new byte[size])) {
                unknown.add(new Place(each.firstLba() * size, each.sectors() * size));
            }
        }
        return unknown;
    }

    /** Of NTFS, exFAT or FAT. */
    private static boolean isBootSector(byte[] sector) {
        String text = new String(sector, StandardCharsets.ISO_8859_1);
        return text.startsWith("NTFS    ", 3)
                || text.startsWith("EXFAT   ", 3)
                || text.startsWith("FAT", 54)
                || text.startsWith("FAT32", 82);
    }

    /**
     * A record names one partition and the next record, in this order. Linux looks for both in all four slots; who finds
     * something elsewhere must not lose it.
     */
    private static MbrEntry link(BootRecord ebr, long lba, MbrEntry container) {
        MbrEntry link = ebr.entries().get(1);
        boolean usual = !ebr.entries().get(0).isExtended() && (link.isExtended() || !link.isUsed());
        for (MbrEntry other : ebr.entries().subList(2, 4)) {
            // As Linux does: what lies outside of the container is no partition, but left from something else.
            usual &= !other.isUsed()
                    || lba + other.firstLba() + other.sectors() > container.firstLba() + container.sectors();
        }
        if (!usual) {
            throw new MalformedTable("its extended boot record at sector " + lba + " is not of the usual form");
        }
        return link;
    }

    /**
     * An entry with a place and no type: fdisk writes it for who asks for type 0, and Linux has a partition there. What lies over
     * others is left from an earlier table.
     */
    private static void refuseUntyped(Disk disk, Mbr table, PartitionTable found) {
        for (Place untyped : table.untyped()) {
            boolean apart = found.partitions().stream()
                    .noneMatch(each -> untyped.start() < each.end() && each.start() < untyped.end());
            if (apart && untyped.end() <= disk.size()) {
                throw new MalformedTable("an entry of type 0 names the " + untyped.length() + " octets from offset "
                        + untyped.start() + " on, which some systems take for a partition and others for free");
            }
        }
    }

    private static PartitionTable checked(
            Disk disk, TableSectors sectors, List<long[]> occupied, List<Partition> found, List<String> notes) {
        List<Partition> partitions = new ArrayList<>(found);
        partitions.sort(Comparator.comparingLong(Partition::start));
        List<long[]> ranges = new ArrayList<>(occupied);
        partitions.forEach(partition -> ranges.add(new long[] {partition.start(), partition.end()}));
        ranges.sort(Comparator.comparingLong(range -> range[0]));
        long end = 0;
        for (long[] range : ranges) {
            if (range[0] < end || range[1] <= range[0]) {
                throw new MalformedTable("partitions or the table itself overlap at offset " + range[0]);
            }
            end = range[1];
        }
        if (end > disk.size()) {
            throw new MalformedTable("it reaches to " + end + ", the disk only to " + disk.size());
        }
        occupied.sort(Comparator.comparingLong(range -> range[0]));
        return new PartitionTable(sectors, occupied, partitions, notes);
    }

    static byte[] sector(Disk disk, long lba) throws IOException {
        return octets(disk, lba * disk.sectorSize(), disk.sectorSize());
    }

    static byte[] octets(Disk disk, long offset, int length) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(length);
        disk.read(offset, buffer);
        return buffer.array();
    }

    /** What is left to a table of {@code kind} when it is put on a disk of {@code diskSize} octets. */
    public static List<TableSectors.Run> runsFor(TableSectors sectors, int sectorSize, long diskSize) {
        if (sectors.kind() != Kind.GPT) {
            return sectors.runs();
        }
        Gpt gpt = Gpt.decode(sectors, sectorSize).on(diskSize);
        List<TableSectors.Run> runs = new ArrayList<>(gpt.sectors().runs());
        runs.addAll(gpt.backup());
        return runs;
    }

    /** {@code sectors} with partitions elsewhere, by their numbers, for a disk with sectors of {@code onSectors} octets. */
    public static TableSectors placed(
            TableSectors sectors, int sectorSize, Map<Integer, Place> places, int onSectors, long diskSize) {
        return switch (sectors.kind()) {
            case GPT ->
                Gpt.decode(sectors, sectorSize).placed(places, onSectors).sectors();
            case MBR -> Mbr.decode(sectors, sectorSize).placed(places, diskSize).sectors();
            case NONE -> sectors;
        };
    }

    /** The partitions that {@code sectors} describe, by rising start. */
    public static List<Partition> partitions(TableSectors sectors, int sectorSize) {
        List<Partition> partitions = switch (sectors.kind()) {
            case GPT -> Gpt.decode(sectors, sectorSize).partitions();
            case MBR -> Mbr.decode(sectors, sectorSize).partitions();
            case NONE -> List.of();
        };
        return partitions.stream()
                .sorted(Comparator.comparingLong(Partition::start))
                .toList();
    }

    /**
     * What systems know a used partition by that look neither into it nor at the disk's model; Linux calls it PARTUUID. With a GPT its GUID, with an MBR
     * the disk's signature and the number, as {@code 1a2b3c4d-01}.
     */
    public static String partUuid(TableSectors sectors, int sectorSize, int number) {
        return switch (sectors.kind()) {
            case GPT ->
                Gpt.decode(sectors, sectorSize)
                        .entries()
                        .get(number - 1)
                        .unique()
                        .toString();
            case MBR -> {
                byte[] first = sectors.runs().getFirst().octets().toArray();
                yield "%08x-%02x".formatted(GptEntry.little(first).getInt(BootRecord.DISK_SIGNATURE), number);
            }
            case NONE -> throw new IllegalArgumentException("without a table no partition has a name");
        };
    }

    /** The first octet that partitions may take on a disk with sectors of {@code onSectors} octets. */
    public static long usableStart(TableSectors sectors, int sectorSize, int onSectors) {
        return switch (sectors.kind()) {
            case GPT ->
                Gpt.decode(sectors, sectorSize).placed(Map.of(), onSectors).usableStart();
            case MBR -> onSectors;
            case NONE -> 0;
        };
    }

    /** The first octet behind what partitions may take on a disk of {@code diskSize} octets. */
    public static long usableEnd(TableSectors sectors, int sectorSize, int onSectors, long diskSize) {
        return switch (sectors.kind()) {
            case GPT -> {
                Gpt table = Gpt.decode(sectors, sectorSize).placed(Map.of(), onSectors);
                // On a disk as it was partitions may stay where they are,
                // though some tools' headers say that they end before.
                yield table.isFor(diskSize)
                        ? Math.max(table.usableEnd(), table.lastEnd())
                        : table.on(diskSize).usableEnd();
            }
            case MBR -> Math.min(diskSize, 0xFFFF_FFFFL * onSectors);
            case NONE -> diskSize;
        };
    }
}
