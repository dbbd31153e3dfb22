package firstlight.image.store;

import java.io.Closeable;
import java.io.IOException;
import java.util.List;

/**
 * Where a store's files lie: a directory or a bucket. A file's name has slashes, as in {@code manifests/office/7.manifest}.
 * Its text names the place in messages.
 */
interface Shelf extends Closeable {
    /** The names of all whole files below {@code folder}, in no order. */
    List<String> list(String folder) throws IOException;

    /** @throws java.nio.file.NoSuchFileException when it is not there */
    byte[] read(String name) throws IOException;

    /** Whole and durable when it returns; before that, what was there is there still. */
    void write(String name, byte[] content) throws IOException;

    /** Durably gone when it returns; that it was not there is no mistake. */
    void delete(String name) throws IOException;

    /** A new, empty pack. */
    Pack create(String name) throws IOException;

    Pack open(String name) throws IOException;

    /**
     * Called before chunks are put that are not there yet. For what is written anew, which makes room in the end, see
     * {@link #hasRoomFor}.
     *
     * @throws IOException where the room that is left is kept for others
     */
    default void keepRoom() throws IOException {}

    /** Whether so many octets can be written anew: half of the room that is kept for others stays theirs. */
    default boolean hasRoomFor(long octets) {
        return true;
    }

    /** How large a pack may grow before the next one is begun. */
    long packSize();

    /** What to do when nothing more can be written. */
    String roomCure();
}
