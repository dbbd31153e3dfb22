package firstlight.image.chunk;

import firstlight.image.ImageFailure;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Optional;

/**
 * The four bodies of docs/protocol/engine.md that carry chunks. Both ends use this class.
 *
 * <pre>
 * ids        N x 32 octets
 * missing    ceil(N/8) octets, bit i (LSB first) set = missing
 * put        frames of: 32 octets id, u32 BE length, zstd frame; the body's end is the end
 * get        frames of: u32 BE length, zstd frame; in the order asked
 * </pre>
 */
public final class ChunkWire {
    private ChunkWire() {}

    public static byte[] ids(List<ChunkId> ids) {
        ByteBuffer body = ByteBuffer.allocate(ids.size() * ChunkId.LENGTH);
        ids.forEach(id -> id.put(body));
        return body.array();
    }

    /** @throws ImageFailure when it is no whole number of ids */
    public static List<ChunkId> ids(byte[] body) throws ImageFailure {
        if (body.length % ChunkId.LENGTH != 0) {
            throw malformed("a list of chunk ids has " + body.length + " octets, not a multiple of 32");
        }
        ByteBuffer from = ByteBuffer.wrap(body);
        List<ChunkId> ids = new ArrayList<>(body.length / ChunkId.LENGTH);
        while (from.hasRemaining()) {
            ids.add(ChunkId.get(from));
        }
        return ids;
    }

    public static byte[] missing(BitSet missing, int count) {
        byte[] body = new byte[(count + 7) / 8];
        byte[] set = missing.toByteArray();
        System.arraycopy(set, 0, body, 0, Math.min(set.length, body.length));
        return body;
    }

    /**
     * @param count of the ids that were asked about
     * @throws ImageFailure when the body is of another length
     */
    public static BitSet missing(byte[] body, int count) throws ImageFailure {
        if (body.length != (count + 7) / 8) {
            throw malformed("the answer for " + count + " chunks has " + body.length + " octets");
        }
        return BitSet.valueOf(body);
    }

    public static void writePut(OutputStream out, List<ChunkFrame> frames) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        byte[] id = new byte[ChunkId.LENGTH];
        for (ChunkFrame frame : frames) {
            frame.id().put(id, 0);
            data.write(id);
            data.writeInt(frame.frame().length);
            data.write(frame.frame());
        }
        data.flush();
    }

    /** How many octets {@link #writePut} writes, for a Content-Length. */
    public static long putLength(List<ChunkFrame> frames) {
        return frames.stream()
                .mapToLong(frame -> ChunkId.LENGTH + 4L + frame.frame().length)
                .sum();
    }

    /** The next frame of a put body; empty at its end. */
    public static Optional<ChunkFrame> readPut(InputStream in) throws IOException {
        byte[] id = in.readNBytes(ChunkId.LENGTH);
        if (id.length == 0) {
            return Optional.empty();
        }
        if (id.length < ChunkId.LENGTH) {
            throw malformed("the body ends inside a chunk id");
        }
        return Optional.of(new ChunkFrame(ChunkId.at(id, 0), readGet(in)));
    }

    public static void writeGet(OutputStream out, List<byte[]> frames) throws IOException {
        DataOutputStream data = new DataOutputStream(out);
        for (byte[] frame : frames) {
            data.writeInt(frame.length);
            data.write(frame);
        }
        data.flush();
    }

    public static long getLength(List<byte[]> frames) {
        return frames.stream().mapToLong(frame -> 4L + frame.length).sum();
    }

    /** One frame of a get body. */
    public static byte[] readGet(InputStream in) throws IOException {
        try {
            DataInputStream data = new DataInputStream(in);
            int length = data.readInt();
            if (length <= 0 || length > Chunk.MAX_FRAME) {
                throw malformed("a chunk frame claims " + Integer.toUnsignedString(length) + " octets");
            }
            byte[] frame = new byte[length];
            data.readFully(frame);
            return frame;
        } catch (EOFException end) {
            throw malformed("the body ends inside a chunk frame");
        }
    }

    private static ImageFailure malformed(String cause) {
        return new ImageFailure(
                "The chunk transfer was cut short or garbled",
                cause,
                "Start the work again; if it happens again, check the network between PC and server");
    }
}
