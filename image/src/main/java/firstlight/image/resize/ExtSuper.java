package firstlight.image.resize;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * What an ext superblock tells of how long the file system can become (linux fs/ext4/ext4.h).
 *
 * @param descriptor octets of a group's descriptor
 * @param wide whether blocks have numbers of 64 bits
 */
record ExtSuper(int firstBlock, int blockSize, long groupBlocks, int descriptor, boolean wide) {
    private static final int PLACE = 1024;
    /** Whole sectors of whatever length. */
    private static final int READ = 4096;

    private static final int WIDE = 0x80;
    private static final int NARROW_DESCRIPTOR = 32;

    static ExtSuper of(Disk disk) throws IOException {
        ByteBuffer whole = ByteBuffer.allocate(READ);
        disk.read(0, whole);
        ByteBuffer in = whole.slice(PLACE, READ - PLACE).order(ByteOrder.LITTLE_ENDIAN);
        boolean wide = (in.getInt(96) & WIDE) != 0;
        return new ExtSuper(
                in.getInt(20),
                1024 << in.getInt(24),
                in.getInt(32) & 0xFFFF_FFFFL,
                wide ? Math.max(NARROW_DESCRIPTOR, Short.toUnsignedInt(in.getShort(254))) : NARROW_DESCRIPTOR,
                wide);
    }

    /**
     * Blocks have numbers of 32 bits without the feature 64bit, and resize2fs (1.47) wants the descriptors of all groups to fit into
     * one of them.
     */
    long longest() {
        long groups = (groupBlocks - firstBlock) * (blockSize / descriptor);
        long blocks = groups * groupBlocks + firstBlock;
        return (wide ? blocks : Math.min(blocks, 0xFFFF_FFFFL)) * blockSize;
    }
}
