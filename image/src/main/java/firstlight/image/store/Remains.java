package firstlight.image.store;

import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.Arrays;

/**
 * What is left of a damaged manifest's file. Its SHA-256 at the end is the version's true name: while that, or all else, is there,
 * another server's file is known to be the same version. A name and a number alone prove nothing, for each server counts for itself.
 */
final class Remains {
    private static final int DIGEST = 32;
    /** Of a file that was cut off: more than what all manifests begin with. */
    private static final int ENOUGH = 200;

    private final byte[] octets;

    Remains(byte[] octets) {
        this.octets = octets;
    }

    static Remains of(Shelf shelf, String name) throws IOException {
        try {
            return new Remains(shelf.read(name));
        } catch (NoSuchFileException gone) {
            return new Remains(new byte[0]);
        } catch (IOException unreadable) {
            if (MediumError.is(unreadable)) {
                return new Remains(new byte[0]);
            }
            throw unreadable;
        }
    }

    boolean areOf(byte[] whole) {
        int body = whole.length - DIGEST;
        boolean sameDigest = octets.length >= DIGEST
                && Arrays.equals(octets, octets.length - DIGEST, octets.length, whole, body, whole.length);
        boolean sameStart = octets.length >= Math.min(ENOUGH, body)
                && octets.length <= whole.length
                && Arrays.equals(octets, 0, Math.min(octets.length, body), whole, 0, Math.min(octets.length, body));
        return sameDigest || sameStart;
    }
}
