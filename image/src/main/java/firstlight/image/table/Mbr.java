package firstlight.image.table;

import firstlight.image.table.TableSectors.Kind;
import firstlight.image.table.TableSectors.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A master boot record and the chain of extended boot records behind it.
 *
 * @param chain one record for each logical partition, in the chain's order
 */
public record Mbr(int sectorSize, BootRecord master, List<Chained> chain) {
    private static final int SLOTS = 4;

    /** Longer chains are loops or forgeries; Linux itself stops at 256 partitions. */
    static final int MAX_LOGICAL = 256;

    public Mbr {
        chain = List.copyOf(chain);
    }

    /** An extended boot record at its place. */
    public record Chained(long lba, BootRecord ebr) {
        /** The logical partition: its start counts from this record. */
        MbrEntry logical() {
            return ebr.entries().get(0);
        }
    }

    public static Mbr decode(TableSectors sectors, int sectorSize) {
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

    public TableSectors sectors() {
        List<Run> runs = new ArrayList<>();
        runs.add(new Run(0, master.encode()));
        for (Chained chained : chain) {
            runs.add(new Run(chained.lba() * sectorSize, chained.ebr().encode()));
        }
        return new TableSectors(Kind.MBR, runs);
    }

    public List<Partition> partitions() {
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

    /**
     * This table with partitions elsewhere. Each extended boot record keeps its distance from its logical partition, and
     * the container of all of them follows, with what room it has behind the last one, as far as the disk reaches.
     */
    Mbr placed(Map<Integer, Place> places, long diskSize) {
        List<Chained> moved = new ArrayList<>();
        int number = SLOTS;
        for (Chained chained : chain) {
            MbrEntry logical = chained.logical();
            Place place = logical.isUsed() ? places.get(++number) : null;
            if (place == null) {
                moved.add(chained);
                continue;
            }
            long lba = place.start() / sectorSize - logical.firstLba();
            List<MbrEntry> entries = new ArrayList<>(chained.ebr().entries());
            entries.set(0, logical.at(logical.firstLba(), place.length() / sectorSize));
            moved.add(new Chained(lba, chained.ebr().with(entries)));
        }
        long container = chain.isEmpty() ? 0 : moved.getFirst().lba();
        List<MbrEntry> entries = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            MbrEntry entry = master.entries().get(slot);
            Place place = places.get(slot + 1);
            if (entry.isExtended() && !chain.isEmpty()) {
                long room = entry.firstLba() + entry.sectors() - end(chain.getLast());
                long last = end(moved.getLast());
                entries.add(entry.at(
                        container, Math.clamp(last + room, last, Math.max(last, diskSize / sectorSize)) - container));
            } else if (place != null && entry.isUsed()) {
                entries.add(entry.at(place.start() / sectorSize, place.length() / sectorSize));
            } else {
                entries.add(entry);
            }
        }
        return new Mbr(sectorSize, master.with(entries), linked(moved, container));
    }

    private static long end(Chained chained) {
        return chained.lba() + chained.logical().firstLba() + chained.logical().sectors();
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
