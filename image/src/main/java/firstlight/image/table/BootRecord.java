package firstlight.image.table;

import firstlight.model.Bytes;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * A sector with a partition table in it.
 *
 * @param code boot code, disk signature and all else before the entries
 * @param rest what follows the signature in sectors larger than 512 octets
 */
record BootRecord(Bytes code, List<MbrEntry> entries, Bytes rest) {
    /** Offsets: the disk's signature, the four entries; 55 AA stands at 510. */
    static final int DISK_SIGNATURE = 440;

    static final int ENTRIES = 446;
    private static final int SIGNATURE = 0xAA55;
    private static final int SLOTS = 4;

    BootRecord {
        entries = List.copyOf(entries);
    }

    BootRecord with(List<MbrEntry> others) {
        return new BootRecord(code, others, rest);
    }

    static boolean isSigned(byte[] sector) {
        return (GptEntry.little(sector).getShort(510) & 0xFFFF) == SIGNATURE;
    }

    static BootRecord decode(byte[] sector) {
        if (sector.length < 512 || !isSigned(sector)) {
            throw new MalformedTable("no boot record: the signature 55 AA is missing");
        }
        ByteBuffer in = GptEntry.little(sector);
        Bytes code = GptEntry.bytes(in, ENTRIES);
        List<MbrEntry> entries = new ArrayList<>();
        for (int slot = 0; slot < SLOTS; slot++) {
            entries.add(MbrEntry.get(in));
        }
        in.getShort();
        return new BootRecord(code, entries, GptEntry.bytes(in, sector.length - 512));
    }

    Bytes encode() {
        byte[] sector = new byte[512 + rest.length()];
        ByteBuffer out = GptEntry.little(sector);
        out.put(code.toArray());
        entries.forEach(entry -> entry.put(out));
        out.putShort((short) SIGNATURE);
        out.put(rest.toArray());
        return Bytes.of(sector);
    }
}
