package firstlight.image.store;

import firstlight.image.Amount;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What a store leaves free of their file system, which usually holds the server's database too. Without room for that nobody could even ask
 * for the garbage to be collected, and no PC would be answered.
 *
 * @param file on that file system
 * @param octets less where it is small
 */
record Reserve(File file, long octets) {
    private static final long USUAL = 64L << 20;

    static Reserve at(Path directory) {
        File file = directory.toFile();
        return new Reserve(file, Math.min(USUAL, file.getTotalSpace() / 16));
    }

    /** Root may use what a file system keeps for it (ext4: one part in twenty), and so may the database. */
    private long room() {
        return "root".equals(System.getProperty("user.name")) ? file.getFreeSpace() : file.getUsableSpace();
    }

    void check() throws IOException {
        if (room() < octets) {
            throw new IOException(
                    "No space left on device but " + Amount.mib(octets) + ", which are kept for the database");
        }
    }

    /** Whether the half of it is left: the other half is for copies, without which a full store could not be collected. */
    boolean isLeftAfter(long written) {
        return room() - written >= octets / 2;
    }
}
