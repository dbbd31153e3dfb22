package firstlight.image.store;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;

/** Frames one after the other, each with its id before it: the form in which they come over the wire. */
final class PackFile implements AutoCloseable {
    static final int HEADER = ChunkId.LENGTH + 4;

    private final Path path;
    private final FileChannel channel;

    private PackFile(Path path, FileChannel channel) {
        this.path = path;
        this.channel = channel;
    }

    static PackFile create(Path path) throws IOException {
        return new PackFile(
                path,
                FileChannel.open(
                        path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE));
    }

    static PackFile open(Path path) throws IOException {
        return new PackFile(path, FileChannel.open(path, StandardOpenOption.READ));
    }

    Path path() {
        return path;
    }

    /** Writes all of {@code frames} from {@code offset} on; returns the offset behind them. */
    long append(long offset, List<ChunkFrame> frames) throws IOException {
        int length =
                frames.stream().mapToInt(frame -> HEADER + frame.frame().length).sum();
        ByteBuffer buffer = ByteBuffer.allocate(length);
        for (ChunkFrame frame : frames) {
            frame.id().put(buffer);
            buffer.putInt(frame.frame().length).put(frame.frame());
        }
        buffer.flip();
        long at = offset;
        while (buffer.hasRemaining()) {
            at += channel.write(buffer, at);
        }
        return at;
    }

    /** The frame at {@code offset}; empty when there is none, as behind the last one or where writing was cut short. */
    Optional<ChunkFrame> read(long offset) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        if (!fill(header, offset)) {
            return Optional.empty();
        }
        header.flip();
        ChunkId id = ChunkId.get(header);
        int length = header.getInt();
        if (length <= 0 || length > Chunk.MAX_FRAME) {
            return Optional.empty();
        }
        ByteBuffer frame = ByteBuffer.allocate(length);
        return fill(frame, offset + HEADER) ? Optional.of(new ChunkFrame(id, frame.array())) : Optional.empty();
    }

    private boolean fill(ByteBuffer buffer, long offset) throws IOException {
        try {
            for (long at = offset; buffer.hasRemaining(); ) {
                int count = channel.read(buffer, at);
                if (count < 0) {
                    throw new EOFException();
                }
                at += count;
            }
            return true;
        } catch (EOFException end) {
            return false;
        }
    }

    void sync() throws IOException {
        channel.force(true);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
