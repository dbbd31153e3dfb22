package firstlight.image.table;

import firstlight.model.Bytes;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;

/**
 * Where GRUB's code for BIOS looks for its own sectors, which it counts from the disk's start: boot.img, in sector 0, for the first
 * sector of core.img, and that one for the rest (grub-core/boot/i386/pc/boot.S and diskboot.S, 2.06). They follow the partition
 * that core.img lies in.
 */
public final class GrubSectors {
    private static final int SECTOR = 512;

    /** Of boot.img: where core.img's first sector is loaded to, and which sector that is. */
    private static final int KERNEL_ADDRESS = 0x5A;

    private static final short LOADED_AT = (short) 0x8000;
    private static final int KERNEL_SECTOR = 0x5C;

    /** The last of the list's entries is its first: a sector (8 octets), how many, and the segment to load them to. */
    private static final int LIST = 0x1F4;

    private static final int ENTRY = 12;
    /** The list grows down to here; below is code. */
    private static final int LIST_END = 0x100;

    private static final short FIRST_SEGMENT = 0x820;

    private GrubSectors() {}

    /** {@code mbr}, where it is a boot.img whose core.img lies in a BIOS boot partition, for the partitions {@code now}. */
    static Bytes startingFrom(Bytes mbr, List<GptEntry> before, List<GptEntry> now, int sectorSize) {
        byte[] octets = mbr.toArray();
        ByteBuffer sector = GptEntry.little(octets);
        boolean grub = sectorSize == SECTOR // no BIOS starts from larger ones
                && sector.getShort(KERNEL_ADDRESS) == LOADED_AT
                && new String(octets, 0, BootRecord.DISK_SIGNATURE, StandardCharsets.ISO_8859_1).contains("GRUB ");
        long kernel = sector.getLong(KERNEL_SECTOR);
        for (int i = 0; grub && i < before.size(); i++) {
            GptEntry was = before.get(i);
            if (was.isUsed()
                    && was.type().toString().equalsIgnoreCase(Partition.BIOS_BOOT)
                    && kernel >= was.firstLba()
                    && kernel <= was.lastLba()) {
                sector.putLong(KERNEL_SECTOR, kernel + now.get(i).firstLba() - was.firstLba());
            }
        }
        return Bytes.of(octets);
    }

    /**
     * A partition's first sector, where it is core.img's, once the partition is elsewhere; empty where it is something else.
     *
     * @param was octets from the disk's start
     */
    public static Optional<byte[]> moved(byte[] first, long was, long length, long now) {
        byte[] octets = first.clone();
        ByteBuffer sector = GptEntry.little(octets);
        long start = was / SECTOR;
        if (octets.length != SECTOR
                || sector.getLong(LIST) != start + 1
                || sector.getShort(LIST + 10) != FIRST_SEGMENT) {
            return Optional.empty();
        }
        for (int at = LIST; at >= LIST_END && sector.getShort(at + 8) != 0; at -= ENTRY) {
            long old = sector.getLong(at);
            if (old >= start && old < start + length / SECTOR) {
                sector.putLong(at, old - start + now / SECTOR);
            }
        }
        return Optional.of(octets);
    }
}
