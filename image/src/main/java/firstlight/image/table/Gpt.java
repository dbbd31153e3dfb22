package firstlight.image.table;

import firstlight.image.table.TableSectors.Kind;
import firstlight.image.table.TableSectors.Run;
import firstlight.model.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * A GUID partition table, as its primary copy says it. The protective MBR is
 * kept whole, for its boot code (GRUB on BIOS PCs) and for hybrid tables.
 *
 * @param entries all that there are, also those that are not used; the first is partition 1
 */
record Gpt(int sectorSize, Bytes protectiveMbr, GptHeader header, List<GptEntry> entries) {
    /** Type of the MBR's entry that keeps old tools from a disk with a GPT. */
    private static final int PROTECTIVE = 0xEE;

    Gpt {
        entries = List.copyOf(entries);
    }

    /** @param sectors the three runs of {@link #sectors} */
    static Gpt decode(TableSectors sectors, int sectorSize) {
        if (sectors.kind() != Kind.GPT || sectors.runs().size() != 3) {
            throw new MalformedTable(sectors.kind() + " in " + sectors.runs().size() + " runs is not a GPT");
        }
        return decode(
                sectors.runs().get(0).octets(),
                sectors.runs().get(1).octets().toArray(),
                sectors.runs().get(2).octets().toArray(),
                sectorSize);
    }

    static Gpt decode(Bytes mbr, byte[] headerSector, byte[] entryOctets, int sectorSize) {
        if (mbr.length() != sectorSize || headerSector.length != sectorSize) {
            throw new MalformedTable("a GPT in sectors of " + mbr.length() + " octets, not " + sectorSize);
        }
        GptHeader.Decoded decoded = GptHeader.decode(headerSector);
        GptHeader header = decoded.header();
        int length = header.entriesLength();
        if (entryOctets.length < length || decoded.entriesCrc() != GptHeader.crc(entryOctets, length)) {
            throw new MalformedTable("the CRC of the GPT's entries is wrong");
        }
        ByteBuffer in = GptEntry.little(entryOctets);
        List<GptEntry> entries = new ArrayList<>();
        for (int i = 0; i < header.entryCount(); i++) {
            GptEntry entry = GptEntry.get(in, header.entrySize());
            if (entry.isUsed() && Long.compareUnsigned(entry.firstLba(), entry.lastLba()) > 0) {
                throw new MalformedTable("GPT partition " + (i + 1) + " ends before it starts");
            }
            entries.add(entry);
        }
        return new Gpt(sectorSize, mbr, header, entries);
    }

    /** The protective MBR, the primary header and the entries. The backup copy follows from them. */
    TableSectors sectors() {
        byte[] entries = entryOctets();
        return new TableSectors(
                Kind.GPT,
                List.of(
                        new Run(0, protectiveMbr),
                        new Run(header.myLba() * sectorSize, Bytes.of(header.encode(entries))),
                        new Run(header.entriesLba() * sectorSize, Bytes.of(entries))));
    }

    /** The backup copy: the entries, then the header in the disk's last sector. */
    List<Run> backup() {
        byte[] entries = entryOctets();
        long entriesLba = header.alternateLba() - entrySectors();
        GptHeader backup = header.at(header.alternateLba(), header.myLba(), header.lastUsableLba(), entriesLba);
        return List.of(
                new Run(entriesLba * sectorSize, Bytes.of(entries)),
                new Run(header.alternateLba() * sectorSize, Bytes.of(backup.encode(entries))));
    }

    /** Whether its backup copy is at the end of a disk of {@code diskSize} octets. */
    boolean isFor(long diskSize) {
        return diskSize / sectorSize - 1 == header.alternateLba();
    }

    /** This table on a disk of {@code diskSize} octets: backup copy at its end, all of it usable. */
    Gpt on(long diskSize) {
        if (isFor(diskSize)) {
            return this;
        }
        long last = diskSize / sectorSize - 1;
        GptHeader moved = header.at(header.myLba(), last, last - entrySectors() - 1, header.entriesLba());
        return new Gpt(sectorSize, protective(last), moved, entries);
    }

    /**
     * This table with partitions elsewhere, for a disk with sectors of {@code sectors} octets. Its header and entries are
     * where {@link #on} puts them.
     */
    Gpt placed(Map<Integer, Place> places, int sectors) {
        List<GptEntry> placed = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            GptEntry entry = entries.get(i);
            Place place = places.get(i + 1);
            placed.add(
                    place == null || !entry.isUsed()
                            ? entry
                            : entry.at(place.start() / sectors, place.end() / sectors - 1));
        }
        Bytes mbr = GrubSectors.startingFrom(hybrid(placed, sectors), entries, placed, sectors);
        if (sectors == sectorSize) {
            return new Gpt(sectorSize, mbr, header, placed);
        }
        return new Gpt(sectors, mbr, header.inSectorsOf(sectors), placed);
    }

    /** The MBR for {@code placed}: an entry of a hybrid one names the octets of a partition, and follows it. */
    private Bytes hybrid(List<GptEntry> placed, int sectors) {
        byte[] sector = Arrays.copyOf(protectiveMbr.toArray(), sectors);
        if (!BootRecord.isSigned(sector)) {
            return Bytes.of(sector);
        }
        BootRecord record = BootRecord.decode(sector);
        List<MbrEntry> slots = new ArrayList<>();
        for (MbrEntry slot : record.entries()) {
            MbrEntry followed = slot;
            for (int i = 0; i < entries.size(); i++) {
                GptEntry before = entries.get(i);
                long count = placed.get(i).lastLba() - placed.get(i).firstLba() + 1;
                boolean names = slot.type() != PROTECTIVE
                        && slot.isUsed()
                        && before.isUsed()
                        && before.firstLba() == slot.firstLba()
                        && before.lastLba() - before.firstLba() + 1 == slot.sectors();
                if (names && Math.max(placed.get(i).firstLba(), count) <= 0xFFFF_FFFFL) {
                    followed = slot.at(placed.get(i).firstLba(), count);
                }
            }
            slots.add(followed);
        }
        return record.with(slots).encode();
    }

    /** The first octet that partitions may take. */
    long usableStart() {
        return header.firstUsableLba() * sectorSize;
    }

    /** The first octet behind what partitions may take. */
    long usableEnd() {
        return (header.lastUsableLba() + 1) * sectorSize;
    }

    /** The smallest disk that takes these partitions and the backup copy. */
    long minimalSize() {
        return lastEnd() + (entrySectors() + 1) * sectorSize;
    }

    /** The first octet behind the last partition. */
    long lastEnd() {
        long end = header.firstUsableLba();
        for (GptEntry entry : entries) {
            end = entry.isUsed() ? Math.max(end, entry.lastLba() + 1) : end;
        }
        return end * sectorSize;
    }

    List<Partition> partitions() {
        List<Partition> partitions = new ArrayList<>();
        for (int i = 0; i < entries.size(); i++) {
            GptEntry entry = entries.get(i);
            if (entry.isUsed()) {
                long sectors = entry.lastLba() - entry.firstLba() + 1;
                partitions.add(new Partition(
                        i + 1,
                        Math.multiplyExact(entry.firstLba(), sectorSize),
                        Math.multiplyExact(sectors, sectorSize),
                        entry.type().toString()));
            }
        }
        return partitions;
    }

    /** What the table itself occupies, start and end: LBA 0, the primary copy and the backup copy. */
    List<long[]> occupied() {
        List<long[]> occupied = new ArrayList<>();
        occupied.add(new long[] {0, sectorSize});
        occupied.add(new long[] {header.myLba() * sectorSize, (header.myLba() + 1) * sectorSize});
        occupied.add(
                new long[] {header.entriesLba() * sectorSize, (header.entriesLba() + entrySectors()) * sectorSize});
        occupied.add(new long[] {
            (header.alternateLba() - entrySectors()) * sectorSize, (header.alternateLba() + 1) * sectorSize
        });
        return occupied;
    }

    long entrySectors() {
        return Math.ceilDiv(header.entriesLength(), sectorSize);
    }

    private byte[] entryOctets() {
        byte[] octets = new byte[header.entriesLength()];
        ByteBuffer out = GptEntry.little(octets);
        entries.forEach(entry -> entry.put(out));
        return octets;
    }

    /**
     * The protective entry spans the disk (UEFI 2.10, 5.2.3), in a hybrid table what lies before the first of the others; its
     * CHS end stays as it is, for nobody reads it.
     */
    private Bytes protective(long lastLba) {
        byte[] sector = protectiveMbr.toArray();
        for (int slot = 0; slot < 4; slot++) {
            int at = BootRecord.ENTRIES + slot * MbrEntry.LENGTH;
            ByteBuffer entry = GptEntry.little(sector);
            boolean first = (sector[at + 4] & 0xFF) == PROTECTIVE && entry.getInt(at + 8) == 1;
            if (first) {
                long before = next(sector, entry.getInt(at + 12) & 0xFFFF_FFFFL);
                entry.putInt(at + 12, (int) Math.min(Math.min(lastLba, before - 1), 0xFFFF_FFFFL));
            }
        }
        return Bytes.of(sector);
    }

    /** The first sector of an entry of a hybrid table that one of {@code count} sectors from 1 on does not overlap. */
    private static long next(byte[] sector, long count) {
        long next = Long.MAX_VALUE;
        for (int slot = 0; slot < 4; slot++) {
            int at = BootRecord.ENTRIES + slot * MbrEntry.LENGTH;
            long start = GptEntry.little(sector).getInt(at + 8) & 0xFFFF_FFFFL;
            if (sector[at + 4] != 0 && start > count) {
                next = Math.min(next, start);
            }
        }
        return next;
    }
}
