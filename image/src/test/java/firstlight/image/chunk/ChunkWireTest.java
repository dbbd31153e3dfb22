package firstlight.image.chunk;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.testkit.CodecLaws;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HexFormat;
import java.util.List;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

class ChunkWireTest {
    private static final ChunkId ABC = ChunkId.of("abc".getBytes(StandardCharsets.US_ASCII), 0, 3);

    @Test
    void anIdIsTheSha256OfTheContent() { // FIPS 180-2, B.1
        assertThat(ABC).hasToString("ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        assertThat(ChunkId.ofHex(ABC.toString())).isEqualTo(ABC);
    }

    @Test
    void listsOfIdsSurvive() {
        new CodecLaws<List<ChunkId>>(unchecked(ChunkWire::ids), ChunkWire::ids, UncheckedIOException.class)
                .hold(List.of(ABC, ChunkId.ZERO, ABC));
    }

    @Test
    void missingChunksAreBitsLowestFirst() throws IOException {
        BitSet missing = new BitSet();
        missing.set(0);
        missing.set(9);
        assertThat(ChunkWire.missing(missing, 11)).containsExactly(1, 2);
        assertThat(ChunkWire.missing(new byte[] {1, 2}, 11)).isEqualTo(missing);
        assertThatThrownBy(() -> ChunkWire.missing(new byte[] {1}, 11)).isInstanceOf(ImageFailure.class);
    }

    @Test
    void framesAreAsTheProtocolSays() throws IOException {
        ByteArrayOutputStream put = new ByteArrayOutputStream();
        List<ChunkFrame> frames = List.of(new ChunkFrame(ABC, new byte[] {7, 8}));
        ChunkWire.writePut(put, frames);
        assertThat(HexFormat.of().formatHex(put.toByteArray())).isEqualTo(ABC + "00000002" + "0708");
        assertThat(ChunkWire.putLength(frames)).isEqualTo(put.size());
        ByteArrayOutputStream get = new ByteArrayOutputStream();
        ChunkWire.writeGet(get, List.of(new byte[] {7, 8}, new byte[] {9}));
        assertThat(HexFormat.of().formatHex(get.toByteArray())).isEqualTo("00000002" + "0708" + "00000001" + "09");
        assertThat(ChunkWire.getLength(List.of(new byte[] {7, 8}, new byte[] {9})))
                .isEqualTo(get.size());
    }

    @Test
    void putBodiesSurviveAndBrokenOnesFailCleanly() {
        record Frame(ChunkId id, List<Byte> octets) {}
        new CodecLaws<List<Frame>>(
                        unchecked(body -> {
                            var in = new ByteArrayInputStream(body);
                            List<Frame> frames = new ArrayList<>();
                            for (var next = ChunkWire.readPut(in); next.isPresent(); next = ChunkWire.readPut(in)) {
                                List<Byte> octets = new ArrayList<>();
                                for (byte octet : next.get().frame()) {
                                    octets.add(octet);
                                }
                                frames.add(new Frame(next.get().id(), octets));
                            }
                            return frames;
                        }),
                        frames -> {
                            var out = new ByteArrayOutputStream();
                            for (Frame frame : frames) {
                                byte[] octets = new byte[frame.octets().size()];
                                for (int i = 0; i < octets.length; i++) {
                                    octets[i] = frame.octets().get(i);
                                }
                                try {
                                    ChunkWire.writePut(out, List.of(new ChunkFrame(frame.id(), octets)));
                                } catch (IOException impossible) {
                                    throw new AssertionError(impossible);
                                }
                            }
                            return out.toByteArray();
                        },
                        UncheckedIOException.class)
                .hold(List.of(new Frame(ABC, List.of((byte) 1, (byte) 2)), new Frame(ABC, List.of((byte) 3))));
    }

    @Test
    void aFlippedBitInAFrameIsDetectedWhereverItIs() throws IOException {
        byte[] content = new byte[3000];
        for (int i = 0; i < content.length; i++) {
            content[i] = (byte) (i * i / 7);
        }
        ChunkId id = ChunkId.of(content, 0, content.length);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            byte[] frame = codec.pack(id, content, 0, content.length).frame();
            byte[] into = new byte[Chunk.SIZE];
            assertThat(codec.unpack(id, frame, into, 0)).isEqualTo(content.length);
            for (int bit = 0; bit < frame.length * 8; bit++) {
                byte[] flipped = frame.clone();
                flipped[bit / 8] ^= (byte) (1 << bit % 8);
                boolean same = same(codec, id, flipped, into);
                // Some bits of a frame's header mean nothing; then the content is right all the same.
                assertThat(same).as("bit %d", bit).isEqualTo(same && Arrays.equals(content, 0, 3000, into, 0, 3000));
            }
        }
    }

    private static boolean same(ChunkCodec codec, ChunkId id, byte[] frame, byte[] into) {
        try {
            return codec.unpack(id, frame, into, 0) == 3000;
        } catch (DamagedChunk detected) {
            assertThat(detected.id()).isEqualTo(id);
            return false;
        }
    }

    @FunctionalInterface
    private interface Decoder<T> {
        T decode(byte[] body) throws IOException;
    }

    private static <T> Function<byte[], T> unchecked(Decoder<T> decoder) {
        return body -> {
            try {
                return decoder.decode(body);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure.getMessage(), failure);
            }
        };
    }
}
