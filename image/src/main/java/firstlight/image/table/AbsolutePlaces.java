package firstlight.image.table;

import java.util.Locale;
import java.util.Set;

/** Types of partitions whose content counts sectors from the disk's start: where they move, their system finds nothing. */
public final class AbsolutePlaces {
    /** On a disk with an MBR, whose last MiB has a database of volumes for all. */
    private static final String DYNAMIC_MBR = "0x42";

    /** Windows' dynamic disks (LDM): with an MBR; the database's own and the volumes' with a GPT. */
    private static final Set<String> DYNAMIC =
            Set.of(DYNAMIC_MBR, "5808c8aa-7e8f-42e0-85d2-e1e90434cfb3", "af9b60a0-1431-4f62-bc68-3311714a69ad");

    /** OpenBSD, NetBSD, and OpenBSD on a GPT: their disk labels. FreeBSD's counts from its own slice's start. */
    private static final Set<String> LABELLED = Set.of("0xa6", "0xa9", "824cc7a0-36a8-11e3-890a-952519ad3f61");

    private AbsolutePlaces() {}

    public static boolean isDynamic(String type) {
        return DYNAMIC.contains(type.toLowerCase(Locale.ROOT));
    }

    public static boolean hasDatabaseAtDisksEnd(String type) {
        return DYNAMIC_MBR.equals(type);
    }

    public static boolean areIn(String type) {
        return isDynamic(type) || LABELLED.contains(type.toLowerCase(Locale.ROOT));
    }
}
