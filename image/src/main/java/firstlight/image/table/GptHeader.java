package firstlight.image.table;

import firstlight.model.Bytes;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.UUID;
import java.util.zip.CRC32;

/**
 * The GPT header (UEFI 2.10, 5.3.2), without its CRCs, which encoding computes and decoding has compared.
 *
 * @param rest what follows the last known field, to the end of the sector
 */
record GptHeader(
        int revision,
        int headerSize,
        int reserved,
        long myLba,
        long alternateLba,
        long firstUsableLba,
        long lastUsableLba,
        UUID diskGuid,
        long entriesLba,
        int entryCount,
        int entrySize,
        Bytes rest) {
    static final long SIGNATURE = 0x5452_4150_2049_4645L; // "EFI PART"
    static final int KNOWN = 92;
    /** Octets before the field that tells where the entries are. */
    static final int ENTRIES_LBA = 72;

    /** What is told of partitions in the header's own fields: the entries' CRC belongs to nobody else. */
    record Decoded(GptHeader header, int entriesCrc) {}

    /** @throws MalformedTable when it is none, or its own CRC is wrong; the entries' CRC is for whoever has these */
    static Decoded decode(byte[] sector) {
        ByteBuffer in = GptEntry.little(sector);
        if (sector.length < 512 || in.getLong() != SIGNATURE) {
            throw new MalformedTable("no GPT header: the signature EFI PART is missing");
        }
        int revision = in.getInt();
        int headerSize = in.getInt();
        if (headerSize < KNOWN || headerSize > sector.length) {
            throw new MalformedTable("GPT header size " + Integer.toUnsignedString(headerSize));
        }
        int crc = in.getInt();
        int reserved = in.getInt();
        long myLba = in.getLong();
        long alternate = in.getLong();
        long firstUsable = in.getLong();
        long lastUsable = in.getLong();
        UUID guid = GptEntry.guid(in);
        long entriesLba = in.getLong();
        int count = in.getInt();
        int size = in.getInt();
        int entriesCrc = in.getInt();
        Bytes rest = GptEntry.bytes(in, sector.length - KNOWN);
        byte[] blank = sector.clone();
        GptEntry.little(blank).putInt(16, 0);
        if (crc != crc(blank, headerSize)) {
            throw new MalformedTable("the GPT header's CRC is wrong");
        }
        // 128 entries are usual; some tools make 56 to 1024. The limit keeps a forged count from taking all memory.
        if (count < 1 || count > 4096 || size < GptEntry.LENGTH || size > 4096 || size % 8 != 0) {
            throw new MalformedTable("GPT with " + Integer.toUnsignedString(count) + " entries of "
                    + Integer.toUnsignedString(size) + " octets");
        }
        GptHeader header = new GptHeader(
                revision,
                headerSize,
                reserved,
                myLba,
                alternate,
                firstUsable,
                lastUsable,
                guid,
                entriesLba,
                count,
                size,
                rest);
        return new Decoded(header, entriesCrc);
    }

    /** One sector, with both CRCs. {@code entries} are all of them, encoded. */
    byte[] encode(byte[] entries) {
        byte[] sector = new byte[KNOWN + rest.length()];
        ByteBuffer out = GptEntry.little(sector);
        out.putLong(SIGNATURE).putInt(revision).putInt(headerSize).putInt(0).putInt(reserved);
        out.putLong(myLba).putLong(alternateLba).putLong(firstUsableLba).putLong(lastUsableLba);
        GptEntry.guid(out, diskGuid);
        out.putLong(entriesLba).putInt(entryCount).putInt(entrySize);
        out.putInt(crc(entries, entries.length));
        out.put(rest.toArray());
        out.putInt(16, crc(sector, headerSize));
        return sector;
    }

    /** This header with other places; used for the backup and for a disk of another size. */
    GptHeader at(long my, long alternate, long lastUsable, long entries) {
        return new GptHeader(
                revision,
                headerSize,
                reserved,
                my,
                alternate,
                firstUsableLba,
                lastUsable,
                diskGuid,
                entries,
                entryCount,
                entrySize,
                rest);
    }

    /** The entries follow the header at once; where the backup lies is not known yet. */
    GptHeader inSectorsOf(int octets) {
        return new GptHeader(
                revision,
                headerSize,
                reserved,
                1,
                0,
                2 + Math.ceilDiv(entriesLength(), octets),
                0,
                diskGuid,
                2,
                entryCount,
                entrySize,
                Bytes.of(Arrays.copyOf(rest.toArray(), octets - KNOWN)));
    }

    int entriesLength() {
        return entryCount * entrySize;
    }

    static int crc(byte[] octets, int length) {
        CRC32 crc = new CRC32();
        crc.update(octets, 0, length);
        return (int) crc.getValue();
    }
}
