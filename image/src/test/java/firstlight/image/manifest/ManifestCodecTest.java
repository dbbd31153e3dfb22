package firstlight.image.manifest;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.image.table.TableSectors;
import firstlight.model.Bytes;
import firstlight.testkit.CodecLaws;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class ManifestCodecTest {
    private static final CodecLaws<Manifest> LAWS =
            new CodecLaws<>(ManifestCodecTest::decode, ManifestCodec::encode, UncheckedIOException.class);

    private static Manifest decode(byte[] octets) {
        try {
            return ManifestCodec.decode(octets);
        } catch (ImageFailure failure) {
            throw new UncheckedIOException(failure.getMessage(), failure);
        }
    }

    private static Manifest sample() {
        return sample(Chunk.SIZE);
    }

    private static Manifest sample(int chunkSize) {
        Extents used = new Extents.Builder()
                .add(0, 4096)
                .add(3L * chunkSize - 512, 5L * chunkSize)
                .add(1L << 40, (1L << 40) + 512)
                .build();
        ChunkTable.Builder chunks = new ChunkTable.Builder(used.cells(chunkSize), chunkSize);
        chunks.set(0, ChunkId.of(new byte[] {1}, 0, 1));
        chunks.set(3, ChunkId.of(new byte[] {2}, 0, 1));
        Region data = new Region(
                2, 1 << 20, 2L << 40, "ext4", new Content.Blocks(Content.Method.USED_BLOCKS, used, chunks.build()));
        Region swap = new Region(3, 3L << 40, 1 << 20, "swap", new Content.Swap(new UUID(1, 2), "label", 4096));
        ChunkTable.Builder one = new ChunkTable.Builder(1, chunkSize);
        Region gap =
                new Region(0, 512, 4096, "", new Content.Blocks(Content.Method.RAW, Extents.of(0, 4096), one.build()));
        TableSectors table = new TableSectors(
                TableSectors.Kind.MBR, List.of(new TableSectors.Run(0, Bytes.of(new byte[] {1, 2, 3}))));
        return new Manifest(
                Instant.parse("2026-11-22T15:00:00Z"),
                "test 1",
                List.of(
                        new DiskImage(4L << 40, 512, table, List.of(gap, data, swap)),
                        new DiskImage(1 << 20, 4096, TableSectors.NONE, List.of())),
                List.of("a note"));
    }

    @Test
    void everyManifestSurvivesItsFile() {
        LAWS.roundTrip(sample());
        LAWS.roundTrip(sample(Chunk.LARGEST));
        assertThat(decode(ManifestCodec.encode(sample(4 * Chunk.SIZE))).chunkSize())
                .isEqualTo(1 << 20);
        LAWS.roundTrip(new Manifest(Instant.EPOCH, "", List.of(), List.of()));
    }

    @Test
    void aManifestThatWasCutOrChangedIsRefused() {
        byte[] octets = ManifestCodec.encode(sample());
        LAWS.truncation(octets);
        LAWS.mutation(octets, 2_000);
        for (int bit = 0; bit < octets.length * 8; bit++) {
            byte[] flipped = octets.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatThrownBy(() -> ManifestCodec.decode(flipped)).isInstanceOf(ImageFailure.class);
        }
    }

    @Test
    void aLaterVersionOfTheFormatIsNamedAndNotGuessedAt() throws Exception {
        byte[] octets = ManifestCodec.encode(sample());
        ByteBuffer.wrap(octets).putInt(8, 3);
        byte[] sha = MessageDigest.getInstance("SHA-256").digest(Arrays.copyOf(octets, octets.length - 32));
        System.arraycopy(sha, 0, octets, octets.length - 32, 32);
        assertThatThrownBy(() -> ManifestCodec.decode(octets))
                .hasMessageContaining("version 3")
                .hasMessageContaining("newer Firstlight");
    }

    @Test
    void chunksOfAnotherSizeThanThisProgramKnowsAreNamedAndNotGuessedAt() throws Exception {
        for (String size : List.of("524287", "131072", "4194304")) {
            byte[] octets = withHeader(sample(2 * Chunk.SIZE), "524288", size);
            assertThatThrownBy(() -> ManifestCodec.decode(octets))
                    .hasMessageContaining("its chunks have " + size + " octets")
                    .hasMessageContaining("newer Firstlight");
        }
    }

    /** With {@code was} in the header made {@code is}. */
    private static byte[] withHeader(Manifest manifest, String was, String is) throws Exception {
        byte[] file = ManifestCodec.encode(manifest);
        ByteBuffer plain = ByteBuffer.wrap(
                com.github.luben.zstd.Zstd.decompress(Arrays.copyOfRange(file, 12, file.length - 32), 1 << 20));
        byte[] header = new byte[plain.getInt()];
        plain.get(header);
        byte[] changed =
                new String(header, StandardCharsets.UTF_8).replace(was, is).getBytes(StandardCharsets.UTF_8);
        ByteBuffer anew = ByteBuffer.allocate(4 + changed.length + plain.remaining());
        anew.putInt(changed.length).put(changed).put(plain);
        byte[] packed = com.github.luben.zstd.Zstd.compress(anew.array(), 3);
        ByteBuffer result = ByteBuffer.allocate(12 + packed.length + 32);
        result.put(file, 0, 12).put(packed);
        MessageDigest sha256 = MessageDigest.getInstance("SHA-256");
        sha256.update(result.array(), 0, result.position());
        return result.put(sha256.digest()).array();
    }

    @Test
    void anImageHasChunksOfOneSize() {
        List<DiskImage> disks = List.of(
                sample().disks().getFirst(), sample(2 * Chunk.SIZE).disks().getFirst());
        assertThatThrownBy(() -> new Manifest(Instant.EPOCH, "", disks, List.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void tablesOfBlocksSurviveAndStrangersDoNoHarm() {
        Content.Blocks blocks =
                (Content.Blocks) sample().disks().getFirst().regions().get(1).content();
        CodecLaws<Content.Blocks> laws = new CodecLaws<>(
                octets -> {
                    try {
                        return BlocksCodec.decode(Content.Method.USED_BLOCKS, Chunk.SIZE, ByteBuffer.wrap(octets));
                    } catch (IllegalArgumentException | BufferUnderflowException | ArithmeticException bad) {
                        throw new UncheckedIOException("malformed: " + bad, new IOException(bad));
                    }
                },
                content -> {
                    var out = new ByteArrayOutputStream();
                    BlocksCodec.encode(content, out);
                    return out.toByteArray();
                },
                UncheckedIOException.class);
        laws.hold(blocks);
    }

    @Test
    void zeroChunksAreNotAskedOfTheStore() {
        assertThat(sample().usedBytes()).isEqualTo(4096 + 512 + 2L * Chunk.SIZE + 512 + 4096);
        var asked = new ArrayList<ChunkId>();
        sample().forEachChunk(asked::add);
        assertThat(asked).hasSize(2).noneMatch(ChunkId::isZero);
    }
}
