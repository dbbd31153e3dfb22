package firstlight.image.disk;

import firstlight.image.Disk;
import firstlight.image.DiskFailure;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Set;

/** The part of a disk that is the same for a block device and for a disk in a file: octets at offsets. */
final class OpenFile implements AutoCloseable {
    /** Octets: no page of the kernel's is longer, and no sector. */
    private static final int ALIGNED = 1 << 16;

    private static final ByteBuffer ZEROS = ByteBuffer.allocateDirect(1 << 20).asReadOnlyBuffer();
    private static final String CURE = "Check the cable and the disk's health (smartctl -a), or use another disk";

    private final Path path;
    private final FileChannel channel;

    /** For the calls that FileChannel does not have. */
    private final int plain;

    /** Opened with O_DIRECT; negative where the file system has none (a disk file in tmpfs). */
    private final int direct;

    OpenFile(Path path, Access access) throws IOException {
        this.path = path;
        Set<StandardOpenOption> options = access == Access.READ
                ? Set.of(StandardOpenOption.READ)
                : Set.of(StandardOpenOption.READ, StandardOpenOption.WRITE);
        this.channel = FileChannel.open(path, options);
        int flags = access == Access.READ ? OpenFlags.O_RDONLY : OpenFlags.O_RDWR;
        this.plain = Native.open(path.toString(), flags);
        if (plain < 0) {
            channel.close();
            throw new IOException(path + " cannot be opened (errno " + -plain + ")");
        }
        this.direct = Native.open(path.toString(), flags | OpenFlags.O_DIRECT);
        // What a file system writes through a partition's node leaves older pages of the whole disk where they are.
        Native.forget(plain, 0, 0);
    }

    int descriptor() {
        return plain;
    }

    long size() throws IOException {
        return channel.size();
    }

    /** Past the page cache for a direct buffer, see {@link #write}; through it for the small reads of tables. */
    void read(long offset, ByteBuffer into) throws IOException {
        long at = readDirect(offset, into);
        try {
            while (into.hasRemaining()) {
                int count = channel.read(into, at);
                if (count < 0) {
                    throw unread(at, "it ends there");
                }
                at += count;
            }
        } catch (DiskFailure known) {
            throw known;
        } catch (IOException broken) {
            throw unread(at, String.valueOf(broken.getMessage()));
        }
    }

    private DiskFailure unread(long at, String cause) {
        return new DiskFailure(path.toString(), path + " cannot be read at offset " + at, cause, CURE);
    }

    private DiskFailure unwritten(long at, String cause) {
        return new DiskFailure(path.toString(), path + " cannot be written at offset " + at, cause, CURE);
    }

    /** @see Disk#readBack */
    void readBack(long offset, ByteBuffer into) throws IOException {
        long at = readAround(readDirect(offset, into), into);
        if (into.hasRemaining()) {
            long from = at / ALIGNED * ALIGNED; // the kernel forgets no page of which it was told a part
            Native.forget(plain, from, (at + into.remaining() + ALIGNED - 1) / ALIGNED * ALIGNED - from);
            read(at, into);
        }
    }

    /**
     * What does not lie or end where the device wants it (a boot sector, a table) is read past the page cache with what is around it.
     * Returns how far it came; what that hinders, a bad sector beside it or the disk's end, is for who reads without.
     */
    private long readAround(long offset, ByteBuffer into) {
        if (direct < 0 || !into.hasRemaining()) {
            return offset;
        }
        long from = offset / ALIGNED * ALIGNED;
        long to = (offset + into.remaining() + ALIGNED - 1) / ALIGNED * ALIGNED;
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer around = arena.allocate(to - from, ALIGNED).asByteBuffer();
            int ignored = Transfers.all((octets, at) -> Native.pread(direct, octets, at), around, from);
            int before = (int) (offset - from);
            int count = Math.clamp(around.position() - before, 0, into.remaining());
            into.put(around.slice(before, count));
            return offset + count;
        }
    }

    /** Returns how far it came; no further when {@code into} is not aligned as this device wants it. */
    private long readDirect(long offset, ByteBuffer into) throws DiskFailure {
        if (direct < 0 || !into.isDirect()) {
            return offset;
        }
        int start = into.position();
        int stopped = Transfers.all((octets, at) -> Native.pread(direct, octets, at), into, offset);
        long at = offset + into.position() - start;
        if (stopped != 0 && stopped != -Errno.EINVAL) {
            throw unread(at, stopped == Transfers.END ? "it ends there" : Errno.words(-stopped));
        }
        return at;
    }

    /**
     * A large aligned direct buffer goes past the page cache: less work for the processor, and a PC with 1 GB keeps its
     * memory. What the device wants to have aligned otherwise goes through the cache.
     */
    void write(long offset, ByteBuffer from) throws IOException {
        long at = writeDirect(offset, from);
        try {
            while (from.hasRemaining()) {
                at += channel.write(from, at);
            }
        } catch (IOException broken) {
            throw unwritten(at, String.valueOf(broken.getMessage()));
        }
    }

    private long writeDirect(long offset, ByteBuffer from) throws DiskFailure {
        if (direct < 0 || !from.isDirect() || from.isReadOnly()) {
            return offset;
        }
        int start = from.position();
        int stopped = Transfers.all((octets, at) -> Native.pwrite(direct, octets, at), from, offset);
        long at = offset + from.position() - start;
        if (stopped != 0 && stopped != -Errno.EINVAL) {
            throw unwritten(at, stopped == Transfers.END ? "it takes nothing there" : Errno.words(-stopped));
        }
        return at;
    }

    /**
     * The kernel's own ways first: a hole (for a block device: write-zeroes with unmap, which promises zeros), then zeros
     * that the device or the kernel writes, then our own.
     */
    void zero(long offset, long length) throws IOException {
        if (Native.fallocate(plain, Native.FALLOC_PUNCH_HOLE | Native.FALLOC_KEEP_SIZE, offset, length) == 0
                || Native.fallocate(plain, Native.FALLOC_ZERO_RANGE | Native.FALLOC_KEEP_SIZE, offset, length) == 0) {
            return;
        }
        for (long at = offset; at < offset + length; ) {
            int step = (int) Math.min(ZEROS.capacity(), offset + length - at);
            write(at, ZEROS.slice(0, step));
            at += step;
        }
    }

    void flush() throws IOException {
        try {
            channel.force(true);
        } catch (IOException broken) {
            throw new DiskFailure(path.toString(), path + " did not take all that was written", broken, CURE);
        }
    }

    @Override
    public void close() throws IOException {
        Native.close(plain);
        if (direct >= 0) {
            Native.close(direct);
        }
        channel.close();
    }
}
