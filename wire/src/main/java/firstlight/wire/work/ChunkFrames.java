package firstlight.wire.work;

import firstlight.model.Bytes;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Chunks in the bodies of the engine's requests: names of 32 octets, and frames with a big-endian length before the data. */
public final class ChunkFrames {
    /** SHA-256 of the plain content. */
    public static final int NAME_LENGTH = 32;
    /** More than any chunk's compressed form; a longer frame is an attack or garbage. */
    public static final int MAX_DATA_LENGTH = 32 << 20;

    private ChunkFrames() {}

    /** A chunk on its way up: its name and its zstd frame. {@code data} is handed over, not copied. */
    @SuppressWarnings("ArrayRecordComponent") // the data path; compared nowhere
    public record Frame(Bytes name, byte[] data) {}

    public static byte[] encodeNames(List<Bytes> names) {
        ByteBuffer out = ByteBuffer.allocate(names.size() * NAME_LENGTH);
        for (Bytes name : names) {
            if (name.length() != NAME_LENGTH) {
                throw new IllegalArgumentException("a chunk's name has 32 octets, not " + name.length());
            }
            out.put(name.toArray());
        }
        return out.array();
    }

    public static List<Bytes> decodeNames(byte[] octets) throws MalformedMessage {
        if (octets.length % NAME_LENGTH != 0) {
            throw new MalformedMessage(octets.length + " octets are no list of 32-octet names");
        }
        List<Bytes> names = new ArrayList<>(octets.length / NAME_LENGTH);
        for (int offset = 0; offset < octets.length; offset += NAME_LENGTH) {
            names.add(Bytes.of(octets, offset, NAME_LENGTH));
        }
        return names;
    }

    /** Bit i (least significant first) of octet i/8 is set when chunk i is missing. */
    public static byte[] encodeMissing(List<Boolean> missing) {
        byte[] bits = new byte[(missing.size() + 7) / 8];
        for (int i = 0; i < missing.size(); i++) {
            if (missing.get(i)) {
                bits[i / 8] |= (byte) (1 << i % 8);
            }
        }
        return bits;
    }

    public static boolean isMissing(byte[] bits, int index) {
        return (bits[index / 8] >> index % 8 & 1) != 0;
    }

    public static void writeNamed(OutputStream out, Bytes name, byte[] data) throws IOException {
        out.write(name.toArray());
        writeData(out, data);
    }

    public static void writeData(OutputStream out, byte[] data) throws IOException {
        out.write(ByteBuffer.allocate(4).putInt(data.length).array());
        out.write(data);
    }

    /** Empty at a clean end of the stream. */
    public static Optional<Frame> readNamed(InputStream in) throws IOException, MalformedMessage {
        byte[] name = in.readNBytes(NAME_LENGTH);
        if (name.length == 0) {
            return Optional.empty();
        }
        if (name.length < NAME_LENGTH) {
            throw new EOFException("the stream ends within a chunk's name");
        }
        return Optional.of(new Frame(Bytes.of(name), readData(in)));
    }

    public static byte[] readData(InputStream in) throws IOException, MalformedMessage {
        byte[] prefix = in.readNBytes(4);
        if (prefix.length < 4) {
            throw new EOFException("the stream ends before a chunk");
        }
        int length = ByteBuffer.wrap(prefix).getInt();
        if (length < 0 || length > MAX_DATA_LENGTH) {
            throw new MalformedMessage("a chunk of " + Integer.toUnsignedString(length) + " octets");
        }
        byte[] data = in.readNBytes(length);
        if (data.length < length) {
            throw new EOFException("the stream ends within a chunk");
        }
        return data;
    }
}
