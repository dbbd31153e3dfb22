package firstlight.image.extents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** The flags of an NTFS, in the fourth record of its master file table: $Volume (linux fs/ntfs3/ntfs.h, struct VOLUME_INFO). */
final class NtfsMark {
    /** $Volume's place in the master file table. */
    private static final int RECORD = 3;
    /** Octets whose last two are kept elsewhere (the update sequence): in each piece of a record, whatever the sectors. */
    private static final int STRIDE = 512;
    /** Of a record: usual are 1024 and 4096 octets. */
    private static final int LONGEST = 64 << 10;
    /** $VOLUME_INFORMATION, always within the record; its flags, and the one that asks for chkdsk. */
    private static final int INFORMATION = 0x70;

    private static final int FLAGS = 10;
    private static final int DIRTY = 1;
    private static final int MAGIC = 0x454C_4946;

    private NtfsMark() {}

    /** Whether Windows is to check it at its next start; false as well where the record cannot be read. */
    static boolean isForCheck(Volume volume, byte[] window) throws IOException {
        ByteBuffer boot = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
        // Boot sector: 11 octets a sector, 13 sectors a cluster, 48 the table's cluster, 64 clusters a record, or below
        // zero a logarithm of octets.
        long cluster = (long) boot.getShort(11) * count(boot.get(13) & 0xFF);
        int perRecord = boot.get(64);
        long length = perRecord > 0 ? perRecord * cluster : 1L << Math.min(-perRecord, 32);
        long at = boot.getLong(48) * cluster + RECORD * length;
        boolean sane = length >= STRIDE && length <= LONGEST && at > 0 && at <= volume.size() - length;
        return sane && isDirty(ByteBuffer.wrap(volume.octets(at, (int) length)).order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Clusters of more than 64 KiB: their logarithm, negated. */
    private static long count(int octet) {
        return octet <= 128 ? octet : 1L << Math.min(256 - octet, 32);
    }

    /** Record: "FILE", 4 and 6 the update sequence, 20 its first attribute; attribute: 0 type, 4 length, 20 where its content is. */
    private static boolean isDirty(ByteBuffer record) {
        int checks = Short.toUnsignedInt(record.getShort(4));
        int count = Short.toUnsignedInt(record.getShort(6));
        if (record.getInt(0) != MAGIC || checks + 2 * count > record.limit() || (count - 1) * STRIDE > record.limit()) {
            return false;
        }
        for (int i = 1; i < count; i++) {
            record.putShort(i * STRIDE - 2, record.getShort(checks + 2 * i));
        }
        int at = Short.toUnsignedInt(record.getShort(20));
        while (at + 24 <= record.limit() && record.getInt(at) != -1) {
            int length = record.getInt(at + 4);
            if (length < 24 || length > record.limit() - at) {
                return false;
            }
            int flags = at + Short.toUnsignedInt(record.getShort(at + 20)) + FLAGS;
            if (record.getInt(at) == INFORMATION && flags + 2 <= at + length) {
                return (record.getShort(flags) & DIRTY) != 0;
            }
            at += length;
        }
        return false;
    }
}
