package firstlight.image.extents;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;

/** How long a file system, or a physical volume of LVM, says that it is. */
final class SaidLength {
    private static final int EXT = 1024;
    private static final int EXT_64BIT = 0x80;
    private static final int BTRFS = 64 * 1024;
    private static final int SECTOR = 512;

    private SaidLength() {}

    /**
     * In octets; 0 where it does not say, or has a length that makes no sense.
     *
     * @param window the first {@link Signatures#WINDOW} octets
     */
    static long of(byte[] window) {
        FileSystem fileSystem = Signatures.recognise(window);
        ByteBuffer in =
                ByteBuffer.wrap(Arrays.copyOf(window, Signatures.WINDOW)).order(ByteOrder.LITTLE_ENDIAN);
        return switch (fileSystem) {
            case EXT2, EXT3, EXT4 -> {
                boolean wide = (in.getInt(EXT + 0x60) & EXT_64BIT) != 0;
                long high = wide ? (long) in.getInt(EXT + 0x150) << 32 : 0;
                yield (high | (in.getInt(EXT + 4) & 0xFFFF_FFFFL)) * (1024L << in.getInt(EXT + 0x18));
            }
            case XFS -> {
                in.order(ByteOrder.BIG_ENDIAN);
                yield in.getLong(8) * in.getInt(4);
            }
            case BTRFS -> in.getLong(BTRFS + 0x70);
            case F2FS -> in.getLong(EXT + 36) << in.getInt(EXT + 16);
            case NTFS -> in.getLong(40) * in.getShort(11);
            case EXFAT -> in.getLong(72) << in.get(108);
            case FAT -> {
                long few = in.getShort(19) & 0xFFFF;
                yield (few == 0 ? in.getInt(32) & 0xFFFF_FFFFL : few) * in.getShort(11);
            }
            case LVM -> physicalVolume(in);
            case SWAP, LUKS, BITLOCKER, APFS, REFS, ZFS, RAID, STORAGE_SPACES, UNKNOWN -> 0;
        };
    }

    /** Behind its id, where its label says. */
    private static long physicalVolume(ByteBuffer in) {
        for (int label = 0; label < 4 * SECTOR; label += SECTOR) {
            int header = in.getInt(label + 20);
            if (in.getLong(label) == 0x454E_4F4C_4542_414CL && header >= 0 && header <= SECTOR - 40) {
                return in.getLong(label + header + 32);
            }
        }
        return 0;
    }
}
