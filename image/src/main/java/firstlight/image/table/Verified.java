package firstlight.image.table;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * Partitions that their system does not start from once an octet of them is another, as it is at another length: a hash of all of them is in its kernel's
 * command line (dm-verity).
 */
public final class Verified {
    /** The hashes lie behind the file system, in the same partition: ChromeOS' root, CoreOS' and Flatcar's /usr. */
    private static final Set<String> BY_THEMSELVES =
            Set.of("3cb8e202-3b7e-47dd-8a3c-7ff2a13cfcec", "5dfbf5f4-2848-4bac-aa5e-0d9a20b745a6");

    /** Root and /usr by their types, which usually are what they seem, and those of the partitions that have their hashes (amd64 and arm64). */
    private static final Map<String, String> BY_ANOTHER = Map.of(
            "4f68bce3-e8cd-4db1-96e7-fbcaf984b709", "2c7357ed-ebd2-46d9-aec1-23d437ec2bf5",
            "8484680c-9521-48c6-9c11-b0720656f69e", "77ff5f63-e7b6-4633-acf4-1565b864c0e6",
            "b921b045-1df0-41c3-af44-4c6f280d3fae", "df3300ce-d69f-4c92-978c-9bfb0f38d820",
            "b0e01050-ee5f-4390-949a-9101b17104e9", "6e11a4e7-fbca-4ded-b9e9-e1a512bb664e");

    private Verified() {}

    /** @param all partitions of the disk that {@code partition} is on */
    public static boolean is(Partition partition, List<Partition> all) {
        String type = type(partition);
        String hashes = BY_ANOTHER.get(type);
        return BY_THEMSELVES.contains(type)
                || (hashes != null && all.stream().anyMatch(each -> type(each).equals(hashes)));
    }

    private static String type(Partition partition) {
        return partition.type().toLowerCase(Locale.ROOT);
    }
}
