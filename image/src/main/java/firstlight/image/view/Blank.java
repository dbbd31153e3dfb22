package firstlight.image.view;

import java.io.IOException;
import java.nio.ByteBuffer;

/** Zeros behind an image, as on a larger disk. Read-only: {@link Overlay} makes it writable. */
public record Blank(String name, long size, int sectorSize) implements View {
    @Override
    public void read(long offset, ByteBuffer into) throws IOException {
        check(offset, into.remaining());
        into.put(new byte[into.remaining()]);
    }

    @Override
    public void write(long offset, ByteBuffer from) throws IOException {
        throw new IOException(name + " behind its end never changes");
    }

    @Override
    public void zero(long offset, long length) throws IOException {
        check(offset, length);
    }

    @Override
    public void discard(long offset, long length) throws IOException {
        check(offset, length);
    }

    @Override
    public void flush() {
        // nothing was written
    }

    @Override
    public void close() {
        // holds nothing
    }
}
