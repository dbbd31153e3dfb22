package firstlight.image.table;

import firstlight.image.Disk;
import firstlight.model.Bytes;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** Finds the good copy of a disk's GPT. */
final class GptReader {
    /** The entries follow the header. */
    private static final long USUAL = 2;

    private GptReader() {}

    /** Reads the primary copy, or the backup when the primary is damaged, with a note of it. */
    static Gpt read(Disk disk, Bytes mbr, List<String> notes) throws IOException {
        long last = disk.size() / disk.sectorSize() - 1;
        Gpt primary;
        try {
            primary = read(disk, mbr, 1);
        } catch (MalformedTable damaged) {
            Gpt backup = read(disk, mbr, last);
            notes.add("the primary partition table of " + disk.name() + " is damaged (" + damaged.getMessage()
                    + "); its backup copy was used");
            return asPrimary(disk, backup);
        }
        if (primary.header().alternateLba() != last) {
            // A disk that grew (a virtual one), or an image written to a larger one by hand.
            notes.add("the backup partition table of " + disk.name() + " is not at its end; the image has it there");
            return primary.on(disk.size());
        }
        return primary;
    }

    private static Gpt read(Disk disk, Bytes mbr, long lba) throws IOException {
        byte[] sector = PartitionTable.sector(disk, lba);
        GptHeader header = GptHeader.decode(sector).header();
        long offset = Math.multiplyExact(header.entriesLba(), disk.sectorSize());
        if (header.myLba() != lba || offset < 0 || offset > disk.size() - header.entriesLength()) {
            throw new MalformedTable("the GPT header is not where it says it is");
        }
        return Gpt.decode(mbr, sector, PartitionTable.octets(disk, offset, header.entriesLength()), disk.sectorSize());
    }

    private static Gpt asPrimary(Disk disk, Gpt backup) throws IOException {
        GptHeader header = backup.header();
        GptHeader primary =
                header.at(header.alternateLba(), header.myLba(), header.lastUsableLba(), entriesLba(disk, backup));
        return new Gpt(backup.sectorSize(), backup.protectiveMbr(), primary, backup.entries());
    }

    /**
     * Where the primary's entries are. The backup does not say it, and they need not follow the header: boards that load their
     * boot loader from 8 KiB have them behind it (sgdisk -j). Where they are found nowhere, they are where they usually are.
     */
    private static long entriesLba(Disk disk, Gpt backup) throws IOException {
        Bytes entries = backup.backup().getFirst().octets();
        long usable = backup.header().firstUsableLba();
        long said = GptEntry.little(PartitionTable.sector(disk, 1)).getLong(GptHeader.ENTRIES_LBA);
        // The usual place comes last: who moves entries leaves the old ones there.
        for (long lba : new long[] {said, usable - backup.entrySectors(), USUAL}) {
            boolean possible = lba >= USUAL && lba <= usable - backup.entrySectors();
            if (possible
                    && Arrays.equals(
                            PartitionTable.octets(disk, lba * disk.sectorSize(), entries.length()),
                            entries.toArray())) {
                return lba;
            }
        }
        return USUAL;
    }
}
