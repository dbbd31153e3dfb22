package firstlight.image.pipeline;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** A disk that flips a bit of the octet at {@code offset} whenever that is written. */
record FaultyDisk(Disk disk, long offset) implements Disk {
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
    public void read(long at, ByteBuffer into) throws IOException {
        disk.read(at, into);
    }

    @Override
    public void readBack(long at, ByteBuffer into) throws IOException {
        disk.readBack(at, into);
    }

    @Override
    public void write(long at, ByteBuffer from) throws IOException {
        byte[] octets = new byte[from.remaining()];
        from.get(octets);
        if (at <= offset && offset < at + octets.length) {
            octets[(int) (offset - at)] ^= 1;
        }
        disk.write(at, ByteBuffer.wrap(octets));
    }

    @Override
    public void zero(long at, long length) throws IOException {
        disk.zero(at, length);
    }

    @Override
    public void discard(long at, long length) throws IOException {
        disk.discard(at, length);
    }

    @Override
    public void flush() throws IOException {
        disk.flush();
    }

    @Override
    public Optional<Path> node(int partition) throws IOException {
        return disk.node(partition);
    }

    @Override
    public void tableChanged() throws IOException {
        disk.tableChanged();
    }

    @Override
    public void close() throws IOException {
        disk.close();
    }
}
