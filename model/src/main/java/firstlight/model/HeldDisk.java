package firstlight.model;

import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one disk of work that names none: the PC's first internal disk, and, once the work was begun there, no other that comes
 * first because that one is gone (docs/adr/0029). In a list of disks it is the only word, {@code first=SERIAL}, or
 * {@code first=SERIAL COUNT} where it is the first of several with that number.
 *
 * @param serial the disk's serial number, without blanks
 * @param count how many disks of the PC have it, 1 as a rule
 */
public record HeldDisk(String serial, int count) {
    private static final Pattern WORD = Pattern.compile("first=([^ ]+)(?: ([2-9]|[1-9][0-9]{1,3}))?");

    public HeldDisk {
        if (serial.isEmpty() || serial.contains(" ")) {
            throw new IllegalArgumentException("no serial number of a disk: '" + serial + "'");
        }
        if (count < 1) {
            throw new IllegalArgumentException(count + " disks with the serial number " + serial);
        }
    }

    /** The only one with that number. */
    public HeldDisk(String serial) {
        this(serial, 1);
    }

    /** Empty for a list of disks that somebody named, and for none. */
    public static Optional<HeldDisk> in(List<String> disks) {
        Matcher word = WORD.matcher(disks.size() == 1 ? disks.getFirst() : "");
        return word.matches()
                ? Optional.of(new HeldDisk(word.group(1), word.group(2) == null ? 1 : Integer.parseInt(word.group(2))))
                : Optional.empty();
    }

    /** Whether somebody named disks: neither none, nor one that the server holds the work to. */
    public static boolean isNamed(List<String> disks) {
        return !disks.isEmpty() && in(disks).isEmpty();
    }

    public List<String> disks() {
        return List.of("first=" + serial + (count == 1 ? "" : " " + count));
    }
}
