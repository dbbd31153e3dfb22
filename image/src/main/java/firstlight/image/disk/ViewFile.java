package firstlight.image.disk;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * A {@link Source} as a file, so that programs can read what is no device: a logical volume, an opened LUKS volume. No device
 * mapper is needed. It may be opened for writing, which partclone.f2fs does without need, but every write is refused.
 */
public final class ViewFile implements AutoCloseable {
    private final FuseFile file;

    private ViewFile(FuseFile file) {
        this.file = file;
    }

    /** @throws IOException when the kernel has no FUSE or does not let us mount */
    public static ViewFile of(Source source) throws IOException {
        if (!Files.exists(Path.of("/dev/fuse"))) {
            Tool.run(List.of("modprobe", "fuse"));
        }
        return new ViewFile(FuseFile.present(new ReadOnlyDisk("a view", 512, source)));
    }

    public Path path() {
        return file.path();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
