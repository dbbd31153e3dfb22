package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.table.TableSectors;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What every image store owes. */
interface ImageStoreConformance {
    /** An empty store, or the same one again: opened anew, after the one before was closed. */
    ImageStore open() throws IOException;

    ImageName NAME = new ImageName("office");

    static ChunkFrame frame(long seed) {
        byte[] content = new byte[Chunk.SIZE];
        new Random(seed).nextBytes(content);
        try (ChunkCodec codec = new ChunkCodec(1)) {
            return codec.pack(ChunkId.of(content, 0, content.length), content, 0, content.length);
        }
    }

    static List<ChunkFrame> frames(int from, int to) {
        List<ChunkFrame> frames = new ArrayList<>();
        for (int seed = from; seed < to; seed++) {
            frames.add(frame(seed));
        }
        return frames;
    }

    static List<ChunkId> ids(List<ChunkFrame> frames) {
        return frames.stream().map(ChunkFrame::id).toList();
    }

    static Manifest manifest(List<ChunkId> ids) {
        ChunkTable.Builder chunks = new ChunkTable.Builder(ids.size());
        for (int i = 0; i < ids.size(); i++) {
            chunks.set(i, ids.get(i));
        }
        long length = (long) ids.size() * Chunk.SIZE;
        Content content = new Content.Blocks(Content.Method.RAW, Extents.of(0, length), chunks.build());
        return new Manifest(
                Instant.parse("2026-11-22T16:00:00Z"),
                "test",
                List.of(new DiskImage(length, 512, TableSectors.NONE, List.of(new Region(0, 0, length, "", content)))),
                List.of());
    }

    static ImageVersion published(Publication publication) {
        assertThat(publication).isInstanceOf(Publication.Published.class);
        return ((Publication.Published) publication).version();
    }

    @Test
    default void whatWasPutIsNoLongerMissingAndComesBackInTheOrderAsked() throws IOException {
        try (ImageStore store = open()) {
            List<ChunkFrame> frames = frames(0, 20);
            assertThat(store.sink().missing(ids(frames)).cardinality()).isEqualTo(20);
            store.sink().put(frames.subList(0, 12));
            store.sink().put(frames.subList(5, 15));
            assertThat(store.sink().missing(ids(frames)).nextSetBit(0)).isEqualTo(15);
            List<ChunkId> asked = List.of(
                    frames.get(14).id(), frames.get(0).id(), frames.get(14).id());
            List<byte[]> got = store.source().get(asked);
            assertThat(got.get(0)).isEqualTo(frames.get(14).frame());
            assertThat(got.get(1)).isEqualTo(frames.get(0).frame());
            assertThat(got.get(2)).isEqualTo(frames.get(14).frame());
        }
    }

    @Test
    default void aChunkThatIsNotThereIsAFailureThatNamesIt() throws IOException {
        try (ImageStore store = open()) {
            ChunkId absent = frame(99).id();
            assertThatThrownBy(() -> store.source().get(List.of(absent)))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining(absent.toString());
        }
    }

    @Test
    default void aChunkThatIsNotWhatItsIdSaysIsRefusedAndNamed() throws IOException {
        try (ImageStore store = open()) {
            ChunkFrame wrong = new ChunkFrame(frame(1).id(), frame(2).frame());
            assertThatThrownBy(() -> store.sink().put(List.of(frame(3), wrong)))
                    .isInstanceOfSatisfying(
                            DamagedChunk.class,
                            damaged -> assertThat(damaged.id()).isEqualTo(wrong.id()));
            assertThat(store.sink().missing(List.of(wrong.id())).get(0)).isTrue();
        }
    }

    @Test
    default void aManifestIsPublishedOnlyWhenAllItsChunksAreThere() throws IOException {
        try (ImageStore store = open()) {
            List<ChunkFrame> frames = frames(0, 3);
            store.sink().put(frames.subList(0, 2));
            Manifest manifest = manifest(ids(frames));
            assertThat(store.publish(NAME, manifest))
                    .isEqualTo(new Publication.Incomplete(List.of(frames.get(2).id())));
            assertThat(store.list()).isEmpty();
            store.sink().put(frames);
            ImageVersion version = published(store.publish(NAME, manifest));
            assertThat(version.number()).isEqualTo(1);
            assertThat(store.open(version)).isEqualTo(manifest);
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        }
    }

    @Test
    default void everyPublicationIsANewVersionAndTheOldOnesStay() throws IOException {
        List<ChunkFrame> frames = frames(0, 2);
        Manifest first = manifest(ids(frames));
        Manifest second = manifest(List.of(frames.get(1).id(), ChunkId.ZERO));
        try (ImageStore store = open()) {
            store.sink().put(frames);
            published(store.publish(NAME, first));
            published(store.publish(NAME, second));
            published(store.publish(new ImageName("a"), second));
        }
        try (ImageStore store = open()) {
            assertThat(store.list())
                    .extracting(version -> version.image() + " " + version.number())
                    .containsExactly("a 1", "office 1", "office 2");
            assertThat(store.find(NAME, 0).orElseThrow().number()).isEqualTo(2);
            assertThat(store.open(store.find(NAME, 1).orElseThrow())).isEqualTo(first);
            assertThat(store.find(NAME, 3)).isEmpty();
            assertThat(store.find(new ImageName("none"), 0)).isEmpty();
            for (ImageVersion version : store.list()) {
                assertThat(store.verify(version, Progress.SILENT)).isEmpty();
            }
        }
    }

    @Test
    default void manyThreadsCanPutTheSameChunksAtOnce() throws Exception {
        List<ChunkFrame> frames = frames(0, 40);
        try (ImageStore store = open()) {
            List<Thread> threads = new ArrayList<>();
            List<Throwable> failures = java.util.Collections.synchronizedList(new ArrayList<>());
            for (int i = 0; i < 4; i++) {
                int from = i * 5;
                threads.add(Thread.ofPlatform()
                        .uncaughtExceptionHandler((thread, thrown) -> failures.add(thrown))
                        .start(() -> {
                            try {
                                for (int k = from; k + 10 <= 40; k += 3) {
                                    store.sink().put(frames.subList(k, k + 10));
                                }
                                store.sink().put(frames.subList(from, 40));
                                store.sink().put(frames.subList(0, from));
                            } catch (IOException failure) {
                                throw new java.io.UncheckedIOException(failure);
                            }
                        }));
            }
            for (Thread thread : threads) {
                thread.join();
            }
            assertThat(failures).isEmpty();
            ImageVersion version = published(store.publish(NAME, manifest(ids(frames))));
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        }
    }
}
