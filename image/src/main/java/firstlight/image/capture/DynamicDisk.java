package firstlight.image.capture;

import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Partitions of Windows' dynamic disks (LDM). One of them holds any number of volumes and parts of volumes, as a database at
 * the disk's end says: what is found at its start is the first of these, and says nothing of the others.
 */
final class DynamicDisk {
    /** On a disk with an MBR; the database's own and the volumes' on one with a GPT. */
    private static final Set<String> TYPES =
            Set.of("0x42", "5808C8AA-7E8F-42E0-85D2-E1E90434CFB3", "AF9B60A0-1431-4F62-BC68-3311714A69AD");

    private DynamicDisk() {}

    /** Why it cannot be told what is in use in a partition of {@code type}. */
    static Optional<String> doubt(String type) {
        return TYPES.contains(type.startsWith("0x") ? type : type.toUpperCase(Locale.ROOT))
                ? Optional.of("it belongs to a dynamic disk of Windows (LDM), into whose volumes nothing here can look")
                : Optional.empty();
    }
}
