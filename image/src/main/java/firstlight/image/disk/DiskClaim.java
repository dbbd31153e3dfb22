package firstlight.image.disk;

import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/**
 * Tells other programs that a disk is being written, or captured: flock(2) on its node, as udev and sfdisk have it ("Locking Block
 * Device Access" of systemd). O_EXCL would do as well, but nobody could mount a partition then, which a restore does in its end.
 */
final class DiskClaim implements AutoCloseable {
    private static final int ATTEMPTS = 30;
    private static final long BETWEEN_ATTEMPTS = 100_000_000L;
    private static final int LONGEST_COMMAND = 120;

    private final int fd;

    private DiskClaim(int fd) {
        this.fd = fd;
    }

    /**
     * Holds until it is closed, or this program ends. Several may capture at once, and this program is not in its own way.
     *
     * @throws ImageFailure when another process writes to the disk, or captures it and {@code access} is to write
     */
    static DiskClaim of(Path node, Access access) throws IOException {
        int fd = Native.open(node.toString(), OpenFlags.O_RDONLY);
        if (fd < 0) {
            throw new IOException(node + " cannot be opened (" + Errno.words(-fd) + ")");
        }
        DiskClaim claim = new DiskClaim(fd);
        try {
            claim.take(node, access);
            return claim;
        } catch (IOException refused) {
            claim.close();
            throw refused;
        }
    }

    private void take(Path node, Access access) throws IOException {
        int how = (access == Access.READ ? Native.LOCK_SH : Native.LOCK_EX) | Native.LOCK_NB;
        int result = Native.flock(fd, how);
        // udev looks at a disk for a moment when somebody has closed it.
        for (int attempt = 1; result == -Errno.EAGAIN && attempt < ATTEMPTS; attempt++) {
            if (holder(node).equals(Optional.of(ProcessHandle.current().pid()))) {
                return;
            }
            LockSupport.parkNanos(BETWEEN_ATTEMPTS);
            result = Native.flock(fd, how);
        }
        if (result == -Errno.EAGAIN) {
            throw new ImageFailure(
                    "The disk " + node + " is in use",
                    holder(node).map(DiskClaim::words).orElse("another process") + " works on it",
                    "Wait for its end, or end it, or choose another disk");
        }
    }

    private static Optional<Long> holder(Path node) throws IOException {
        return holder(Files.readString(Path.of("/proc/locks")), (long) Files.getAttribute(node, "unix:ino"));
    }

    /** @param locks as /proc/locks has them: {@code 1: FLOCK  ADVISORY  WRITE 4711 00:06:123 0 EOF} */
    static Optional<Long> holder(String locks, long inode) {
        return locks.lines()
                .map(line -> line.strip().split("\\s+", -1))
                .filter(words -> words.length > 5 && words[1].equals("FLOCK") && words[5].endsWith(":" + inode))
                .map(words -> Long.parseLong(words[4]))
                .findFirst();
    }

    private static String words(long pid) {
        String command = "";
        try {
            byte[] octets = Files.readAllBytes(Path.of("/proc", String.valueOf(pid), "cmdline"));
            command = new String(octets, StandardCharsets.UTF_8)
                    .replace('\0', ' ')
                    .strip();
        } catch (IOException ended) {
            // its number says enough
        }
        int length = command.length();
        String end = length <= LONGEST_COMMAND ? command : "..." + command.substring(length - LONGEST_COMMAND);
        return "process " + pid + (command.isEmpty() ? "" : " (" + end + ")");
    }

    @Override
    public void close() {
        Native.close(fd);
    }
}
