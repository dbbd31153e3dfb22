package firstlight.image.extents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * A superblock of Linux raid behind what it holds: versions 0.90 and 1.0 (linux/raid/md_p.h). A mirror of these looks like its
 * file system, which ends before it.
 *
 * @param at its first octet in the volume
 * @param level of the array; 1 is a mirror
 */
public record RaidAtEnd(long at, int level) {
    /** {@code MD_SB_MAGIC}, little-endian, at a superblock's start in all versions. */
    public static final int MAGIC = 0xA92B_4EFC;

    /** Why a partition that has one is taken whole, and keeps its length. */
    public static final String WORDS = "it is a part of an array (Linux raid), with its superblock at its end";

    private static final int LENGTH = 256;
    /** Octets at the end in whole steps of which 0.90 has its superblock. */
    private static final long RESERVED = 64L << 10;

    public boolean isMirror() {
        return level == 1;
    }

    public static Optional<RaidAtEnd> find(Volume volume) throws IOException {
        long size = volume.size();
        if (size < 2 * RESERVED) {
            return Optional.empty();
        }
        // 1.0 lies 8 KiB before the end at least, on a multiple of 4 KiB, and says itself where (144).
        long ofVersion1 = ((size / 512 - 16) & ~7L) * 512;
        ByteBuffer in = at(volume, ofVersion1);
        if (in.getInt(0) == MAGIC && in.getInt(4) == 1 && in.getLong(144) == ofVersion1 / 512) {
            return Optional.of(new RaidAtEnd(ofVersion1, in.getInt(72)));
        }
        long ofVersion0 = (size & -RESERVED) - RESERVED;
        in = at(volume, ofVersion0);
        if (in.getInt(0) == MAGIC && in.getInt(4) == 0 && in.getInt(8) == 90) {
            return Optional.of(new RaidAtEnd(ofVersion0, in.getInt(28)));
        }
        return Optional.empty();
    }

    /**
     * Whether {@code volume} is a part of an array, so that nobody may write to it alone: what it holds ends before the superblock. One that
     * a file system reaches over is left from earlier.
     *
     * @param window of {@code volume}
     */
    public static boolean isPart(Volume volume, byte[] window) throws IOException {
        Optional<RaidAtEnd> found = find(volume);
        return found.isPresent() && found.get().at() >= SaidLength.of(window);
    }

    private static ByteBuffer at(Volume volume, long offset) throws IOException {
        return ByteBuffer.wrap(volume.octets(offset, LENGTH)).order(ByteOrder.LITTLE_ENDIAN);
    }
}
