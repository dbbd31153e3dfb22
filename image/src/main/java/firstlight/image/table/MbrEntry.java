package firstlight.image.table;

import firstlight.model.Bytes;
import java.nio.ByteBuffer;

/**
 * One of the four slots of an MBR or EBR. The CHS fields are kept but not believed.
 *
 * @param status 0x80 for the one that starts, else 0
 * @param firstLba from the disk's start; of a logical partition from its record's, of a link from the container's
 */
record MbrEntry(int status, Bytes firstChs, int type, Bytes lastChs, long firstLba, long sectors) {
    static final int LENGTH = 16;
    private static final Bytes BEYOND_CHS = Bytes.ofHex("fe ff ff");

    boolean isUsed() {
        return type != 0 && sectors != 0;
    }

    /** A container of logical partitions: 0x05, 0x0F (LBA) or Linux's 0x85. */
    boolean isExtended() {
        return isUsed() && (type == 0x05 || type == 0x0F || type == 0x85);
    }

    /** What an entry of a boot sector is that is no partition table: it holds code or text in this place. */
    boolean isPlausible() {
        return status == 0 || status == 0x80;
    }

    /** CHS fields that no longer say the truth say "too far for CHS", as every tool of today writes. */
    MbrEntry at(long first, long count) {
        return new MbrEntry(
                status,
                first == firstLba ? firstChs : BEYOND_CHS,
                type,
                first + count == firstLba + sectors ? lastChs : BEYOND_CHS,
                first,
                count);
    }

    /** An empty slot. */
    MbrEntry none() {
        Bytes zeros = Bytes.of(new byte[3]);
        return new MbrEntry(0, zeros, 0, zeros, 0, 0);
    }

    static MbrEntry get(ByteBuffer in) {
        int status = in.get() & 0xFF;
        Bytes firstChs = GptEntry.bytes(in, 3);
        int type = in.get() & 0xFF;
        Bytes lastChs = GptEntry.bytes(in, 3);
        return new MbrEntry(status, firstChs, type, lastChs, in.getInt() & 0xFFFF_FFFFL, in.getInt() & 0xFFFF_FFFFL);
    }

    void put(ByteBuffer out) {
        out.put((byte) status).put(firstChs.toArray()).put((byte) type).put(lastChs.toArray());
        out.putInt((int) firstLba).putInt((int) sectors);
    }
}
