package firstlight.image.extents;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Recognises a file system by its superblock. Strict rather than generous: what is not recognised is taken raw, which is
 * slow; what is recognised wrongly would be wrong.
 */
public final class Signatures {
    /** How much of the partition's start {@link #recognise} wants to see: Btrfs's superblock lies at 64 KiB. */
    public static final int WINDOW = 68 * 1024;

    private static final int EXT = 1024;
    private static final int HAS_JOURNAL = 0x4;
    /** Extents, 64-bit, flex_bg, meta_bg...: what ext3 does not know. */
    private static final int NOT_EXT3_INCOMPAT = ~(0x2 | 0x4 | 0x10);
    /** Beyond sparse_super, large_file and btree_dir. */
    private static final int NOT_EXT3_RO_COMPAT = ~0x7;

    private static final int BTRFS = 64 * 1024;

    /** Version 1.1 of the superblock is at the start, 1.2 at 4 KiB; the others are at the end and hide nothing. */
    private static final int RAID = 0xA92B_4EFC;

    /** A BitLocker To Go volume looks like a small FAT32: only this GUID tells. */
    private static final int TO_GO = 424;

    private static final long TO_GO_FIRST = 0x4AD8_2E29_4976_D63BL;
    private static final long TO_GO_SECOND = 0x01D0_E339_A3F6_9983L;

    private Signatures() {}

    /** @param start the first {@link #WINDOW} octets of a partition, fewer when it is shorter */
    public static FileSystem recognise(byte[] start) {
        byte[] window = Arrays.copyOf(start, WINDOW);
        ByteBuffer in = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
        if (has(window, 0, "LUKS\u00ba\u00be")) {
            return FileSystem.LUKS;
        }
        if (has(window, 3, "-FVE-FS-") || isToGo(in)) {
            return FileSystem.BITLOCKER;
        }
        for (int sector = 0; sector < 4; sector++) {
            if (has(window, 512 * sector, "LABELONE") && has(window, 512 * sector + 24, "LVM2 001")) {
                return FileSystem.LVM;
            }
        }
        if (SwapHeader.isSwap(window)) {
            return FileSystem.SWAP;
        }
        if (has(window, 0, "XFSB")) {
            return FileSystem.XFS;
        }
        if (has(window, BTRFS + 0x40, "_BHRfS_M")) {
            return FileSystem.BTRFS;
        }
        if (in.getInt(0) == RAID || in.getInt(4096) == RAID) {
            return FileSystem.RAID;
        }
        if (has(window, 32, "NXSB")) {
            return FileSystem.APFS;
        }
        if (has(window, 3, "ReFS\0\0\0\0")) {
            return FileSystem.REFS;
        }
        if (has(window, 0, "SPACEDB ")) {
            return FileSystem.STORAGE_SPACES;
        }
        if (isZfs(window)) {
            return FileSystem.ZFS;
        }
        if (in.getInt(EXT) == 0xF2F5_2010) {
            return FileSystem.F2FS;
        }
        if ((in.getShort(EXT + 0x38) & 0xFFFF) == 0xEF53) {
            return ext(in);
        }
        return bootSector(window, in);
    }

    /** A label's name-value list lies at 16 KiB: XDR, little-endian host, and one of its names. */
    private static boolean isZfs(byte[] window) {
        String names = new String(window, 16 * 1024, 1024, StandardCharsets.ISO_8859_1);
        return has(window, 16 * 1024, "\u0001\u0001\0\0") && names.contains("pool_guid");
    }

    private static boolean isToGo(ByteBuffer in) {
        return in.getLong(TO_GO) == TO_GO_FIRST && in.getLong(TO_GO + 8) == TO_GO_SECOND;
    }

    private static FileSystem ext(ByteBuffer in) {
        int compat = in.getInt(EXT + 0x5C);
        int incompat = in.getInt(EXT + 0x60);
        int readOnlyCompat = in.getInt(EXT + 0x64);
        if ((incompat & 0x8) != 0) {
            return FileSystem.UNKNOWN; // an external journal, not a file system
        }
        if ((incompat & NOT_EXT3_INCOMPAT) != 0 || (readOnlyCompat & NOT_EXT3_RO_COMPAT) != 0) {
            return FileSystem.EXT4;
        }
        return (compat & HAS_JOURNAL) != 0 ? FileSystem.EXT3 : FileSystem.EXT2;
    }

    private static FileSystem bootSector(byte[] window, ByteBuffer in) {
        if ((in.getShort(510) & 0xFFFF) != 0xAA55) {
            return FileSystem.UNKNOWN;
        }
        if (has(window, 3, "NTFS    ")) {
            return FileSystem.NTFS;
        }
        if (has(window, 3, "EXFAT   ")) {
            return FileSystem.EXFAT;
        }
        int octetsPerSector = in.getShort(11) & 0xFFFF;
        int sectorsPerCluster = window[13] & 0xFF;
        int media = window[21] & 0xFF;
        boolean named = has(window, 54, "FAT") || has(window, 82, "FAT32");
        boolean fat = octetsPerSector >= 512
                && octetsPerSector <= 4096
                && Integer.bitCount(octetsPerSector) == 1
                && Integer.bitCount(sectorsPerCluster) == 1
                && in.getShort(14) != 0
                && (window[16] == 1 || window[16] == 2)
                && (media == 0xF0 || media >= 0xF8)
                && named;
        return fat ? FileSystem.FAT : FileSystem.UNKNOWN;
    }

    static boolean has(byte[] window, int offset, String text) {
        byte[] wanted = text.getBytes(StandardCharsets.ISO_8859_1);
        return Arrays.equals(window, offset, offset + wanted.length, wanted, 0, wanted.length);
    }
}
