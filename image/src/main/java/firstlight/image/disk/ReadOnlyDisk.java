package firstlight.image.disk;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** A {@link Source} as a disk that refuses every write. Closing it leaves the source open. */
public record ReadOnlyDisk(String name, int sectorSize, Source source) implements Disk {
    @Override
    public long size() {
        return source.size();
    }

    @Override
    public boolean seeks() {
        return false; // nothing is written to it
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        source.read(offset, into);
    }

    @Override
    public void readBack(long offset, ByteBuffer into) throws IOException {
        source.read(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        throw refused();
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        throw refused();
    }

    @Override
    public void discard(long offset, long length) throws IOException {
        throw refused();
    }

    private IOException refused() {
        return new IOException(name + " cannot be written to");
    }

    @Override
    public void flush() {
        // nothing was written
    }

    @Override
    public Optional<Path> node(int partition) {
        return Optional.empty();
    }

    @Override
    public void tableChanged() {
        // nobody writes one
    }

    @Override
    public void close() {
        // whoever made the source has it
    }
}
