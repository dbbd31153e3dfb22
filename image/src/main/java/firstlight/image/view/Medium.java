package firstlight.image.view;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** Another disk, of which every read is one of the medium and not of a cache. Closing it leaves the other open. */
public record Medium(Disk disk) implements DiskOver {
    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        disk.readBack(offset, into);
    }

    /** None: what is read by one may come from a cache. */
    @Override
    public Optional<Path> node(int partition) {
        return Optional.empty();
    }

    @Override
    public void tableChanged() {
        // of the other one nothing has changed
    }

    @Override
    public void close() {
        // whoever opened the disk closes it
    }
}
