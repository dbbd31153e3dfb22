package firstlight.image.resize;

import firstlight.image.Disk;
import firstlight.image.DiskOver;
import java.io.IOException;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/** That the image itself could not be read while it was looked at: whoever reads it through a kernel, or a tool, says something else. */
final class Unread {
    private @Nullable IOException first;

    /** The same disk, whose failures are remembered. */
    Disk watched(Disk disk) {
        return new Watched(disk, this);
    }

    private synchronized void happened(IOException failure) {
        first = first == null ? failure : first;
    }

    /** @throws IOException why something could not be read, where that happened */
    synchronized void rethrow() throws IOException {
        if (first != null) {
            throw first;
        }
    }

    private record Watched(Disk disk, Unread unread) implements DiskOver {
        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            try {
                disk.read(offset, into);
            } catch (IOException failure) {
                unread.happened(failure);
                throw failure;
            }
        }
    }
}
