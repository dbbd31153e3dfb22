package firstlight.image.store;

import java.io.File;
import java.io.IOException;
import java.nio.file.Path;

/**
 * What packs leave free of their file system, which usually holds the server's database too. Without room for that nobody could even ask
 * for the garbage to be collected, and no PC would be answered.
 *
 * @param file on that file system
 * @param octets less where it is small
 */
record Reserve(File file, long octets) {
    private static final long USUAL = 64L << 20;

    static Reserve at(Path path) {
        File file = path.toFile();
        return new Reserve(file, Math.min(USUAL, file.getTotalSpace() / 16));
    }

    void check() throws IOException {
        if (file.getUsableSpace() < octets) {
            throw new IOException(
                    "No space left on device but " + (octets >> 20) + " MiB, which are kept for the database");
        }
    }
}
