package firstlight.image.store;

import com.github.luben.zstd.ZstdCompressCtx;
import com.github.luben.zstd.ZstdDecompressCtx;
import com.github.luben.zstd.ZstdException;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.DamagedChunk;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Optional;

/**
 * A chunk as what it differs in from another one, its base: how the store keeps the same place of an image's next version. Never
 * leaves the store; who asks for the chunk gets a frame that stands for itself. By RFC 8878 it is a skippable frame and a
 * frame with a dictionary, which is the base's content:
 *
 * <pre>
 * 5E 2A 4D 18, u32 LE 32, 32 octets id of the base, zstd frame
 * </pre>
 */
final class Delta {
    /** RFC 8878, 3.1.2, as a little-endian number. */
    static final int SKIPPABLE = 0x184D2A5E;

    /** The skippable frame: its number, its length, the base's id. */
    private static final int HEADER = 8 + ChunkId.LENGTH;

    private Delta() {}

    /** The base of a stored frame; empty for a frame that stands for itself. */
    static Optional<ChunkId> base(byte[] frame) {
        ByteBuffer header = ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN);
        if (frame.length < HEADER || header.getInt() != SKIPPABLE || header.getInt() != ChunkId.LENGTH) {
            return Optional.empty();
        }
        return Optional.of(ChunkId.at(frame, 8));
    }

    /**
     * @param length octets of {@code content} that count
     * @param level zstd's
     */
    static ChunkFrame pack(ChunkId id, byte[] content, int length, ChunkId base, byte[] baseContent, int level) {
        try (ZstdCompressCtx compressor = new ZstdCompressCtx()) {
            compressor.setLevel(level).setChecksum(false).setContentSize(true).loadDict(baseContent);
            byte[] packed = compressor.compress(content.length == length ? content : Arrays.copyOf(content, length));
            ByteBuffer frame = ByteBuffer.allocate(HEADER + packed.length).order(ByteOrder.LITTLE_ENDIAN);
            frame.putInt(SKIPPABLE).putInt(ChunkId.LENGTH);
            base.put(frame.order(ByteOrder.BIG_ENDIAN));
            return new ChunkFrame(id, frame.put(packed).array());
        }
    }

    /** The content, compared with its id. */
    static byte[] unpack(ChunkId id, byte[] frame, byte[] baseContent) throws DamagedChunk {
        byte[] content;
        try (ZstdDecompressCtx decompressor = new ZstdDecompressCtx()) {
            decompressor.loadDict(baseContent);
            content = decompressor.decompress(Arrays.copyOfRange(frame, HEADER, frame.length), Chunk.LARGEST);
        } catch (ZstdException malformed) {
            throw new DamagedChunk(id, "its difference cannot be unpacked (" + malformed.getMessage() + ")");
        }
        ChunkId found = ChunkId.of(content, 0, content.length);
        if (!found.equals(id)) {
            throw new DamagedChunk(id, "its content has the SHA-256 " + found);
        }
        return content;
    }
}
