package firstlight.server.images;

import firstlight.image.disk.LoopDevice;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A raw disk that an import unpacks into; gone when it is closed. It may be as large as a virtual machine's disk: where the server was
 * killed meanwhile, its next start removes it.
 */
public record Unpacked(Path file) implements AutoCloseable {
    private static final String NAME = "import-";

    /** Readable by the server's account alone, as temporary files are. */
    static Unpacked in(Path spool) throws IOException {
        Files.createDirectories(spool);
        return new Unpacked(Files.createTempFile(spool, NAME, ".raw"));
    }

    /** Before anything is imported: removes what was left by a server that was killed, for which the kernel may keep loop devices. */
    public static void sweep(Path spool) throws IOException {
        if (!Files.isDirectory(spool)) {
            return;
        }
        try (DirectoryStream<Path> left = Files.newDirectoryStream(spool, NAME + "*.raw")) {
            for (Path file : left) {
                LoopDevice.detachAll(file);
                Files.delete(file);
            }
        }
    }

    @Override
    public void close() throws IOException {
        Files.deleteIfExists(file);
    }
}
