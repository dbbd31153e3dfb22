package firstlight.image.capture;

import firstlight.image.extents.FileSystem;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * Datastores of VMware ESXi. VMFS has its first mark at 1 MiB and writes nothing before it: where a partition of an earlier life
 * began at the same sector (2048, the usual one), what it held seems to be there still.
 */
final class VmfsPartition {
    private static final Set<String> TYPES = Set.of(
            "0xfb",
            "aa31e02a-400f-11db-9590-000c2911d1b8",
            // VMFS-L, which ESXi 7.0 and later have their own data on
            "4eb2ea39-7855-4790-a79e-fae495e21f8d");

    private VmfsPartition() {}

    /** Why what was {@code found} in a partition of {@code type} is not to be believed. Nobody else gives partitions such a type. */
    static Optional<String> doubt(String type, FileSystem found) {
        return TYPES.contains(type.toLowerCase(Locale.ROOT)) && found != FileSystem.UNKNOWN
                ? Optional.of("its type says that it is a datastore of VMware ESXi (VMFS), and what it seems to hold ("
                        + found.word() + ") is left from earlier")
                : Optional.empty();
    }
}
