package firstlight.image.disk;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Octets that can be read at any offset, by several threads at once. */
public interface Source {
    long size();

    /** Fills {@code into} up to its limit. */
    void read(long offset, ByteBuffer into) throws IOException;
}
