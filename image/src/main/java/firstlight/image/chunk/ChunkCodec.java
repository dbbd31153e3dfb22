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
    private final byte[] scratch = new byte[(int) Zstd.compressBound(Chunk.SIZE)];

    public ChunkCodec(int level) {
        compressor.setLevel(level).setChecksum(false).setContentSize(true);
    }

    public static boolean isZero(byte[] content, int offset, int length) {
        return Arrays.equals(content, offset, offset + length, ZEROS, 0, length);
    }

    public static boolean isZero(ByteBuffer content, int offset, int length) {
        return content.slice(offset, length).mismatch(ZERO_BUFFER.slice(0, length)) < 0;
    }

    public ChunkFrame pack(ChunkId id, byte[] content, int offset, int length) {
        int packed = compressor.compressByteArray(scratch, 0, scratch.length, content, offset, length);
        return new ChunkFrame(id, Arrays.copyOf(scratch, packed));
    }

    /**
     * Unpacks {@code frame} into {@code into} and compares it with its id.
     *
     * @return the length of the content
     */
    public int unpack(ChunkId id, byte[] frame, byte[] into, int offset) throws DamagedChunk {
        int length;
        try {
            int room = Math.min(Chunk.SIZE, into.length - offset);
            length = decompressor.decompressByteArray(into, offset, room, frame, 0, frame.length);
        } catch (ZstdException malformed) {
            throw new DamagedChunk(id, "its zstd frame cannot be unpacked (" + malformed.getMessage() + ")");
        }
        ChunkId found = ChunkId.of(into, offset, length);
        if (!found.equals(id)) {
            throw new DamagedChunk(id, "its content has the SHA-256 " + found);
        }
        return length;
    }

    @Override
    public void close() {
        compressor.close();
        decompressor.close();
    }
}
