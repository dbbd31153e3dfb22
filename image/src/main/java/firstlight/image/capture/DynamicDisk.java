package firstlight.image.capture;

import firstlight.image.table.AbsolutePlaces;
import java.util.Optional;

/**
 * Partitions of Windows' dynamic disks (LDM). One of them holds any number of volumes and parts of volumes, as a database at
 * the disk's end says: what is found at its start is the first of these, and says nothing of the others.
 */
final class DynamicDisk {
    private DynamicDisk() {}

    /** Why it cannot be told what is in use in a partition of {@code type}. */
    static Optional<String> doubt(String type) {
        return AbsolutePlaces.isDynamic(type)
                ? Optional.of("it belongs to a dynamic disk of Windows (LDM), into whose volumes nothing here can look")
                : Optional.empty();
    }
}
