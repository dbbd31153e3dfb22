package firstlight.image.luks;

import firstlight.image.Disk;
import firstlight.image.DiskLayer;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * What an encrypted volume holds, as a disk. What is written to it is enciphered. Closing it leaves the volume open.
 *
 * @param disk the encrypted volume, from its header on
 */
public record LuksDisk(Disk disk, LuksKey key) implements DiskLayer {
    private static final int STEP = 1 << 20;

    @Override
    public long size() {
        return key.within(disk.size());
    }

    /** As dm-crypt has it. */
    @Override
    public int sectorSize() {
        return Math.max(disk.sectorSize(), key.sector());
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        key.read(disk::read, offset, into);
    }

    @Override
    public void readBack(long offset, ByteBuffer into) throws IOException {
        key.read(disk::readBack, offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        disk.write(key.place(offset), key.changed(disk::read, offset, from));
    }

    /** Zeros are enciphered as well. */
    @Override
    public void zero(long offset, long length) throws IOException {
        for (long at = offset; at < offset + length; at += STEP) {
            write(at, ByteBuffer.allocate((int) Math.min(STEP, offset + length - at)));
        }
    }

    @Override
    public void discard(long offset, long length) {
        // a hint, which dm-crypt takes only if it is told to: it shows who looks at the disk what is in use
    }
}
