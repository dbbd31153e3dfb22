package firstlight.server;

import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;

/** What a boot medium is written to, by what it is and not by its name: the node of a disk must not be replaced by a file. */
sealed interface MediumTarget {
    /** A file of its own, or the one that a link leads to; it need not be there yet. */
    record Plain(Path file) implements MediumTarget {}

    record Disk(Path node) implements MediumTarget {}

    int S_IFMT = 0170000;
    int S_IFBLK = 0060000;

    static MediumTarget of(Path given) {
        try {
            return looked(given);
        } catch (IOException e) {
            throw new OperatorError(given + " cannot be looked at: " + e, "look at its folder and permissions", e);
        }
    }

    private static MediumTarget looked(Path given) throws IOException {
        if (!Files.exists(given)) {
            if (Files.isSymbolicLink(given)) {
                throw new OperatorError(
                        given + " is a link to " + Files.readSymbolicLink(given) + ", which is not there",
                        "plug that disk in, or remove the link");
            }
            // A disk that is not plugged in; a file would stand in its node's place when it is.
            return isAmongNodes(given.toAbsolutePath().normalize()) ? new Disk(given) : new Plain(given);
        }
        Path real = given.toRealPath();
        if (((int) Files.getAttribute(real, "unix:mode") & S_IFMT) == S_IFBLK) {
            return new Disk(real);
        }
        if (!Files.isRegularFile(real, LinkOption.NOFOLLOW_LINKS)) {
            throw new OperatorError(
                    given + " is neither a file nor a disk" + (Files.isDirectory(real) ? ", but a folder" : ""),
                    "name a file, or a disk such as /dev/sdb");
        }
        if (isAmongNodes(real)) {
            throw new OperatorError(
                    given + " is a plain file in the place of a disk's node",
                    "remove it, and plug the disk in again (or restart the host)");
        }
        return new Plain(real);
    }

    /** Shared memory is below /dev as well. */
    private static boolean isAmongNodes(Path path) {
        return path.startsWith("/dev") && !path.startsWith("/dev/shm");
    }
}
