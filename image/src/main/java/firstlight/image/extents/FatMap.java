package firstlight.image.extents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * The clusters that a file allocation table calls taken. Read by ourselves: partclone 0.3.23 gets FAT12's entries of a
 * byte and a half wrong, and needs two seconds for the smallest of them.
 */
final class FatMap {
    /** With fewer clusters it is FAT12 (Microsoft's specification, 3.5). */
    private static final long FAT12_CLUSTERS = 4085;

    /** Read in pieces that hold whole entries of 12, 16 and 32 bits. */
    private static final int PIECE = 3 << 18;

    private FatMap() {}

    /** @throws IllegalArgumentException when the boot sector contradicts itself */
    static UsedMap read(Volume volume) throws IOException {
        ByteBuffer boot = ByteBuffer.wrap(volume.octets(0, 512)).order(ByteOrder.LITTLE_ENDIAN);
        int sector = Short.toUnsignedInt(boot.getShort(11));
        long cluster = (long) Byte.toUnsignedInt(boot.get(13)) * sector;
        long reserved = Short.toUnsignedLong(boot.getShort(14));
        int fats = Byte.toUnsignedInt(boot.get(16));
        long rootSectors = Math.ceilDiv(Short.toUnsignedLong(boot.getShort(17)) * 32, sector);
        int few = Short.toUnsignedInt(boot.getShort(19));
        long total = few != 0 ? few : Integer.toUnsignedLong(boot.getInt(32));
        int small = Short.toUnsignedInt(boot.getShort(22));
        long fatSectors = small != 0 ? small : Integer.toUnsignedLong(boot.getInt(36));
        long data = reserved + fats * fatSectors + rootSectors;
        if (total <= data || fatSectors == 0) {
            throw new IllegalArgumentException("its boot sector leaves no room for data");
        }
        long clusters = (total - data) * sector / cluster;
        int bits = small == 0 ? 32 : clusters < FAT12_CLUSTERS ? 12 : 16;
        if ((clusters + 2) * bits > fatSectors * sector * 8) {
            throw new IllegalArgumentException("its table is too short for " + clusters + " clusters");
        }
        if (total * sector > volume.size()) {
            return new UsedMap(Extents.NONE, total * sector); // its table may lie where nothing is
        }
        // FAT32 can have one active copy in place of all being alike.
        int flags = bits == 32 ? boot.getShort(40) : 0;
        long active = (flags & 0x80) != 0 ? flags & 0xF : 0;
        if (active >= fats) {
            throw new IllegalArgumentException("table " + active + " is the active one, and it has " + fats);
        }
        long table = (reserved + active * fatSectors) * sector;
        Extents.Builder used = new Extents.Builder().add(0, data * sector);
        Entries entries = new Entries(volume, table, fatSectors * sector, bits);
        for (long i = 0; i < clusters; i++) {
            if (entries.isTaken(i + 2)) {
                long start = data * sector + i * cluster;
                used.add(start, start + cluster);
            }
        }
        return new UsedMap(used.build(), total * sector);
    }

    /** The table's entries, read by rising number. */
    private static final class Entries {
        private final Volume volume;
        private final long table;
        private final long length;
        private final int bits;
        private long at = -PIECE;
        private ByteBuffer piece = ByteBuffer.allocate(0);

        Entries(Volume volume, long table, long length, int bits) {
            this.volume = volume;
            this.table = table;
            this.length = length;
            this.bits = bits;
        }

        /** Neither free nor marked as bad: a bad cluster cannot be read, and holds nothing. */
        boolean isTaken(long entry) throws IOException {
            long bit = entry * bits;
            long octet = bit / 8;
            if (octet >= at + PIECE) {
                at = octet / PIECE * PIECE;
                piece = ByteBuffer.wrap(volume.octets(table + at, (int) Math.min(PIECE, length - at)))
                        .order(ByteOrder.LITTLE_ENDIAN);
            }
            int place = (int) (octet - at);
            int value = switch (bits) {
                case 12 -> piece.getShort(place) >> (bit % 8) & 0xFFF;
                case 16 -> piece.getShort(place) & 0xFFFF;
                default -> piece.getInt(place) & 0x0FFF_FFFF;
            };
            int bad = (1 << Math.min(bits, 28)) - 9;
            return value != 0 && value != bad;
        }
    }
}
