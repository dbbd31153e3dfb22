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

    /** Of the kernel, a folder for each disk and partition. */
    Path BLOCK_DEVICES = Path.of("/sys/class/block");
    /** The kernel follows no more of them. */
    int MOST_LINKS = 40;

    static MediumTarget of(Path given) {
        return of(given, BLOCK_DEVICES);
    }

    static MediumTarget of(Path given, Path blockDevices) {
        try {
            return looked(given, blockDevices);
        } catch (IOException e) {
            throw new OperatorError(given + " cannot be looked at: " + e, "look at its folder and permissions", e);
        }
    }

    private static MediumTarget looked(Path given, Path blockDevices) throws IOException {
        if (!Files.exists(given)) {
            Path end = end(given);
            if (!isAmongNodes(end.toAbsolutePath().normalize())) {
                return new Plain(end);
            }
            if (!end.equals(given)) {
                throw new OperatorError(
                        given + " is a link to " + end + ", which is not there",
                        "plug that disk in, or remove the link");
            }
            // A disk that is not plugged in; a file would stand in its node's place when it is.
            return new Disk(given);
        }
        Path real = given.toRealPath();
        if (((int) Files.getAttribute(real, "unix:mode") & S_IFMT) == S_IFBLK) {
            if (Files.exists(blockDevices.resolve(real.getFileName()).resolve("partition"))) {
                throw new OperatorError(
                        given + " is a partition, no disk", "name the disk that it is on; lsblk shows it");
            }
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

    /** What is made where links lead to nothing: as if each had been written in place of the last. */
    private static Path end(Path given) throws IOException {
        Path end = given;
        for (int links = 0; Files.isSymbolicLink(end); links++) {
            if (links == MOST_LINKS) {
                throw new IOException("links lead in a circle");
            }
            end = end.toAbsolutePath().resolveSibling(".").toRealPath().resolve(Files.readSymbolicLink(end));
        }
        return end;
    }

    /** Shared memory is below /dev as well. */
    private static boolean isAmongNodes(Path path) {
        return path.startsWith("/dev") && !path.startsWith("/dev/shm");
    }
}
