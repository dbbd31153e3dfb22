package firstlight.image.store;

import static firstlight.image.store.ImageStoreConformance.ENTRY;
import static firstlight.image.store.ImageStoreConformance.concat;
import static firstlight.image.store.ImageStoreConformance.ids;
import static firstlight.image.store.ImageStoreConformance.missing;
import static firstlight.image.store.ImageStoreConformance.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.DamagedChunk;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What every image store owes when it packs its chunks anew. */
interface RepackingConformance {
    int LEVEL = 12;

    ImageStore open() throws IOException;

    /** Half of it can be compressed, and a zstd of a higher level does it better. */
    static byte[] content(long seed) {
        Random random = new Random(seed);
        byte[] content = new byte[Chunk.SIZE];
        byte[] word = new byte[24];
        for (int at = 0; at < content.length; at += word.length) {
            if (random.nextInt(3) > 0) {
                random.nextBytes(word);
            }
            System.arraycopy(word, 0, content, at, Math.min(word.length, content.length - at));
        }
        return content;
    }

    static ChunkFrame frame(byte[] content) {
        try (ChunkCodec codec = new ChunkCodec(1)) {
            return codec.pack(ChunkId.of(content, 0, content.length), content, 0, content.length);
        }
    }

    static List<ChunkFrame> first() {
        return IntStream.range(0, 20).mapToObj(seed -> frame(content(seed))).toList();
    }

    /** Of each a file was deleted. */
    static List<ChunkFrame> second() {
        return IntStream.range(0, 20)
                .mapToObj(seed -> {
                    byte[] content = content(seed);
                    Arrays.fill(content, 40_000, 60_000, (byte) 0);
                    return frame(content);
                })
                .toList();
    }

    private static void assertStandAlone(ImageStore store, List<ChunkFrame> frames) throws IOException {
        List<byte[]> got = store.source().get(ids(frames));
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (int i = 0; i < frames.size(); i++) {
                assertThat(codec.unpack(frames.get(i).id(), got.get(i), new byte[Chunk.SIZE], 0))
                        .isEqualTo(Chunk.SIZE);
            }
        }
    }

    @Test
    default void packingMakesTheSameChunksShorterOnceAndForAll() throws IOException {
        List<ChunkFrame> frames = first();
        try (ImageStore store = open()) {
            publish(store, frames);
            Repacked packed = store.repack(LEVEL, 2, Progress.SILENT);
            assertThat(packed.chunks()).isEqualTo(20);
            assertThat(packed.after()).isLessThan(packed.before());
            assertThat(packed.damages()).isEmpty();
            assertStandAlone(store, frames);
            assertThat(store.source().get(ids(frames)).stream()
                            .mapToLong(frame -> frame.length)
                            .sum())
                    .isLessThan(frames.stream()
                            .mapToLong(frame -> frame.frame().length)
                            .sum());
            assertThat(store.repack(LEVEL, 2, Progress.SILENT).packs()).isZero();
        }
        try (ImageStore store = open()) {
            assertThat(store.verify(store.find(ImageStoreConformance.NAME, 1).orElseThrow(), Progress.SILENT))
                    .isEmpty();
            assertThat(store.repack(LEVEL, 2, Progress.SILENT).packs()).isZero();
            assertThat(store.collect(true, Progress.SILENT).chunks()).isZero();
        }
    }

    /** Of a disk with terabytes in use; beside them some of the usual size. */
    @Test
    default void theLargestChunksAreKeptGivenAndPackedLikeTheOthers() throws IOException {
        Random random = new Random(7);
        List<ChunkFrame> frames = new ArrayList<>(first());
        for (int i = 0; i < 9; i++) {
            byte[] content = new byte[Chunk.LARGEST];
            random.nextBytes(content);
            Arrays.fill(content, i * 200_000, Chunk.LARGEST, (byte) i); // the last but one can hardly be packed
            frames.add(2 * i, frame(content));
        }
        try (ImageStore store = open()) {
            store.sink().put(frames);
            store.sync();
            assertWhole(store, frames);
        }
        try (ImageStore store = open()) {
            assertThat(missing(store, frames)).isZero();
            assertWhole(store, frames);
            assertThat(store.repack(LEVEL, 2, Progress.SILENT).damages()).isEmpty();
            assertWhole(store, frames);
        }
    }

    private static void assertWhole(ImageStore store, List<ChunkFrame> frames) throws IOException {
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (ChunkFrame frame : frames) { // one after the other, as whoever reads on
                assertThat(codec.check(
                                frame.id(),
                                store.source().get(List.of(frame.id())).getFirst()))
                        .isIn(Chunk.SIZE, Chunk.LARGEST);
            }
        }
    }

    @Test
    default void whatDiffersLittleFromTheVersionBeforeIsKeptAsTheDifferenceAndGivenOutWhole() throws IOException {
        try (ImageStore store = open()) {
            publish(store, first());
            publish(store, second());
            Repacked packed = store.repack(LEVEL, 2, Progress.SILENT);
            assertThat(packed.deltas()).isEqualTo(20);
            assertThat(packed.after()).isLessThan(packed.before() * 6 / 10);
            assertStandAlone(store, concat(first(), second()));
        }
        try (ImageStore store = open()) {
            assertStandAlone(store, concat(first(), second()));
            for (ImageVersion version : store.list()) {
                assertThat(store.verify(version, Progress.SILENT)).isEmpty();
            }
            assertThat(store.collect(true, Progress.SILENT).chunks()).isZero();
        }
    }

    @Test
    default void theVersionBeforeCanGoAndWhatWasDeletedGoesWithIt() throws IOException {
        try (ImageStore store = open()) {
            publish(store, first());
            publish(store, second());
            store.repack(LEVEL, 2, Progress.SILENT);
            store.remove(store.find(ImageStoreConformance.NAME, 1).orElseThrow(), ENTRY);
        }
        try (ImageStore store = open()) {
            assertThat(store.collect(false, Progress.SILENT).chunks()).isGreaterThanOrEqualTo(20);
            assertThat(missing(store, first())).isEqualTo(20);
            assertStandAlone(store, second());
        }
        try (ImageStore store = open()) {
            assertThat(store.verify(store.find(ImageStoreConformance.NAME, 2).orElseThrow(), Progress.SILENT))
                    .isEmpty();
        }
    }

    @Test
    default void aCaptureThatIsToldAChunkIsThereCanRelyOnWhatItIsToldBy() throws IOException {
        try (ImageStore store = open()) {
            publish(store, first());
            publish(store, second());
            store.repack(LEVEL, 2, Progress.SILENT);
            for (ImageVersion version : store.list()) {
                store.remove(version, ENTRY);
            }
            store.collect(true, Progress.SILENT); // an era begins
            try (Hold _ = store.hold()) {
                assertThat(missing(store, second())).isZero();
                store.collect(false, Progress.SILENT);
                assertStandAlone(store, second());
                publish(store, second());
            }
            store.collect(false, Progress.SILENT);
            assertStandAlone(store, second());
        }
    }

    @Test
    default void aDifferenceIsNotTakenFromOutside() throws IOException {
        byte[] before = content(1);
        byte[] content = second().get(1).frame();
        ChunkFrame delta = Delta.pack(
                ChunkId.of(content, 0, content.length),
                content,
                content.length,
                ChunkId.of(before, 0, before.length),
                before,
                3);
        try (ImageStore store = open()) {
            assertThatThrownBy(() -> store.trustingSink().put(List.of(delta))).isInstanceOf(DamagedChunk.class);
            assertThatThrownBy(() -> store.sink().put(List.of(delta))).isInstanceOf(DamagedChunk.class);
        }
    }

    @Test
    default void packingThatIsCancelledLeavesEverythingInPlace() throws IOException {
        try (ImageStore store = open()) {
            publish(store, first());
            publish(store, second());
            AtomicBoolean begun = new AtomicBoolean();
            assertThatThrownBy(() -> store.repack(LEVEL, 1, (_, _, _) -> {
                        if (begun.getAndSet(true)) {
                            throw new IOException("cancelled");
                        }
                    }))
                    .hasMessage("cancelled");
            assertStandAlone(store, concat(first(), second()));
        }
        try (ImageStore store = open()) {
            assertStandAlone(store, concat(first(), second()));
            store.repack(LEVEL, 2, Progress.SILENT);
            assertStandAlone(store, concat(first(), second()));
        }
    }
}
