package firstlight.image.extents;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;

/**
 * Recognises a file system by its superblock. Strict rather than generous: what is not recognised is taken raw, which is
 * slow; what is recognised wrongly would be wrong. So is what has the marks of two.
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

    /**
     * A BitLocker To Go volume looks like a small FAT32: only a GUID tells, 4967d63b-2e29-4ad8-8399-f6a339e3d001, or
     * 92a84d3b-dd80-4d0e-9e4e-b1e3284eaed8 where used space only was encrypted.
     */
    private static final int TO_GO = 424;

    private static final List<String> TO_GO_GUIDS =
            List.of("3bd66749292ed84a8399f6a339e3d001", "3b4da89280dd0e4d9e4eb1e3284eaed8");

    private Signatures() {}

    /**
     * What it is; {@link FileSystem#UNKNOWN} also when there is a {@link #contradiction}.
     *
     * @param start the first {@link #WINDOW} octets of a partition, fewer when it is shorter
     */
    public static FileSystem recognise(byte[] start) {
        byte[] window = Arrays.copyOf(start, WINDOW);
        List<FileSystem> found = found(window);
        boolean one = found.size() == 1 && ForeignMark.in(window).isEmpty();
        return one ? found.getFirst() : FileSystem.UNKNOWN;
    }

    /**
     * Of two marks one is left from an earlier life: programs that make a file system, and those that make an array even
     * more, do not take away all marks that they find. To believe the wrong one would lose all that the other has.
     *
     * @param start as for {@link #recognise}
     */
    static Optional<String> contradiction(byte[] start) {
        byte[] window = Arrays.copyOf(start, WINDOW);
        List<String> marks = new ArrayList<>();
        found(window).forEach(each -> marks.add(each.word()));
        boolean any = !marks.isEmpty();
        marks.addAll(ForeignMark.in(window));
        return any && marks.size() > 1
                ? Optional.of("it has the marks of " + String.join(" and ", marks)
                        + ", and which is left from earlier cannot be told (wipefs takes away an old one"
                        + (marks.contains(FileSystem.ZFS.word())
                                ? ", but of ZFS leaves what counts: dd if=/dev/zero bs=1K seek=16 count=1 of=the volume"
                                : "")
                        + ")")
                : Optional.empty();
    }

    /**
     * What begins on a bare disk and leaves a partition table before it as it was: ZFS the first 8 KiB, UFS up to 64. Nobody else
     * writes such marks between a table and its first partition.
     *
     * @param start of the disk, as for {@link #recognise}
     * @param first octet of the first partition; what lies in one is that one's
     */
    public static Optional<String> behindTable(byte[] start, long first) {
        byte[] window = Arrays.copyOf(start, WINDOW);
        if (first < WINDOW) {
            return Optional.empty();
        }
        return isZfs(window)
                ? Optional.of(FileSystem.ZFS.word())
                : ForeignMark.in(window).stream().filter("ufs"::equals).findFirst();
    }

    private static List<FileSystem> found(byte[] window) {
        ByteBuffer in = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
        List<FileSystem> found = new ArrayList<>();
        if (has(window, 0, "LUKS\u00ba\u00be")) {
            found.add(FileSystem.LUKS);
        }
        boolean bitLocker = has(window, 3, "-FVE-FS-") || isToGo(window); // in the clothes of FAT32
        if (bitLocker) {
            found.add(FileSystem.BITLOCKER);
        }
        for (int sector = 0; sector < 4; sector++) {
            if (has(window, 512 * sector, "LABELONE") && has(window, 512 * sector + 24, "LVM2 001")) {
                found.add(FileSystem.LVM);
                break;
            }
        }
        if (SwapHeader.isSwap(window)) {
            found.add(FileSystem.SWAP);
        }
        if (has(window, 0, "XFSB")) {
            found.add(FileSystem.XFS);
        }
        if (has(window, BTRFS + 0x40, "_BHRfS_M")) {
            found.add(FileSystem.BTRFS);
        }
        // Version 1.1 of the superblock is at the start, 1.2 at 4 KiB; the others are at the end and hide nothing.
        if (in.getInt(0) == RaidAtEnd.MAGIC || in.getInt(4096) == RaidAtEnd.MAGIC) {
            found.add(FileSystem.RAID);
        }
        if (has(window, 32, "NXSB")) {
            found.add(FileSystem.APFS);
        }
        if (has(window, 3, "ReFS\0\0\0\0")) {
            found.add(FileSystem.REFS);
        }
        if (has(window, 0, "SPACEDB ")) {
            found.add(FileSystem.STORAGE_SPACES);
        }
        if (isZfs(window)) {
            found.add(FileSystem.ZFS);
        }
        FileSystem boot = bitLocker ? FileSystem.UNKNOWN : bootSector(window, in);
        // A boot sector before one of these is a boot loader's: who makes FAT or NTFS writes over their superblock.
        // ChaN's FatFs (cameras, printers) does not: it writes sectors 0, 1, 6 and 7 of a FAT32. No loader's says FAT.
        if (in.getInt(EXT) == 0xF2F5_2010) {
            found.add(FileSystem.F2FS);
        } else if ((in.getShort(EXT + 0x38) & 0xFFFF) == 0xEF53) {
            found.add(ext(in));
        } else {
            found.add(boot);
        }
        if (boot == FileSystem.FAT && !found.contains(boot)) {
            found.add(boot);
        }
        found.remove(FileSystem.UNKNOWN);
        return found;
    }

    /** A label's name-value list lies at 16 KiB: XDR, little-endian host, and one of its names. */
    private static boolean isZfs(byte[] window) {
        String names = new String(window, 16 * 1024, 1024, StandardCharsets.ISO_8859_1);
        return has(window, 16 * 1024, "\u0001\u0001\0\0") && names.contains("pool_guid");
    }

    private static boolean isToGo(byte[] window) {
        return TO_GO_GUIDS.contains(HexFormat.of().formatHex(window, TO_GO, TO_GO + 16));
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
