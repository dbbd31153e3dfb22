package firstlight.image.view;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Another disk, of which every read is one of the medium and not of a cache. Closing it leaves the other open. */
public record Medium(Disk disk) implements View {
    @Override
    public String name() {
        return disk.name();
    }

    @Override
    public long size() {
        return disk.size();
    }

    @Override
    public int sectorSize() {
        return disk.sectorSize();
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        disk.readBack(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        disk.write(offset, from);
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        disk.zero(offset, length);
    }

    @Override
    public void discard(long offset, long length) throws IOException {
        disk.discard(offset, length);
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
