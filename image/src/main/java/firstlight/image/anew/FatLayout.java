package firstlight.image.anew;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Where things lie in a FAT volume (Microsoft's FAT specification, 2005, section 3).
 *
 * @param sector octets of one; all other counts but {@code clusterSectors} are in sectors
 * @param bits of an entry of the table: 12, 16 or 32
 * @param rootEntries of FAT12 and FAT16, whose root has its own place
 * @param root the root's first cluster in FAT32
 */
record FatLayout(
        int sector,
        int clusterSectors,
        int reserved,
        int fats,
        long fatSectors,
        int rootEntries,
        long sectors,
        int bits,
        long root) {
    /** With fewer clusters it is FAT12, FAT16. */
    static final long FAT12_END = 4085;

    static final long FAT16_END = 65525;
    /** Octets of an entry in a folder. */
    static final int ENTRY = 32;

    /**
     * What a boot sector says.
     *
     * @param octets 512 of them at least
     * @throws IllegalArgumentException when it contradicts itself
     */
    static FatLayout decode(byte[] octets) {
        ByteBuffer boot = ByteBuffer.wrap(octets).order(ByteOrder.LITTLE_ENDIAN);
        int few = Short.toUnsignedInt(boot.getShort(19));
        int small = Short.toUnsignedInt(boot.getShort(22));
        FatLayout layout = new FatLayout(
                Short.toUnsignedInt(boot.getShort(11)),
                Byte.toUnsignedInt(boot.get(13)),
                Short.toUnsignedInt(boot.getShort(14)),
                Byte.toUnsignedInt(boot.get(16)),
                small != 0 ? small : Integer.toUnsignedLong(boot.getInt(36)),
                Short.toUnsignedInt(boot.getShort(17)),
                few != 0 ? few : Integer.toUnsignedLong(boot.getInt(32)),
                small == 0 ? 32 : 16,
                small == 0 ? Integer.toUnsignedLong(boot.getInt(44)) : 0);
        if (Integer.bitCount(layout.sector) != 1
                || layout.sector < 512
                || Integer.bitCount(layout.clusterSectors) != 1) {
            throw new IllegalArgumentException("its sectors or clusters are of an odd size");
        }
        if (layout.sectors <= layout.dataSectors() || layout.fatSectors == 0) {
            throw new IllegalArgumentException("its boot sector leaves no room for data");
        }
        FatLayout typed = small != 0 && layout.clusters() < FAT12_END ? layout.withBits(12) : layout;
        if ((typed.clusters() + 2) * typed.bits > typed.fatSectors * typed.sector * 8) {
            throw new IllegalArgumentException("its table is too short for " + typed.clusters() + " clusters");
        }
        return typed;
    }

    private FatLayout withBits(int other) {
        return new FatLayout(sector, clusterSectors, reserved, fats, fatSectors, rootEntries, sectors, other, root);
    }

    long rootSectors() {
        return Math.ceilDiv((long) rootEntries * ENTRY, sector);
    }

    /** Sectors before the first cluster. */
    long dataSectors() {
        return reserved + fats * fatSectors + rootSectors();
    }

    long clusters() {
        return (sectors - dataSectors()) / clusterSectors;
    }

    int clusterSize() {
        return clusterSectors * sector;
    }

    /** Octets from the start of the volume. */
    long offset(long cluster) {
        return dataSectors() * sector + (cluster - 2) * clusterSize();
    }

    long rootOffset() {
        return (reserved + fats * fatSectors) * sector;
    }
}
