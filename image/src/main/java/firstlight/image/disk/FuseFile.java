package firstlight.image.disk;

import firstlight.image.Disk;
import firstlight.image.ImageFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A disk that no kernel knows of, as a regular file that the kernel reads and writes through this process (FUSE, without a
 * library: one file needs few calls). Needs root. A loop device over it is what file systems' tools can work on.
 */
final class FuseFile implements AutoCloseable {
    private final Path path;
    private final FuseServer server;

    private FuseFile(Path path, FuseServer server) {
        this.path = path;
        this.server = server;
    }

    /** {@code disk} is not closed with the file. */
    static FuseFile present(Disk disk) throws IOException {
        int descriptor = Native.open("/dev/fuse", OpenFlags.O_RDWR);
        if (descriptor < 0) {
            throw failure("/dev/fuse", "errno " + -descriptor);
        }
        Path path = Files.createTempFile("firstlight-", ".disk");
        String options = "fd=" + descriptor + ",rootmode=100600,user_id=0,group_id=0";
        int mounted = Native.mount("firstlight", path.toString(), "fuse", Native.MS_NOSUID_NODEV, options);
        if (mounted < 0) {
            Native.close(descriptor);
            Files.delete(path);
            throw failure(path.toString(), "errno " + -mounted);
        }
        return new FuseFile(path, new FuseServer(descriptor, disk));
    }

    private static ImageFailure failure(String what, String cause) {
        return new ImageFailure(
                "A disk cannot be presented to the kernel at " + what,
                cause,
                "Run as root on a kernel with FUSE (modprobe fuse)");
    }

    /** A file as long as the disk, for root alone. */
    Path path() {
        return path;
    }

    @Override
    public void close() throws IOException {
        // Lazily: who still has it open gets errors from the server's end on, and does not hold up this one.
        Native.unmount(path.toString(), Native.MNT_DETACH);
        server.close();
        Files.deleteIfExists(path);
    }
}
