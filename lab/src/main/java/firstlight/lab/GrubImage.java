package firstlight.lab;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * GRUB's BIOS boot code, put on a disk image without loop devices and without running grub-bios-setup on the host's disks:
 * boot.img goes to the MBR and is told where core.img begins; core.img's first sector is told where its rest begins.
 */
final class GrubImage {
    private static final int SECTOR = 512;
    /** Behind this are the MBR's disk signature and its partition table, which are the disk's, not GRUB's. */
    private static final int MBR_CODE = 440;

    /** Of boot.img: where core.img begins, 64 bits, in sectors (GRUB 2's include/grub/i386/pc/boot.h). */
    private static final int KERNEL_SECTOR = 0x5C;
    /** Two octets of boot.img that jump over the check of the drive's number. */
    private static final int DRIVE_CHECK = 0x66;
    /** Of core.img's first sector: its last 12 octets are an entry of 64 bits of sector, 16 of count and 16 of segment. */
    private static final int FIRST_BLOCKLIST = SECTOR - 12;

    private GrubImage() {}

    /** The octets for the disk's first sector. {@code coreStart} is the sector where core.img lies. */
    static byte[] masterBootRecord(byte[] bootImage, long coreStart) {
        if (bootImage.length < SECTOR) {
            throw new IllegalArgumentException("boot.img has " + bootImage.length + " octets, not 512");
        }
        byte[] code = Arrays.copyOf(bootImage, MBR_CODE);
        ByteBuffer fields = ByteBuffer.wrap(code).order(ByteOrder.LITTLE_ENDIAN);
        fields.putLong(KERNEL_SECTOR, coreStart);
        // Two NOPs in place of a jump: the drive number that a BIOS hands over is checked, as for every hard disk.
        fields.putShort(DRIVE_CHECK, (short) 0x9090);
        return code;
    }

    /**
     * core.img as it must lie at {@code coreStart}: behind its first sector in one piece.
     *
     * @param roomSectors how many sectors of 512 octets are free there
     */
    static byte[] core(byte[] coreImage, long coreStart, long roomSectors) {
        if (coreImage.length > roomSectors * SECTOR) {
            throw new IllegalArgumentException(
                    "core.img has " + coreImage.length + " octets, too many for " + roomSectors + " sectors");
        }
        byte[] core = coreImage.clone();
        ByteBuffer.wrap(core).order(ByteOrder.LITTLE_ENDIAN).putLong(FIRST_BLOCKLIST, coreStart + 1);
        return core;
    }
}
