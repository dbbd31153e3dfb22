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
import firstlight.image.manifest.ManifestCodec;
import firstlight.image.manifest.Region;
import firstlight.image.table.TableSectors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
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
    default void aVersionIsNotRemovedThatIsToBeKeptByNow() throws IOException {
        try (ImageStore store = open()) {
            ImageVersion version = publish(store, frames(0, 1));
            Predicate<VersionNotes> isOver = notes -> notes.expires().isPresent();
            ImageVersion over = store.change(version, notes -> notes.withExpiry(Optional.of(Instant.EPOCH)));
            store.change(version, notes -> notes.withExpiry(Optional.empty()));
            assertThatThrownBy(() -> store.remove(over, isOver, ENTRY)).hasMessageContaining("changed meanwhile");
            assertThat(store.list()).hasSize(1);
            store.change(version, notes -> notes.withExpiry(Optional.of(Instant.EPOCH)));
            store.remove(over, isOver, ENTRY);
            assertThat(store.list()).isEmpty();
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
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
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
                                throw new UncheckedIOException(failure);
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

    VersionNotes.Entry ENTRY = new VersionNotes.Entry(Instant.parse("2026-11-22T17:00:00Z"), "ann", "for a test");

    /** Published with {@code frames}, which are put before. */
    static ImageVersion publish(ImageStore store, List<ChunkFrame> frames) throws IOException {
        store.sink().put(frames);
        return published(store.publish(NAME, manifest(ids(frames))));
    }

    static int missing(ImageStore store, List<ChunkFrame> frames) throws IOException {
        return store.sink().missing(ids(frames)).cardinality();
    }

    @Test
    default void whatPeopleSayOfAVersionIsKeptAndTheVersionStaysTheSame() throws IOException {
        Instant expires = Instant.parse("2027-01-01T00:00:00Z");
        ImageVersion before;
        try (ImageStore store = open()) {
            before = publish(store, frames(0, 2));
            store.change(
                    before,
                    notes -> notes.withNote("with \"Office\" and ümlauts")
                            .withTags(Set.of("golden", "term-1"))
                            .withKept(true)
                            .withExpiry(Optional.of(expires))
                            .and(ENTRY.at(), ENTRY.who(), ENTRY.what()));
        }
        try (ImageStore store = open()) {
            ImageVersion version = store.find(NAME, 1).orElseThrow();
            assertThat(version.digest()).isEqualTo(before.digest());
            assertThat(version.notes())
                    .isEqualTo(new VersionNotes(
                            "with \"Office\" and ümlauts",
                            Set.of("golden", "term-1"),
                            true,
                            Optional.of(expires),
                            false,
                            List.of(ENTRY)));
        }
    }

    @Test
    default void aTagIsOnOneVersionOfAnImageAtATime() throws IOException {
        try (ImageStore store = open()) {
            store.change(publish(store, frames(0, 1)), notes -> notes.withTags(Set.of("golden", "old")));
            store.change(publish(store, frames(1, 2)), notes -> notes.withTags(Set.of("golden")));
        }
        try (ImageStore store = open()) {
            assertThat(store.find(NAME, 1).orElseThrow().notes().tags()).containsExactly("old");
            assertThat(store.find(NAME, 2).orElseThrow().notes().tags()).containsExactly("golden");
        }
    }

    @Test
    default void aRemovedVersionIsGoneButItsNotesStayAndItsNumberIsNotUsedAgain() throws IOException {
        try (ImageStore store = open()) {
            publish(store, frames(0, 1));
            ImageVersion second = publish(store, frames(1, 2));
            store.change(second, notes -> notes.withNote("was a mistake"));
            store.remove(second, ENTRY);
            assertThatThrownBy(() -> store.remove(second, ENTRY))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("office@2");
            assertThatThrownBy(() -> store.open(second)).isInstanceOf(ImageFailure.class);
        }
        try (ImageStore store = open()) {
            assertThat(store.find(NAME, 0).orElseThrow().number()).isEqualTo(1);
            assertThat(store.find(NAME, 2)).isEmpty();
            assertThat(store.removed()).singleElement().satisfies(version -> {
                assertThat(version.name()).isEqualTo("office@2");
                assertThat(version.notes().note()).isEqualTo("was a mistake");
                assertThat(version.notes().history()).containsExactly(ENTRY);
            });
            assertThat(publish(store, frames(1, 2)).number()).isEqualTo(3);
        }
    }

    @Test
    default void aProtectedVersionAndOneThatIsReadAreNotRemoved() throws IOException {
        try (ImageStore store = open()) {
            ImageVersion version = publish(store, frames(0, 1));
            store.change(version, notes -> notes.withKept(true));
            assertThatThrownBy(() -> store.remove(version, ENTRY)).hasMessageContaining("protected");
            store.change(version, notes -> notes.withKept(false));
            Hold hold = store.hold(version);
            assertThatThrownBy(() -> store.remove(version, ENTRY)).hasMessageContaining("in use");
            hold.close();
            store.remove(version, ENTRY);
            assertThatThrownBy(() -> store.hold(version)).isInstanceOf(ImageFailure.class);
        }
    }

    @Test
    default void aCollectionTakesWhatNothingNamesAndNothingElse() throws IOException {
        List<ChunkFrame> old = frames(0, 6);
        List<ChunkFrame> shared = frames(6, 8);
        List<ChunkFrame> abandoned = frames(8, 10); // of a capture that was given up
        List<ChunkFrame> fresh = frames(10, 12);
        try (ImageStore store = open()) {
            store.sink().put(abandoned);
            ImageVersion first = publish(store, concat(old, shared));
            publish(store, concat(shared, fresh));
            store.remove(first, ENTRY);
            assertThat(missing(store, concat(old, shared, abandoned, fresh))).isZero();
        }
        try (ImageStore store = open()) { // now nobody has asked for anything
            Freed wouldBe = store.collect(true, Progress.SILENT);
            assertThat(wouldBe.chunks()).isEqualTo(8);
            Freed freed = store.collect(false, Progress.SILENT);
            assertThat(freed).isEqualTo(wouldBe);
            assertThat(freed.octets()).isGreaterThan(8L * Chunk.SIZE);
            assertThat(store.verify(store.find(NAME, 2).orElseThrow(), Progress.SILENT))
                    .isEmpty();
            assertThat(missing(store, old)).isEqualTo(6);
            assertThat(missing(store, abandoned)).isEqualTo(2);
            assertThat(store.collect(false, Progress.SILENT).chunks()).isZero();
            publish(store, old);
        }
        try (ImageStore store = open()) {
            for (ImageVersion version : store.list()) {
                assertThat(store.verify(version, Progress.SILENT)).isEmpty();
            }
        }
    }

    @Test
    default void whatACaptureHasPutOrWasToldIsThereIsKeptUntilItsHoldEnds() throws IOException {
        List<ChunkFrame> old = frames(0, 3);
        List<ChunkFrame> fresh = frames(3, 5);
        try (ImageStore store = open()) {
            store.remove(publish(store, old), ENTRY);
            store.collect(true, Progress.SILENT); // an era begins
            Hold hold = store.hold();
            assertThat(missing(store, old)).isZero(); // so the capture does not send them
            store.sink().put(fresh);
            store.collect(false, Progress.SILENT);
            store.collect(false, Progress.SILENT);
            assertThat(published(store.publish(NAME, manifest(ids(concat(old, fresh)))))
                            .number())
                    .isEqualTo(2);
            hold.close();
            store.collect(false, Progress.SILENT);
            assertThat(store.verify(store.find(NAME, 2).orElseThrow(), Progress.SILENT))
                    .isEmpty();
            store.remove(store.find(NAME, 2).orElseThrow(), ENTRY);
            assertThat(store.collect(false, Progress.SILENT).chunks()).isEqualTo(5);
            assertThat(missing(store, concat(old, fresh))).isEqualTo(5);
        }
    }

    @Test
    default void capturesRestoresRemovalsAndCollectionsGoOnAtOnce() throws Exception {
        try (ImageStore store = open()) {
            List<ChunkFrame> pool = frames(0, 12);
            AtomicBoolean stop = new AtomicBoolean();
            List<Throwable> failures = Collections.synchronizedList(new ArrayList<>());
            Thread collector = Thread.ofPlatform()
                    .uncaughtExceptionHandler((thread, thrown) -> failures.add(thrown))
                    .start(() -> {
                        try {
                            while (!stop.get()) {
                                store.collect(false, Progress.SILENT);
                            }
                        } catch (IOException failure) {
                            throw new UncheckedIOException(failure);
                        }
                    });
            Random random = new Random(7);
            for (int round = 0; round < 40 && failures.isEmpty(); round++) {
                int from = random.nextInt(8);
                List<ChunkFrame> frames = pool.subList(from, from + 4);
                try (Hold _ = store.hold()) {
                    var missing = store.sink().missing(ids(frames));
                    for (int i = 0; i < frames.size(); i++) {
                        if (missing.get(i)) {
                            store.sink().put(List.of(frames.get(i)));
                        }
                    }
                    published(store.publish(NAME, manifest(ids(frames))));
                }
                for (ImageVersion version : store.list()) {
                    assertThat(store.verify(version, Progress.SILENT)).isEmpty();
                }
                if (store.list().size() > 2) {
                    store.remove(store.list().getFirst(), ENTRY);
                }
            }
            stop.set(true);
            collector.join();
            assertThat(failures).isEmpty();
        }
    }

    @Test
    default void aSampleReadsSomeOfTheChunks() throws IOException {
        try (ImageStore store = open()) {
            ImageVersion version = publish(store, frames(0, 40));
            List<Long> totals = new ArrayList<>();
            assertThat(store.verify(version, 25, (phase, done, total) -> totals.add(total)))
                    .isEmpty();
            assertThat(totals.getLast() / Chunk.SIZE).isBetween(1L, 30L);
        }
    }

    @SafeVarargs
    static List<ChunkFrame> concat(List<ChunkFrame>... parts) {
        List<ChunkFrame> all = new ArrayList<>();
        for (List<ChunkFrame> part : parts) {
            all.addAll(part);
        }
        return all;
    }

    @Test
    default void aVersionOfAnotherStoreKeepsItsNumberItsOctetsAndItsNotesAndComesWhenItIsComplete() throws IOException {
        List<ChunkFrame> frames = frames(0, 3);
        byte[] encoded = ManifestCodec.encode(manifest(ids(frames)));
        VersionNotes notes = VersionNotes.NONE.withNote("of the main site").withTags(Set.of("golden"));
        try (ImageStore store = open()) {
            store.sink().put(frames.subList(0, 2));
            assertThat(store.adopt(NAME, 7, encoded, notes))
                    .isEqualTo(new Publication.Incomplete(List.of(frames.get(2).id())));
            assertThat(store.list()).isEmpty();
            store.sink().put(frames.subList(2, 3));
            ImageVersion adopted = published(store.adopt(NAME, 7, encoded, notes));
            assertThat(store.encoded(adopted)).isEqualTo(encoded);
            assertThat(published(store.adopt(NAME, 7, encoded, VersionNotes.NONE)))
                    .isEqualTo(adopted);
        }
        try (ImageStore store = open()) {
            ImageVersion again = store.find(NAME, 7).orElseThrow();
            assertThat(again.notes()).isEqualTo(notes);
            byte[] other = ManifestCodec.encode(manifest(ids(frames.subList(0, 1))));
            assertThatThrownBy(() -> store.adopt(NAME, 7, other, VersionNotes.NONE))
                    .hasMessageContaining("office@7 differs")
                    .hasMessageContaining(again.digest().toHex());
            store.remove(again, new VersionNotes.Entry(Instant.EPOCH, "ann", "removed"));
            assertThatThrownBy(() -> store.adopt(NAME, 7, encoded, notes)).hasMessageContaining("was removed here");
            assertThat(published(store.publish(NAME, manifest(ids(frames)))).number())
                    .isEqualTo(8);
        }
    }
}
