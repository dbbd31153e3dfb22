package firstlight.image.table;

import firstlight.image.Disk;
import firstlight.model.Bytes;
import java.io.IOException;
import java.util.List;

/** Finds the good copy of a disk's GPT. */
final class GptReader {
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
            return asPrimary(backup);
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

    /** The primary's entries follow its header, wherever the backup's are. */
    private static Gpt asPrimary(Gpt backup) {
        GptHeader header = backup.header();
        GptHeader primary = header.at(header.alternateLba(), header.myLba(), header.lastUsableLba(), 2);
        return new Gpt(backup.sectorSize(), backup.protectiveMbr(), primary, backup.entries());
    }
}
