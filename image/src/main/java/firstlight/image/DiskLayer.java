package firstlight.image;

import java.nio.file.Path;
import java.util.Optional;

/** A disk that is another one seen differently, of which no kernel knows. Closing it leaves the other open: whoever opened that closes it. */
public interface DiskLayer extends DiskOver {
    /** None, for a tool would see the other disk, or what a cache holds of it. */
    @Override
    default Optional<Path> node(int partition) {
        return Optional.empty();
    }

    @Override
    default void tableChanged() {
        // the other disk's has not
    }

    @Override
    default void close() {
        // the other disk is not ours
    }
}
