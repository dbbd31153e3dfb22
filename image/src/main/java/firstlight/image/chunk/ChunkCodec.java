package firstlight.image.chunk;

import com.github.luben.zstd.Zstd;
import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import java.nio.ByteBuffer;
import java.util.Arrays;

/** Packs and unpacks chunks. Belongs to one thread, for it keeps zstd's working memory. */
public final class ChunkCodec implements AutoCloseable {
    private static final byte[] ZEROS = new byte[Chunk.SIZE];
    private static final ByteBuffer ZERO_BUFFER =
            ByteBuffer.allocateDirect(Chunk.SIZE).asReadOnlyBuffer();

    private final ZstdCompressCtx compressor = new ZstdCompressCtx();
    private final ZstdDecompressCtx decompressor = new ZstdDecompressCtx();
    private byte[] scratch = new byte[0];
    private ByteBuffer directScratch = ByteBuffer.allocateDirect(0);
    private byte[] plain = new byte[0];

    /** @param level zstd's, 1 to 22; who only unpacks takes any */
    public ChunkCodec(int level) {
        compressor.setLevel(level).setChecksum(false).setContentSize(true);
    }

    /** Also of nothing at all. */
    public static boolean isZero(byte[] content, int offset, int length) {
        for (int at = 0; at < length; at += Chunk.SIZE) {
            int step = Math.min(Chunk.SIZE, length - at);
            if (!Arrays.equals(content, offset + at, offset + at + step, ZEROS, 0, step)) {
                return false;
            }
        }
        return true;
    }

    public static boolean isZero(ByteBuffer content, int offset, int length) {
        for (int at = 0; at < length; at += Chunk.SIZE) {
            int step = Math.min(Chunk.SIZE, length - at);
            if (content.slice(offset + at, step).mismatch(ZERO_BUFFER.slice(0, step)) >= 0) {
                return false;
            }
        }
        return true;
    }

    public ChunkFrame pack(ChunkId id, byte[] content, int offset, int length) {
        int room = room(length);
        if (scratch.length < room) {
            scratch = new byte[room];
        }
        int packed = compressor.compressByteArray(scratch, 0, scratch.length, content, offset, length);
        return new ChunkFrame(id, Arrays.copyOf(scratch, packed));
    }

    /** Of a direct buffer, without a copy of it; neither position nor limit counts or changes. */
    public ChunkFrame pack(ChunkId id, ByteBuffer content, int offset, int length) {
        int room = room(length);
        if (directScratch.capacity() < room) {
            directScratch = ByteBuffer.allocateDirect(room);
        }
        int packed = compressor.compressDirectByteBuffer(directScratch, 0, room, content, offset, length);
        byte[] frame = new byte[packed];
        directScratch.get(0, frame);
        return new ChunkFrame(id, frame);
    }

    private static int room(int length) {
        return (int) Zstd.compressBound(Math.max(length, Chunk.SIZE));
    }

    /**
     * Unpacks {@code frame} into {@code into} and compares it with its id.
     *
     * @return the length of the content
     */
    public int unpack(ChunkId id, byte[] frame, byte[] into, int offset) throws DamagedChunk {
        int length;
        try {
            int room = Math.min(Chunk.LARGEST, into.length - offset);
            length = decompressor.decompressByteArray(into, offset, room, frame, 0, frame.length);
        } catch (ZstdException malformed) {
            throw malformed(id, malformed);
        }
        return compared(id, ChunkId.of(into, offset, length), length);
    }

    /** The same into a direct buffer, of which neither position nor limit counts or changes. */
    public int unpack(ChunkId id, byte[] frame, ByteBuffer into, int offset) throws DamagedChunk {
        int length;
        try {
            int room = Math.min(Chunk.LARGEST, into.capacity() - offset);
            length = decompressor.decompressByteArrayToDirectByteBuffer(into, offset, room, frame, 0, frame.length);
        } catch (ZstdException malformed) {
            throw malformed(id, malformed);
        }
        return compared(id, ChunkId.of(into, offset, length), length);
    }

    private static DamagedChunk malformed(ChunkId id, ZstdException malformed) {
        return new DamagedChunk(id, "its zstd frame cannot be unpacked (" + malformed.getMessage() + ")");
    }

    private static int compared(ChunkId id, ChunkId found, int length) throws DamagedChunk {
        if (!found.equals(id)) {
            throw new DamagedChunk(id, "its content has the SHA-256 " + found);
        }
        return length;
    }

    /** The content of {@code frame}, compared with its id; an array of its own. */
    public byte[] content(ChunkId id, byte[] frame) throws DamagedChunk {
        int length = check(id, frame); // which may take another array
        return Arrays.copyOf(plain, length);
    }

    /**
     * Compares what {@code frame} holds with its id.
     *
     * @return the length of the content
     */
    public int check(ChunkId id, byte[] frame) throws DamagedChunk {
        long claimed = Zstd.getFrameContentSize(frame); // what is none, or unknown, fails below where it is too long
        int room = Math.clamp(claimed, Chunk.SIZE, Chunk.LARGEST);
        if (plain.length < room) {
            plain = new byte[room];
        }
        return unpack(id, frame, plain, 0);
    }

    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }
}
