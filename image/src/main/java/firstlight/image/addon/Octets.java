package firstlight.image.addon;

import firstlight.image.manifest.AddOn;
import firstlight.image.manifest.FileEntry;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/** The octets of an add-on's files. */
final class Octets {
    private Octets() {}

    /** The file that {@code twin} is another name of. */
    static FileEntry.Plain original(AddOn addOn, FileEntry.Twin twin) {
        for (FileEntry entry : addOn.entries()) {
            if (entry instanceof FileEntry.Plain file && file.path().equals(twin.of())) {
                return file;
            }
        }
        throw new IllegalStateException("an add-on has the file of " + twin); // its constructor looked
    }

    static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible); // every Java platform has it
        }
    }
}
