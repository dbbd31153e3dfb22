package firstlight.image.extents;

import firstlight.image.disk.Source;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * An F2FS of sectors of 4096 octets, seen as one of 512: partclone 0.3.23 refuses the other, though only two fields of the
 * superblock tell of sectors and its blocks are the same.
 */
record F2fsFor512(Source source) implements Source {
    private static final int SUPERBLOCK = 1024;
    private static final int COPIES = 2;
    private static final int BLOCK = 4096;
    /** The logarithms of the sector's size and of sectors in a block; both little-endian, one octet of four matters. */
    private static final int LOG_SECTOR = 8;

    private static final int LOG_SECTORS = 12;

    static boolean isNeeded(byte[] window) {
        return window[SUPERBLOCK + LOG_SECTOR] == 12;
    }

    @Override
    public long size() {
        return source.size();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        int from = into.position();
        source.read(offset, into);
        for (int copy = 0; copy < COPIES; copy++) {
            long at = (long) copy * BLOCK + SUPERBLOCK;
            patch(into, from, at + LOG_SECTOR - offset, (byte) 9);
            patch(into, from, at + LOG_SECTORS - offset, (byte) 3);
        }
    }

    private static void patch(ByteBuffer octets, int from, long place, byte value) {
        if (place >= 0 && from + place < octets.position()) {
            octets.put(from + (int) place, value);
        }
    }
}
