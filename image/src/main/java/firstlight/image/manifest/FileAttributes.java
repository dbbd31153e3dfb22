package firstlight.image.manifest;

import firstlight.model.Bytes;
import java.time.Instant;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * What a file has besides name and content. NTFS and FAT keep the time alone.
 *
 * @param mode the low twelve bits of a Unix mode
 * @param owner a user's number, 0 to 2^32-1
 * @param group a group's number, 0 to 2^32-1
 * @param extended extended attributes by their full name, such as {@code security.capability}
 */
public record FileAttributes(int mode, long owner, long group, Instant modified, SortedMap<String, Bytes> extended) {
    private static final long MOST = 0xFFFF_FFFFL;

    public FileAttributes {
        if ((mode & ~07777) != 0 || owner < 0 || owner > MOST || group < 0 || group > MOST) {
            throw new IllegalArgumentException(
                    "mode " + Integer.toOctalString(mode) + " of " + owner + ":" + group + " is none of a file");
        }
        extended = Collections.unmodifiableSortedMap(new TreeMap<>(extended));
    }
}
