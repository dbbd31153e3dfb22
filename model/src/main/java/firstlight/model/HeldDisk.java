package firstlight.model;

import java.util.List;
import java.util.Optional;

/**
 * The one disk of work that names none: the PC's first internal disk, and, once the work was begun there, no other that comes
 * first because that one is gone (docs/adr/0029). In a list of disks it is the only word, {@code first=SERIAL}.
 *
 * @param serial the disk's serial number, without blanks
 */
public record HeldDisk(String serial) {
    private static final String WORD = "first=";

    public HeldDisk {
        if (serial.isEmpty() || serial.contains(" ")) {
            throw new IllegalArgumentException("no serial number of a disk: '" + serial + "'");
        }
    }

    /** Empty for a list of disks that somebody named, and for none. */
    public static Optional<HeldDisk> in(List<String> disks) {
        return disks.size() == 1
                        && disks.getFirst().startsWith(WORD)
                        && disks.getFirst().length() > WORD.length()
                ? Optional.of(new HeldDisk(disks.getFirst().substring(WORD.length())))
                : Optional.empty();
    }

    /** Whether somebody named disks: neither none, nor one that the server holds the work to. */
    public static boolean isNamed(List<String> disks) {
        return !disks.isEmpty() && in(disks).isEmpty();
    }

    public List<String> disks() {
        return List.of(WORD + serial);
    }
}
