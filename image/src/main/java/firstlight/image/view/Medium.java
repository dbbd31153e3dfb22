package firstlight.image.view;

import firstlight.image.Disk;
import firstlight.image.DiskLayer;
import java.io.IOException;
import java.nio.ByteBuffer;

/** Another disk, of which every read is one of the medium and not of a cache. Closing it leaves the other open. */
public record Medium(Disk disk) implements DiskLayer {
    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        disk.readBack(offset, into);
    }
}
