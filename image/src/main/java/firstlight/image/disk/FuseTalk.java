package firstlight.image.disk;

import firstlight.image.Disk;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Optional;

/**
 * The kernel's FUSE protocol (linux/fuse.h, version 7.31) for a file system that is one regular file: a request's octets to
 * those of the answer. In the machine's own byte order.
 */
record FuseTalk(Disk disk) {
    /** The largest write that is asked for; a request has room for its headers as well. */
    static final int MOST = 1 << 20;

    static final int BUFFER = MOST + 4096;

    /**
     * Octets of struct fuse_in_header (length, operation, unique, node,
     * user, group, process) and fuse_out_header (length, error, unique).
     */
    private static final int IN_HEADER = 40;

    private static final int OUT_HEADER = 16;

    /** Flags of the first talk: what the kernel offers and is taken up. */
    private static final int ASYNC_READ = 1;

    private static final int BIG_WRITES = 1 << 5;
    private static final int MAX_PAGES = 1 << 22;

    /** Linux' EIO, EINVAL and ENOSYS. */
    private static final int IO = 5;

    private static final int INVALID = 22;
    private static final int NO_SUCH_CALL = 38;

    /** Empty where the kernel wants none. A disk that fails is EIO: why is remembered where the disk is watched. */
    Optional<byte[]> answer(byte[] request) {
        ByteBuffer in = ByteBuffer.wrap(request).order(ByteOrder.nativeOrder());
        if (request.length < IN_HEADER) {
            throw new IllegalStateException("a FUSE request of " + request.length + " octets");
        }
        in.getInt();
        int operation = in.getInt();
        long unique = in.getLong();
        in.position(IN_HEADER);
        try {
            return switch (operation) {
                case 2, 36, 42 -> Optional.empty(); // FORGET, INTERRUPT, BATCH_FORGET
                case 3, 4 -> Optional.of(reply(unique, attributes())); // GETATTR, SETATTR: nothing can be set
                case 14 -> Optional.of(reply(unique, new byte[16])); // OPEN: no handle, no flags
                case 15 -> Optional.of(reply(unique, read(in)));
                case 16 -> Optional.of(reply(unique, write(in)));
                case 18, 25, 38 -> Optional.of(reply(unique)); // RELEASE, FLUSH, DESTROY
                case 20 -> {
                    disk.flush();
                    yield Optional.of(reply(unique));
                }
                case 26 -> Optional.of(reply(unique, init(in)));
                case 43 -> {
                    allocate(in);
                    yield Optional.of(reply(unique));
                }
                default -> Optional.of(failure(unique, NO_SUCH_CALL));
            };
        } catch (IOException broken) {
            return Optional.of(failure(unique, IO));
        } catch (BufferUnderflowException tooShort) {
            return Optional.of(failure(unique, INVALID));
        }
    }

    /**
     * struct fuse_init_out: version, read-ahead, flags, two limits of requests in the background (0: the kernel's), largest
     * write, times' grain, pages.
     */
    private static byte[] init(ByteBuffer in) {
        in.getInt();
        in.getInt();
        int readAhead = in.getInt();
        int offered = in.getInt();
        ByteBuffer out = ByteBuffer.allocate(64).order(ByteOrder.nativeOrder());
        out.putInt(7).putInt(31).putInt(readAhead);
        out.putInt(offered & (ASYNC_READ | BIG_WRITES | MAX_PAGES));
        out.putShort((short) 0).putShort((short) 0).putInt(MOST);
        out.putInt(1).putShort((short) (MOST / 4096));
        return out.array();
    }

    /** struct fuse_attr_out: how long it holds, then inode 1, size, blocks of 512, times, mode (a plain file, 0600), one name, root's. */
    private byte[] attributes() {
        ByteBuffer out = ByteBuffer.allocate(104).order(ByteOrder.nativeOrder());
        out.putLong(60).putInt(0).putInt(0); // good for a minute: only the size matters, and that never changes
        out.putLong(1).putLong(disk.size()).putLong(disk.size() / 512);
        out.position(out.position() + 36); // three times
        out.putInt(0100600).putInt(1).putInt(0).putInt(0).putInt(0).putInt(4096);
        return out.array();
    }

    private byte[] read(ByteBuffer in) throws IOException {
        in.getLong();
        long offset = in.getLong();
        long wanted = in.getInt() & 0xFFFF_FFFFL;
        int length = (int) Math.clamp(disk.size() - offset, 0, Math.min(wanted, MOST));
        byte[] data = new byte[length];
        disk.read(offset, ByteBuffer.wrap(data));
        return data;
    }

    private byte[] write(ByteBuffer in) throws IOException {
        in.getLong();
        long offset = in.getLong();
        int length = in.getInt();
        in.position(IN_HEADER + 40);
        if (length != in.remaining()) {
            throw new IOException("a write of " + length + " octets came with " + in.remaining());
        }
        disk.write(offset, in.slice());
        return ByteBuffer.allocate(8)
                .order(ByteOrder.nativeOrder())
                .putInt(length)
                .array();
    }

    /** Holes and zeros, which a loop device makes of a discard and of write-zeroes. */
    private void allocate(ByteBuffer in) throws IOException {
        in.getLong();
        long offset = in.getLong();
        long length = in.getLong();
        int mode = in.getInt();
        if ((mode & (Native.FALLOC_PUNCH_HOLE | Native.FALLOC_ZERO_RANGE)) != 0) {
            disk.zero(offset, Math.min(length, disk.size() - offset));
        }
    }

    private static byte[] reply(long unique, byte... data) {
        ByteBuffer out = ByteBuffer.allocate(OUT_HEADER + data.length).order(ByteOrder.nativeOrder());
        return out.putInt(OUT_HEADER + data.length)
                .putInt(0)
                .putLong(unique)
                .put(data)
                .array();
    }

    private static byte[] failure(long unique, int errno) {
        return ByteBuffer.allocate(OUT_HEADER)
                .order(ByteOrder.nativeOrder())
                .putInt(OUT_HEADER)
                .putInt(-errno)
                .putLong(unique)
                .array();
    }
}
