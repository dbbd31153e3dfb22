package firstlight.image.disk;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

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
        return new ViewFile(FuseFile.present(new ReadOnly(source)));
    }

    public Path path() {
        return file.path();
    }

    @Override
    public void close() throws IOException {
        file.close();
    }

    private record ReadOnly(Source source) implements Disk {
        @Override
        public String name() {
            return "a view";
        }

        @Override
        public long size() {
            return source.size();
        }

        @Override
        public int sectorSize() {
            return 512;
        }

        @Override
        public void read(long offset, ByteBuffer into) throws IOException {
            source.read(offset, into);
        }

        @Override
        public void readBack(long offset, ByteBuffer into) throws IOException {
            source.read(offset, into);
        }

        @Override
        public void write(long offset, ByteBuffer from) throws IOException {
            throw refused();
        }

        @Override
        public void zero(long offset, long length) throws IOException {
            throw refused();
        }

        @Override
        public void discard(long offset, long length) throws IOException {
            throw refused();
        }

        private static IOException refused() {
            return new IOException("a view cannot be written to");
        }

        @Override
        public void flush() {
            // nothing was written
        }

        @Override
        public Optional<Path> node(int partition) {
            return Optional.empty();
        }

        @Override
        public void tableChanged() {
            // nobody writes one
        }

        @Override
        public void close() {
            // whoever made the source has it
        }
    }
}
