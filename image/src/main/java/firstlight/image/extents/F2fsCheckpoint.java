package firstlight.image.extents;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A checkpoint of F2FS, and whether that says that it was unmounted (linux/f2fs_fs.h). Roll-forward after an unclean stop takes blocks behind the last
 * checkpoint, of which the map knows nothing; a checkpoint made by unmounting says that there is nothing to roll forward.
 *
 * @param offset of its first block on the volume
 * @param head its first block
 */
record F2fsCheckpoint(long offset, ByteBuffer head) {
    private static final int SUPERBLOCK = 1024;
    private static final int BLOCK = 4096;
    private static final long SEGMENT = 512L * BLOCK;
    /** Offsets in a checkpoint; at 164 it says where its checksum stands. */
    private static final int FLAGS = 132;

    private static final int BLOCKS = 136;
    private static final int UNMOUNTED = 0x1;
    private static final int ERROR = 0x8;
    private static final int NEEDS_FSCK = 0x10;
    /** The bitmaps that tell which copy of a table counts are at another place of the checkpoint then. */
    private static final int LARGE_NAT_BITMAP = 0x400;

    /** In the superblock: blocks of a checkpoint that hold what its first has no room for. Volumes of some TB have them. */
    private static final int PAYLOAD = SUPERBLOCK + 1664;

    private static final int FEATURES = SUPERBLOCK + 2180;
    /** Up to compression; later ones lay tables out otherwise. */
    private static final int KNOWN_FEATURES = 0x3FFF;

    private static final String UNKNOWN_TABLES =
            "its tables are laid out in a way that partclone (0.3.23) does not know";

    static Optional<String> doubt(Volume volume, byte[] window) throws IOException {
        ByteBuffer in = ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN);
        // Superblock: 16 and 20 logarithms of a block's octets and of a segment's blocks, 76 the first checkpoint.
        int logBlock = in.getInt(SUPERBLOCK + 16);
        int logSegment = in.getInt(SUPERBLOCK + 20);
        long first = Integer.toUnsignedLong(in.getInt(SUPERBLOCK + 76)) * BLOCK;
        if (logBlock != 12 || logSegment != 9 || first + 2 * SEGMENT > volume.size()) {
            return Optional.of("its blocks or segments are of a size that is not known here");
        }
        if (in.getInt(PAYLOAD) != 0 || (in.getInt(FEATURES) & ~KNOWN_FEATURES) != 0) {
            return Optional.of(UNKNOWN_TABLES);
        }
        return newest(volume, window)
                .map(newest -> doubt(newest.flags()))
                .orElse(Optional.of("both of its checkpoints are damaged"));
    }

    /** The one that counts, of a volume whose segments are of the usual size. */
    static Optional<F2fsCheckpoint> newest(Volume volume, byte[] window) throws IOException {
        long first = Integer.toUnsignedLong(
                        ByteBuffer.wrap(window).order(ByteOrder.LITTLE_ENDIAN).getInt(SUPERBLOCK + 76))
                * BLOCK;
        return Stream.of(checkpoint(volume, first), checkpoint(volume, first + SEGMENT))
                .flatMap(Optional::stream)
                .max((left, right) -> Long.compareUnsigned(left.version(), right.version()));
    }

    private long version() {
        return head.getLong(0);
    }

    int flags() {
        return head.getInt(FLAGS);
    }

    /** Blocks of the whole checkpoint, of which {@code head} is the first. */
    int blocks() {
        return head.getInt(BLOCKS);
    }

    private static Optional<String> doubt(int flags) {
        if ((flags & (ERROR | NEEDS_FSCK)) != 0) {
            return Optional.of("it is marked as not clean; fsck.f2fs would repair it");
        }
        if ((flags & LARGE_NAT_BITMAP) != 0) {
            return Optional.of(UNKNOWN_TABLES);
        }
        return (flags & UNMOUNTED) != 0 ? Optional.empty() : Optional.of("it was not unmounted cleanly");
    }

    /** A checkpoint counts when its last block is of the same version as its first: that one is written last. */
    private static Optional<F2fsCheckpoint> checkpoint(Volume volume, long offset) throws IOException {
        ByteBuffer head = block(volume, offset);
        int blocks = head.getInt(BLOCKS);
        if (!isWhole(head) || blocks < 2 || blocks > 512) {
            return Optional.empty();
        }
        ByteBuffer foot = block(volume, offset + (blocks - 1L) * BLOCK);
        return isWhole(foot) && foot.getLong(0) == head.getLong(0)
                ? Optional.of(new F2fsCheckpoint(offset, head))
                : Optional.empty();
    }

    private static ByteBuffer block(Volume volume, long offset) throws IOException {
        return ByteBuffer.wrap(volume.octets(offset, BLOCK)).order(ByteOrder.LITTLE_ENDIAN);
    }

    /** F2FS's checksum is a CRC-32 that starts with the magic number and is not inverted at its end. */
    private static boolean isWhole(ByteBuffer checkpoint) {
        int at = checkpoint.getInt(164);
        return at > 168 && at <= BLOCK - 4 && crc(checkpoint, at) == checkpoint.getInt(at);
    }

    private static int crc(ByteBuffer octets, int length) {
        int crc = 0xF2F5_2010;
        for (int i = 0; i < length; i++) {
            crc ^= octets.get(i) & 0xFF;
            for (int bit = 0; bit < 8; bit++) {
                crc = (crc & 1) != 0 ? crc >>> 1 ^ 0xEDB8_8320 : crc >>> 1;
            }
        }
        return crc;
    }
}
