package firstlight.image.view;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/** A disk that no kernel knows of. */
interface View extends Disk {
    @Override
    default boolean seeks() {
        return false;
    }

    @Override
    default void readBack(long offset, ByteBuffer into) throws IOException {
        read(offset, into);
    }

    @Override
    default Optional<Path> node(int partition) {
        return Optional.empty();
    }

    @Override
    default void tableChanged() {
        // nobody but us looks at it
    }

    /** Refuses what lies outside of the disk, as a kernel does. */
    default void check(long offset, long length) throws IOException {
        if (offset < 0 || length < 0 || offset > size() - length) {
            throw new IOException(name() + " has " + size() + " octets, not " + length + " at " + offset);
        }
    }
}
