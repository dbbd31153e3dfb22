package firstlight.image.store;

import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.store.ReadAhead.Window;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.ClosedChannelException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** A pack that is an object, or will be one after its {@link #sync}. */
final class S3Pack implements Pack {
    /** A frame of a chunk of the usual size is no longer. */
    private static final int USUAL = PackFile.HEADER + Chunk.SIZE + 4096;

    /** Who reads frame after frame gets this much at once. */
    private static final int AHEAD = 2 << 20;

    private static final Window NOTHING = new Window(0, new byte[0], -1);

    private final String name;
    private final S3Bucket bucket;
    /** Its file on this server's disk, until it is uploaded; null from then on. */
    private volatile @Nullable Pack spooled;

    private final @Nullable Path file;
    /** Octets; grows only while it is in the spool. */
    private volatile long size;

    private final ReadAhead readAhead;

    private S3Pack(
            String name, S3Bucket bucket, ReadAhead readAhead, @Nullable Pack spooled, @Nullable Path file, long size) {
        this.readAhead = readAhead;
        this.name = name;
        this.bucket = bucket;
        this.spooled = spooled;
        this.file = file;
        this.size = size;
    }

    static S3Pack spooled(String name, S3Bucket bucket, ReadAhead readAhead, Pack spooled, Path file) {
        return new S3Pack(name, bucket, readAhead, spooled, file, 0);
    }

    static S3Pack uploaded(String name, S3Bucket bucket, ReadAhead readAhead, long size) {
        return new S3Pack(name, bucket, readAhead, null, null, size);
    }

    @Override
    public String name() {
        return name;
    }

    @Override
    public long size() {
        return size;
    }

    @Override
    public long append(long offset, List<ChunkFrame> frames) throws IOException {
        Pack local = spooled;
        if (local == null) {
            throw new IllegalStateException(name + " is uploaded");
        }
        size = local.append(offset, frames);
        return size;
    }

    @Override
    public Optional<ChunkFrame> read(long offset) throws IOException {
        Pack local = spooled;
        if (local != null) {
            try {
                return local.read(offset);
            } catch (ClosedChannelException uploadedMeanwhile) {
                // it is in the bucket now: below
            }
        }
        if (offset + PackFile.HEADER > size) {
            return Optional.empty();
        }
        Window here = around(offset, USUAL);
        Optional<byte[]> header = here.slice(offset, PackFile.HEADER);
        if (header.isEmpty()) {
            return Optional.empty();
        }
        ByteBuffer fields = ByteBuffer.wrap(header.get());
        ChunkId id = ChunkId.get(fields);
        int length = fields.getInt();
        if (length <= 0 || length > Chunk.MAX_FRAME) {
            return Optional.empty();
        }
        long next = offset + PackFile.HEADER + length;
        if (next > here.end()) {
            here = around(offset, (int) (next - offset));
        }
        readAhead.put(name, new Window(here.start(), here.octets(), next));
        return here.slice(offset + PackFile.HEADER, length).map(frame -> new ChunkFrame(id, frame));
    }

    @Override
    public byte[] octets(long offset, int length) throws IOException {
        Pack local = spooled;
        return local == null
                ? bucket.get(name, offset, (int) Math.min(length, size - offset))
                : local.octets(offset, length);
    }

    /** A window that holds {@code count} octets from {@code offset}, or all there are. */
    private Window around(long offset, int count) throws IOException {
        Window known = readAhead.of(name).orElse(NOTHING);
        long end = Math.min(size, offset + count);
        if (offset >= known.start() && known.end() >= end) {
            return known;
        }
        // Who reads on among long frames gets two of them: one request each, not two.
        int ahead = count > USUAL ? 2 * count : Math.max(AHEAD, known.octets().length);
        int length = (int) Math.min(size - offset, offset == known.next() ? ahead : count);
        return new Window(offset, bucket.get(name, offset, length), -1);
    }

    /** Uploads it. An object never grows: this pack takes nothing more afterwards. */
    @Override
    public void sync() throws IOException {
        Pack local = spooled;
        if (local != null && file != null) {
            bucket.put(name, file);
            spooled = null;
            local.close();
            Files.delete(file);
        }
    }

    @Override
    public void cutTo(long size) throws IOException {
        throw new IOException(name + " does not grow on");
    }

    @Override
    public boolean growsOn() {
        return false;
    }

    @Override
    public void close() throws IOException {
        Pack local = spooled;
        if (local != null) {
            local.close();
        }
    }
}
