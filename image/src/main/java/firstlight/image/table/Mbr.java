package firstlight.image.table;

import firstlight.image.table.TableSectors.Kind;
import firstlight.image.table.TableSectors.Run;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * A master boot record and the chain of extended boot records behind it.
 *
 * @param chain one record for each logical partition, in the chain's order
 */
record Mbr(int sectorSize, BootRecord master, List<Chained> chain) {
    /** Entries of the master boot record: logical partitions are counted on from here. */
    private static final int SLOTS = 4;

    private static final long MIB = 1L << 20;

    /** Longer chains are loops or forgeries; Linux itself stops at 256 partitions. */
    static final int MAX_LOGICAL = 256;

    Mbr {
        chain = List.copyOf(chain);
    }

    /** An extended boot record at its place. */
    record Chained(long lba, BootRecord ebr) {
        /** The logical partition: its start counts from this record. */
        MbrEntry logical() {
            return ebr.entries().get(0);
        }
    }

    /** @throws MalformedTable when the runs are no MBR; the chain's order and places are as they were read */
    static Mbr decode(TableSectors sectors, int sectorSize) {
        if (sectors.kind() != Kind.MBR || sectors.runs().isEmpty()) {
            throw new MalformedTable(sectors.kind() + " in " + sectors.runs().size() + " runs is not an MBR");
        }
        List<Chained> chain = new ArrayList<>();
        for (Run run : sectors.runs().subList(1, sectors.runs().size())) {
            chain.add(new Chained(
                    run.offset() / sectorSize, BootRecord.decode(run.octets().toArray())));
        }
        return new Mbr(
                sectorSize, BootRecord.decode(sectors.runs().getFirst().octets().toArray()), chain);
    }

    TableSectors sectors() {
        List<Run> runs = new ArrayList<>();
        runs.add(new Run(0, master.encode()));
        for (Chained chained : chain) {
            runs.add(new Run(chained.lba() * sectorSize, chained.ebr().encode()));
        }
        return new TableSectors(Kind.MBR, runs);
    }

    List<Partition> partitions() {
        List<Partition> partitions = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            MbrEntry entry = master.entries().get(slot);
            if (entry.isUsed() && !entry.isExtended()) {
                partitions.add(partition(slot + 1, 0, entry));
            }
        }
        int number = SLOTS;
        for (Chained chained : chain) {
            if (chained.logical().isUsed()) {
                partitions.add(partition(++number, chained.lba(), chained.logical()));
            }
        }
        return partitions;
    }

    /** What entries without a type name all the same. */
    List<Place> untyped() {
        List<Place> untyped = new ArrayList<>();
        master.entries().forEach(entry -> untyped(0, entry, untyped));
        chain.forEach(each -> untyped(each.lba(), each.logical(), untyped));
        return untyped;
    }

    private void untyped(long base, MbrEntry entry, List<Place> found) {
        if (entry.type() == 0 && entry.sectors() != 0) {
            found.add(new Place((base + entry.firstLba()) * sectorSize, entry.sectors() * sectorSize));
        }
    }

    /**
     * This table with partitions elsewhere. Each extended boot record moves as what lies behind it does, and the container of all
     * of them follows, with what room it has behind the last one, as far as the disk reaches.
     *
     * @param places by number, in octets; partitions that are not named stay
     */
    Mbr placed(Map<Integer, Place> places, long diskSize) {
        long sectors = diskSize / sectorSize;
        boolean same = partitions().stream()
                .allMatch(each -> !places.containsKey(each.number())
                        || places.get(each.number()).equals(new Place(each.start(), each.length())));
        boolean reaches = master.entries().stream().allMatch(each -> each.firstLba() + each.sectors() <= sectors);
        if (same && reaches) {
            return this; // octet for octet, whatever tool wrote it
        }
        List<Chained> moved = chain(places, sectors);
        List<MbrEntry> entries = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            MbrEntry entry = master.entries().get(slot);
            Place place = places.get(slot + 1);
            if (entry.isExtended()) {
                entries.add(container(entry, moved, places, sectors));
            } else if (place != null && entry.isUsed()) {
                entries.add(entry.at(place.start() / sectorSize, place.length() / sectorSize));
            } else {
                entries.add(entry);
            }
        }
        long container = moved.isEmpty() ? 0 : moved.getFirst().lba();
        return new Mbr(sectorSize, master.with(entries), linked(moved, container));
    }

    private List<Chained> chain(Map<Integer, Place> places, long sectors) {
        List<Chained> moved = new ArrayList<>();
        int number = SLOTS;
        for (Chained chained : chain) {
            MbrEntry logical = chained.logical();
            Place place = logical.isUsed() ? places.get(++number) : null;
            // Not by the distance from its partition: others may lie
            // between them, and the first record begins the container.
            long lba = chained.lba() + shift(chained.lba(), places);
            if (place != null) {
                List<MbrEntry> entries = new ArrayList<>(chained.ebr().entries());
                entries.set(0, logical.at(place.start() / sectorSize - lba, place.length() / sectorSize));
                moved.add(new Chained(lba, chained.ebr().with(entries)));
                continue;
            }
            if (moved.isEmpty() ? lba < sectors : logical.isUsed()) { // nobody misses another empty one
                moved.add(new Chained(lba, chained.ebr()));
            }
        }
        return moved;
    }

    /** By how many sectors what no partition says the place of moves: as the next one does, or by what the last one gained. */
    private long shift(long lba, Map<Integer, Place> places) {
        long shift = 0;
        List<Partition> rising = partitions().stream()
                .filter(each -> places.containsKey(each.number()))
                .sorted(Comparator.comparingLong(Partition::start))
                .toList();
        for (Partition each : rising) {
            Place place = Objects.requireNonNull(places.get(each.number()));
            if (each.start() / sectorSize >= lba) {
                return (place.start() - each.start()) / sectorSize;
            }
            shift = Math.ceilDiv(place.end() - each.end(), MIB) * MIB / sectorSize;
        }
        return shift;
    }

    private MbrEntry container(MbrEntry entry, List<Chained> moved, Map<Integer, Place> places, long sectors) {
        long before = lastEnd(chain, entry.firstLba());
        long start = moved.isEmpty()
                ? entry.firstLba() + shift(entry.firstLba(), places)
                : moved.getFirst().lba();
        if (start >= sectors) {
            return entry.none();
        }
        long last = lastEnd(moved, start);
        long room = entry.firstLba() + entry.sectors() - before;
        return entry.at(start, Math.clamp(last + room, last, Math.max(last, sectors)) - start);
    }

    /** The records need not be in the order of their partitions. */
    private static long lastEnd(List<Chained> chain, long start) {
        return chain.stream().mapToLong(Mbr::end).max().orElse(start);
    }

    private static long end(Chained chained) {
        MbrEntry logical = chained.logical();
        return chained.lba() + (logical.isUsed() ? logical.firstLba() + logical.sectors() : 1);
    }

    private static List<Chained> linked(List<Chained> chain, long container) {
        List<Chained> linked = new ArrayList<>();
        for (int i = 0; i < chain.size(); i++) {
            Chained chained = chain.get(i);
            if (i + 1 < chain.size()) {
                Chained next = chain.get(i + 1);
                List<MbrEntry> entries = new ArrayList<>(chained.ebr().entries());
                entries.set(1, entries.get(1).at(next.lba() - container, end(next) - next.lba()));
                chained = new Chained(chained.lba(), chained.ebr().with(entries));
            } else if (chained.ebr().entries().get(1).isUsed()) {
                List<MbrEntry> entries = new ArrayList<>(chained.ebr().entries());
                entries.set(1, entries.get(1).none());
                chained = new Chained(chained.lba(), chained.ebr().with(entries));
            }
            linked.add(chained);
        }
        return linked;
    }

    /** What the table itself occupies, start and end. */
    List<long[]> occupied() {
        List<long[]> occupied = new ArrayList<>();
        occupied.add(new long[] {0, sectorSize});
        for (Chained chained : chain) {
            occupied.add(new long[] {chained.lba() * sectorSize, (chained.lba() + 1) * sectorSize});
        }
        return occupied;
    }

    private Partition partition(int number, long base, MbrEntry entry) {
        return new Partition(
                number,
                (base + entry.firstLba()) * sectorSize,
                entry.sectors() * sectorSize,
                String.format("0x%02x", entry.type()));
    }
}
