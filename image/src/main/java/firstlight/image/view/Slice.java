package firstlight.image.view;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * A part of another disk, as a disk. Closing it leaves the other open.
 *
 * @param start in octets of {@code disk}
 * @throws IllegalArgumentException when it reaches beyond it
 */
public record Slice(Disk disk, long start, long size) implements View {
    public Slice {
        if (start < 0 || size < 0 || start > disk.size() - size) {
            throw new IllegalArgumentException(
                    disk.name() + " has " + disk.size() + " octets, not " + size + " at " + start);
        }
    }

    @Override
    public String name() {
        return disk.name();
    }

    @Override
    public int sectorSize() {
        return disk.sectorSize();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        check(offset, into.remaining());
        disk.read(start + offset, into);
    }

    @Override
    public void readBack(long offset, ByteBuffer into) throws IOException {
        check(offset, into.remaining());
        disk.readBack(start + offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        check(offset, from.remaining());
        disk.write(start + offset, from);
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        check(offset, length);
        disk.zero(start + offset, length);
    }

    @Override
    public void discard(long offset, long length) throws IOException {
        check(offset, length);
        disk.discard(start + offset, length);
    }

    @Override
    public void flush() throws IOException {
        disk.flush();
    }

    @Override
    public void close() {
        // whoever opened the disk closes it
    }
}
