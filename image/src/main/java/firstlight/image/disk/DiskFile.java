package firstlight.image.disk;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A disk in a file. It has no device nodes, so no file system tool can look into it: attach it with {@link LoopDevice}
 * where that matters.
 */
public final class DiskFile implements Disk {
    private final Path path;
    private final OpenFile file;
    private final long size;
    private final int sectorSize;

    private DiskFile(Path path, OpenFile file, int sectorSize) throws IOException {
        this.path = path;
        this.file = file;
        this.size = file.size();
        this.sectorSize = sectorSize;
    }

    /** @param sectorSize that partition tables in it count: a file does not tell */
    public static DiskFile open(Path path, int sectorSize, Access access) throws IOException {
        return new DiskFile(path, new OpenFile(path, access), sectorSize);
    }

    @Override
    public String name() {
        return path.toString();
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public int sectorSize() {
        return sectorSize;
    }

    @Override
    public boolean seeks() {
        return false;
    }

    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        file.read(offset, into);
    }

    @Override
    public void readBack(long offset, ByteBuffer into) throws IOException {
        file.readBack(offset, into);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        file.write(offset, from);
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        file.zero(offset, length);
    }

    @Override
    public void discard(long offset, long length) throws IOException {
        file.zero(offset, length);
    }

    @Override
    public void flush() throws IOException {
        file.flush();
    }

    @Override
    public Optional<Path> node(int partition) {
        return Optional.empty();
    }

    @Override
    public void tableChanged() {
        // nobody but us looks at it
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
