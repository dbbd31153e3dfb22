package firstlight.image.anew;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/**
 * What an XFS superblock tells of how the file system was made (linux fs/xfs/libxfs/xfs_format.h). The new one gets the same
 * features, no newer ones, because a boot loader or an old kernel may not know these.
 */
record XfsSuper(
        int blockSize,
        int sectorSize,
        int inodeSize,
        int folderBlockSize,
        int inodePercent,
        UUID uuid,
        String label,
        boolean v5,
        boolean ignoresCase,
        boolean kinds,
        int readOnly,
        int incompatible) {
    private static final int FREE_INODES = 1;
    private static final int REVERSE_MAP = 2;
    private static final int REFLINK = 4;
    private static final int INODE_COUNTS = 8;
    private static final int SPARSE_INODES = 2;
    private static final int BIG_TIME = 8;
    private static final int MANY_EXTENTS = 0x20;
    /** Kinds in folders, sparse inodes, a UUID that was changed, big time, many extents. */
    private static final int KNOWN = 1 | SPARSE_INODES | 4 | BIG_TIME | MANY_EXTENTS;

    static XfsSuper decode(byte[] octets) throws MalformedVolume {
        ByteBuffer in = ByteBuffer.wrap(octets);
        int version = in.getShort(100);
        boolean v5 = (version & 0xF) == 5;
        int more = in.getInt(200);
        if (in.getInt(0) != 0x5846_5342 || (!v5 && (version & 0xF) != 4)) {
            throw new MalformedVolume("its superblock is of a version that is not known here");
        }
        int unknown = v5 ? in.getInt(216) & ~KNOWN : 0;
        if (unknown != 0) {
            throw new MalformedVolume("it has features (incompat " + Integer.toHexString(unknown)
                    + ") that the mkfs.xfs at hand cannot make");
        }
        if (in.getLong(16) != 0) {
            throw new MalformedVolume("it has a realtime section on another device");
        }
        return new XfsSuper(
                in.getInt(4),
                Short.toUnsignedInt(in.getShort(102)),
                Short.toUnsignedInt(in.getShort(104)),
                in.getInt(4) << in.get(192),
                in.get(127),
                new UUID(in.getLong(32), in.getLong(40)),
                new String(octets, 108, 12, StandardCharsets.ISO_8859_1).replace("\0", ""),
                v5,
                (version & 0x4000) != 0,
                v5 ? (in.getInt(216) & 1) != 0 : (more & 0x200) != 0,
                v5 ? in.getInt(212) : 0,
                v5 ? in.getInt(216) : 0);
    }

    /** @param sectors of the disk: the file system's may be larger, never smaller */
    List<String> mkfs(Path node, int sectors) {
        List<String> words = new ArrayList<>(List.of("mkfs.xfs", "-f", "-q", "-K"));
        if (label.chars().allMatch(character -> character < 0x80)) {
            words.addAll(label.isEmpty() ? List.of() : List.of("-L", label));
        } else {
            words = new ArrayList<>(List.of("sh", "-c", labelled()));
        }
        words.addAll(List.of("-b", "size=" + blockSize, "-s", "size=" + Math.max(sectorSize, sectors)));
        String meta = "crc=" + bit(v5) + ",uuid=" + uuid;
        if (v5) {
            meta += ",finobt=" + bit(readOnly, FREE_INODES) + ",rmapbt=" + bit(readOnly, REVERSE_MAP) + ",reflink="
                    + bit(readOnly, REFLINK) + ",inobtcount=" + bit(readOnly, INODE_COUNTS) + ",bigtime="
                    + bit(incompatible, BIG_TIME);
        }
        words.addAll(List.of("-m", meta));
        String inodes = "size=" + inodeSize + ",maxpct=" + inodePercent;
        if (v5) {
            inodes += ",sparse=" + bit(incompatible, SPARSE_INODES);
            // Said in any case: mkfs.xfs makes it by itself from 6.5 on, and GRUB before 2.12 cannot read it.
            inodes += ",nrext64=" + bit(incompatible, MANY_EXTENTS);
        }
        words.addAll(List.of("-i", inodes));
        String names = "size=" + folderBlockSize + (ignoresCase ? ",version=ci" : "");
        words.addAll(List.of("-n", v5 ? names : names + ",ftype=" + bit(kinds)));
        words.add(node.toString());
        return words;
    }

    /**
     * A label of any octets, whatever characters are known where this runs (in the PC none but ASCII). The x keeps line feeds at its
     * end, which a shell takes off; the words behind are the script's arguments from 0 on.
     */
    private String labelled() {
        StringBuilder octal = new StringBuilder();
        for (byte octet : label.getBytes(StandardCharsets.ISO_8859_1)) {
            octal.append("\\%03o".formatted(octet & 0xFF));
        }
        return "label=$(printf '" + octal + "x'); exec mkfs.xfs -f -q -K -L \"${label%x}\" \"$0\" \"$@\"";
    }

    private static int bit(boolean set) {
        return set ? 1 : 0;
    }

    private static int bit(int features, int feature) {
        return bit((features & feature) != 0);
    }
}
