package firstlight.image.health;

import java.util.List;
import java.util.Locale;

/**
 * What a disk says of itself.
 *
 * @param signs what it counts that a sound disk does not have, in words; of one whose answer is not understood, why
 */
public record DiskHealth(Verdict verdict, List<String> signs) {
    /** No answer: many disks have none, such as virtual ones and those behind a USB bridge or a RAID controller. */
    public static final DiskHealth UNKNOWN = new DiskHealth(Verdict.UNKNOWN, List.of());

    /** How a disk is, the last being the worst. */
    public enum Verdict {
        UNKNOWN,
        GOOD,
        /** It lost something, or is worn out, and says nothing worse of itself. */
        WORN,
        /** The disk itself says that it is failing, or must not be relied on. */
        FAILING
    }

    public DiskHealth {
        signs = List.copyOf(signs);
    }

    static DiskHealth malformed(String why) {
        return new DiskHealth(Verdict.UNKNOWN, List.of("what it says is not understood: " + why));
    }

    /** {@code failing: its own check says so, 12 sectors reallocated}. */
    @Override
    public String toString() {
        return verdict.name().toLowerCase(Locale.ROOT) + (signs.isEmpty() ? "" : ": " + String.join(", ", signs));
    }
}
