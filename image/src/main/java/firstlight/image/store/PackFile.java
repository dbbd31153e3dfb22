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
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A pack in a file. */
record PackFile(String name, FileChannel channel) implements Pack {
    /** Before each frame: its chunk's id, and its length in four octets, big-endian. */
    static final int HEADER = ChunkId.LENGTH + 4;

    static PackFile create(String name, Path path) throws IOException {
        FileChannel channel = FileChannel.open(
                path, StandardOpenOption.CREATE_NEW, StandardOpenOption.READ, StandardOpenOption.WRITE);
        return new PackFile(name, channel);
    }

    static PackFile open(String name, Path path) throws IOException {
        return new PackFile(name, FileChannel.open(path, StandardOpenOption.READ));
    }

    @Override
    public long size() throws IOException {
        return channel.size();
    }

    /** Not synced. Where it fails, what stands behind {@code offset} is torn. */
    @Override
    public long append(long offset, List<ChunkFrame> frames) throws IOException {
        ByteBuffer header = ByteBuffer.allocate(HEADER);
        long at = offset;
        for (ChunkFrame frame : frames) {
            frame.id().put(header.clear());
            at = write(header.putInt(frame.frame().length).flip(), at);
            at = write(ByteBuffer.wrap(frame.frame()), at); // from where it is: to gather them first is one copy more
        }
        return at;
    }

    private long write(ByteBuffer octets, long offset) throws IOException {
        long at = offset;
        while (octets.hasRemaining()) {
            at += channel.write(octets, at);
        }
        return at;
    }

    /** Empty where no whole frame begins: the pack's end, or a length that no frame has. */
    @Override
    public Optional<ChunkFrame> read(long offset) throws IOException {
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

    @Override
    public byte[] octets(long offset, int length) throws IOException {
        ByteBuffer octets = ByteBuffer.allocate(length);
        return fill(octets, offset) ? octets.array() : Arrays.copyOf(octets.array(), octets.position());
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

    @Override
    public void sync() throws IOException {
        channel.force(true);
    }

    @Override
    public void cutTo(long size) throws IOException {
        channel.truncate(size);
    }

    @Override
    public boolean growsOn() {
        return true;
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
