package firstlight.image;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A disk that passes on to another one whatever it does not do itself: for one that listens, slows down or forgets. Also {@link #close}.
 */
public interface DiskOver extends Disk {
    /** The other one. */
    Disk disk();

    @Override
    default String name() {
        return disk().name();
    }

    @Override
    default long size() {
        return disk().size();
    }

    @Override
    default int sectorSize() {
        return disk().sectorSize();
    }

    @Override
    default boolean seeks() {
        return disk().seeks();
    }

    @Override
    default void read(long offset, ByteBuffer into) throws IOException {
        disk().read(offset, into);
    }

    @Override
    default void readBack(long offset, ByteBuffer into) throws IOException {
        disk().readBack(offset, into);
    }

    @Override
    default void write(long offset, ByteBuffer from) throws IOException {
        disk().write(offset, from);
    }

    @Override
    default void zero(long offset, long length) throws IOException {
        disk().zero(offset, length);
    }

    @Override
    default void discard(long offset, long length) throws IOException {
        disk().discard(offset, length);
    }

    @Override
    default void flush() throws IOException {
        disk().flush();
    }

    @Override
    default Optional<Path> node(int partition) throws IOException {
        return disk().node(partition);
    }

    @Override
    default void tableChanged() throws IOException {
        disk().tableChanged();
    }

    @Override
    default void close() throws IOException {
        disk().close();
    }
}
