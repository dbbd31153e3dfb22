package firstlight.image.table;

import firstlight.model.Bytes;
import java.util.List;

/**
 * A partition table as the disk holds it, octet for octet: boot code, UUIDs, attributes and whatever we do not know.
 *
 * @param kind what these sectors are
 * @param runs by rising offset
 */
public record TableSectors(Kind kind, List<Run> runs) {
    public static final TableSectors NONE = new TableSectors(Kind.NONE, List.of());

    public TableSectors {
        runs = List.copyOf(runs);
    }

    public enum Kind {
        GPT,
        MBR,
        /** No partition table: a file system, or nothing, on the bare disk. */
        NONE
    }

    /** Octets from {@code offset} of the disk. */
    public record Run(long offset, Bytes octets) {}
}
