package firstlight.image.store;

import static firstlight.image.store.ImageStoreConformance.ids;
import static firstlight.image.store.ImageStoreConformance.manifest;
import static firstlight.image.store.ImageStoreConformance.missing;
import static firstlight.image.store.ImageStoreConformance.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Interleavings that a torture meets once in hours, forced. */
@Timeout(60)
class WindowsTest {
    private static final ChunkFrame BASE = RepackingConformance.first().getFirst();
    private static final ChunkFrame DELTA = RepackingConformance.second().getFirst();

    @TempDir
    Path folder;

    private interface Step {
        void run() throws IOException;
    }

    private interface Read {
        void of(ChunkFrame frame) throws IOException;
    }

    private final AtomicBoolean syncFails = new AtomicBoolean();
    private final AtomicBoolean writeFails = new AtomicBoolean();
    private final AtomicBoolean listFails = new AtomicBoolean();
    private Step beforeSync = () -> {};
    private Step beforeSize = () -> {};
    private Read afterRead = _ -> {};

    private Shelf shelf(long packSize) throws IOException {
        return new WatchedShelf(DiskShelf.open(folder)) {
            @Override
            public long packSize() {
                return packSize;
            }

            @Override
            void beforeWrite(String name) throws IOException {
                if (name.endsWith(PackList.SUFFIX) && listFails.get()) {
                    throw new IOException("connection reset");
                }
            }

            @Override
            void afterWrite(String name) throws IOException {
                if (name.endsWith(".manifest") && writeFails.getAndSet(false)) {
                    throw new IOException("connection reset"); // the directory's sync failed, or S3's answer was lost
                }
            }

            @Override
            void beforeSync(String pack) throws IOException {
                beforeSync.run();
                if (syncFails.getAndSet(false)) {
                    throw new IOException("Input/output error");
                }
            }

            @Override
            void beforeSize(String pack) throws IOException {
                beforeSize.run();
            }

            @Override
            Optional<ChunkFrame> readFrame(String pack, long offset, Optional<ChunkFrame> frame) throws IOException {
                if (frame.isPresent()) {
                    afterRead.of(frame.get());
                }
                return frame;
            }
        };
    }

    /** As whoever publishes, heals or fills a pack meanwhile. */
    private void anothersSyncFails(ImageStore store) {
        syncFails.set(true);
        assertThatThrownBy(store::sync).hasMessageContaining("Input/output error");
    }

    private static void assertSound(ImageStore store, List<ChunkFrame> frames) throws IOException {
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (ChunkFrame frame : frames) {
                byte[] got = store.source().get(List.of(frame.id())).getFirst();
                codec.unpack(frame.id(), got, new byte[Chunk.SIZE], 0);
            }
        }
    }

    /** Steps at which another thread may come between. */
    private static final class SlowIndex extends PackIndex {
        private final ChunkId id;
        private final ChunkId base;
        private final AtomicBoolean touched = new AtomicBoolean();
        private Step beforeTouch = () -> {};
        private Step afterTouch = () -> {};
        private Step afterDropOfBase = () -> {};

        SlowIndex(ChunkId id, ChunkId base) {
            this.id = id;
            this.base = base;
        }

        private boolean isAwaited(ChunkId asked) {
            return asked.equals(id) && !touched.getAndSet(true);
        }

        private static void run(Step step) {
            try {
                step.run();
            } catch (IOException broken) {
                throw new AssertionError(broken);
            }
        }

        @Override
        boolean touch(ChunkId asked) {
            boolean awaited = isAwaited(asked);
            if (awaited) {
                run(beforeTouch);
            }
            boolean there = super.touch(asked);
            if (awaited) {
                run(afterTouch);
            }
            return there;
        }

        @Override
        Touched touchUnless(ChunkId asked, Predicate<ChunkId> spared) {
            boolean awaited = isAwaited(asked);
            if (awaited) {
                run(beforeTouch);
            }
            Touched there = super.touchUnless(asked, spared);
            if (awaited) {
                run(afterTouch);
            }
            return there;
        }

        @Override
        boolean drop(ChunkId asked, int pack, long offset, int keepFrom) {
            boolean gone = super.drop(asked, pack, offset, keepFrom);
            if (asked.equals(base)) {
                run(afterDropOfBase);
            }
            return gone;
        }
    }

    @Test
    void whoAsksForAChunkThatBecomesADifferenceMeanwhileDoesNotSpoilItForTheCollection() throws Exception {
        SlowIndex index = new SlowIndex(DELTA.id(), BASE.id());
        try (Shelf shelf = shelf(1 << 20);
                Packs packs = Packs.open(shelf, index)) {
            packs.append(List.of(BASE));
            packs.append(List.of(DELTA));
            CountDownLatch baseIsGone = new CountDownLatch(1);
            CountDownLatch touched = new CountDownLatch(1);
            FutureTask<Freed> collection =
                    new FutureTask<>(() -> new Collector(packs, index.beginEra()).collect(false, Progress.SILENT));
            index.touched.set(false); // by the append
            index.beforeTouch = () -> { // it was whole when the one who asks looked
                new Repacking(packs, Map.of(DELTA.id(), BASE.id()), RepackingConformance.LEVEL, 1).run(Progress.SILENT);
                assertThat(packs.bases()).hasSize(1);
                Thread.ofPlatform().daemon().start(collection);
                await(baseIsGone);
            };
            index.afterDropOfBase = () -> {
                baseIsGone.countDown();
                await(touched);
            };
            List<Freed> freed = new ArrayList<>();
            index.afterTouch = () -> {
                touched.countDown();
                freed.add(result(collection));
            };
            assertThat(packs.touch(DELTA.id())).isFalse();
            assertThat(freed.getFirst().damages()).isEmpty();
            assertThat(packs.numbers()).isEmpty();
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException stop) {
            throw new AssertionError(stop);
        }
    }

    private static <T> T result(FutureTask<T> task) {
        try {
            return task.get();
        } catch (InterruptedException | ExecutionException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void aPublicationLooksAgainWhenAnothersSyncFailedBeforeItsOwn() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 3);
        SlowIndex index = new SlowIndex(frames.getLast().id(), ChunkId.ZERO);
        try (ImageStore store = PackStore.open(shelf(1 << 30), index, System::nanoTime)) {
            store.sink().put(frames);
            index.touched.set(false);
            index.afterTouch = () -> anothersSyncFails(store); // the publication's look is behind it
            assertThat(store.publish(ImageStoreConformance.NAME, manifest(ids(frames))))
                    .isEqualTo(new Publication.Incomplete(ids(frames)));
            assertThat(store.list()).isEmpty();
            ImageVersion version = publish(store, frames);
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        }
    }

    @Test
    void aCollectionDeletesNoPackWhoseCopyAnothersSyncLost() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 20);
        try (ImageStore store = PackStore.open(shelf(1 << 30))) {
            store.sink().put(ImageStoreConformance.frames(100, 110));
            publish(store, frames);
            store.collect(true, Progress.SILENT); // what nobody names has grown old
            failOnceCopied(store, frames.get(18));
            assertThatThrownBy(() -> store.collect(false, Progress.SILENT))
                    .hasMessageContaining("all chunks are where they were");
            assertSound(store, frames);
            assertThat(missing(store, frames)).isZero();
            assertThat(store.collect(false, Progress.SILENT).chunks())
                    .as("and the four that were copied afterwards")
                    .isEqualTo(10 + 4);
            assertSound(store, frames);
        }
        try (ImageStore store = PackStore.open(shelf(1 << 30))) {
            assertSound(store, frames);
        }
    }

    @Test
    void packingDeletesNoPackWhoseCopyAnothersSyncLost() throws IOException {
        List<ChunkFrame> frames = RepackingConformance.first();
        try (ImageStore store = PackStore.open(shelf(1 << 30))) {
            publish(store, frames);
            failOnceCopied(store, frames.get(18));
            assertThatThrownBy(() -> store.repack(RepackingConformance.LEVEL, 1, Progress.SILENT))
                    .hasMessageContaining("all chunks are where they were");
            assertSound(store, frames);
            assertThat(missing(store, frames)).isZero();
            assertThat(store.repack(RepackingConformance.LEVEL, 1, Progress.SILENT)
                            .damages())
                    .isEmpty();
            assertSound(store, frames);
        }
        try (ImageStore store = PackStore.open(shelf(1 << 30))) {
            assertSound(store, frames);
        }
    }

    /** The chunks before {@code last} are copied in batches of sixteen. */
    private void failOnceCopied(ImageStore store, ChunkFrame last) {
        afterRead = frame -> {
            if (frame.id().equals(last.id())) {
                afterRead = _ -> {};
                anothersSyncFails(store);
            }
        };
    }

    @Test
    void whatARestoreAsksForDoesNotWaitForThePackThatACaptureFills() throws IOException {
        List<ChunkFrame> newer = RepackingConformance.second();
        try (ImageStore store = PackStore.open(shelf(1 << 30))) {
            publish(store, RepackingConformance.first());
            publish(store, newer);
            store.repack(RepackingConformance.LEVEL, 1, Progress.SILENT);
            List<BitSet> answers = new ArrayList<>();
            beforeSync = () -> { // as long as an upload takes
                beforeSync = () -> {};
                FutureTask<BitSet> asked = new FutureTask<>(() -> store.lacking(ids(newer)));
                Thread.ofPlatform().daemon().start(asked);
                answers.add(result(asked));
            };
            store.sink().put(ImageStoreConformance.frames(900, 901));
            store.sync();
            assertThat(answers).containsExactly(new BitSet());
        }
    }

    @Test
    void whatIsToldByALostChunkIsLackingToo() throws IOException {
        List<ChunkFrame> newer = RepackingConformance.second();
        try (ImageStore store = PackStore.open(shelf(1 << 30))) {
            publish(store, RepackingConformance.first());
            publish(store, newer);
            store.repack(RepackingConformance.LEVEL, 1, Progress.SILENT);
            ChunkId unknown = ImageStoreConformance.frames(900, 901).getFirst().id();
            assertThat(store.lacking(List.of(DELTA.id(), unknown, BASE.id())))
                    .isEqualTo(BitSet.valueOf(new long[] {0b010}));
            for (Path pack : packs()) {
                byte[] octets = Files.readAllBytes(pack);
                Arrays.fill(octets, PackFile.HEADER, octets.length, (byte) 0);
                Files.write(pack, octets);
            }
            assertThat(store.check(BASE.id())).isFalse();
            assertThat(store.lacking(List.of(DELTA.id(), unknown, BASE.id())))
                    .isEqualTo(BitSet.valueOf(new long[] {0b111}));
        }
    }

    private List<Path> packs() throws IOException {
        try (var files = Files.list(folder.resolve("packs"))) {
            return files.filter(file -> file.toString().endsWith(".pack")).toList();
        }
    }

    @Test
    void aCollectionSeesWhatCameIntoAPackOfGarbageWhileItLooked() throws IOException {
        List<ChunkFrame> garbage = ImageStoreConformance.frames(0, 3);
        List<ChunkFrame> fresh = ImageStoreConformance.frames(3, 5);
        try (ImageStore store = PackStore.open(shelf(1 << 20))) {
            store.sink().put(garbage);
            store.collect(true, Progress.SILENT); // what nobody names has grown old
            beforeSize = () -> {
                beforeSize = () -> {};
                store.sink().put(fresh); // it is full now
            };
            store.collect(false, Progress.SILENT);
            assertThat(missing(store, fresh)).isZero();
            assertSound(store, fresh);
        }
    }

    @Test
    void aChunkThatIsDamagedInAPackWhoseListIsDamagedIsAskedForAgainOnceThePackIsGone() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 4);
        try (ImageStore store = PackStore.open(shelf(1 << 20))) {
            publish(store, frames);
            Files.write(folder.resolve("packs/00000001.pack.list"), new byte[100]);
            Path pack = folder.resolve("packs/00000001.pack");
            byte[] octets = Files.readAllBytes(pack);
            octets[PackFile.HEADER + 1000] ^= 0x10;
            Files.write(pack, octets);
            assertThat(store.repack(RepackingConformance.LEVEL, 1, Progress.SILENT)
                            .damages())
                    .singleElement()
                    .asString()
                    .contains(frames.getFirst().id().toString());
            assertThat(pack).doesNotExist();
            assertThat(missing(store, frames)).isEqualTo(1);
            assertSound(store, frames.subList(1, 4));
        }
    }

    @Test
    void aManifestThatWasWrittenThoughThatFailedIsNoVersionOnceItsChunksAreCollected() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 2);
        try (ImageStore store = PackStore.open(shelf(1 << 20))) {
            store.sink().put(frames);
            writeFails.set(true);
            assertThatThrownBy(() -> store.publish(ImageStoreConformance.NAME, manifest(ids(frames))))
                    .hasMessageContaining("connection reset");
            assertThat(folder.resolve("manifests/office/1.manifest")).exists();
            assertThat(store.collect(false, Progress.SILENT).chunks()).isEqualTo(2);
        }
        try (ImageStore store = PackStore.open(shelf(1 << 20))) {
            assertThat(store.list()).isEmpty();
        }
    }

    @Test
    void aManifestThatWasWrittenThoughThatFailedIsPublishedWhenThatIsTriedAgain() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 2);
        try (ImageStore store = PackStore.open(shelf(1 << 20))) {
            store.sink().put(frames);
            writeFails.set(true);
            assertThatThrownBy(() -> store.publish(ImageStoreConformance.NAME, manifest(ids(frames))))
                    .hasMessageContaining("connection reset");
            assertThat(publish(store, frames).number()).isEqualTo(1);
            assertThat(store.collect(false, Progress.SILENT).chunks()).isZero();
        }
        try (ImageStore store = PackStore.open(shelf(1 << 20))) {
            assertThat(store.verify(store.find(ImageStoreConformance.NAME, 1).orElseThrow(), Progress.SILENT))
                    .isEmpty();
        }
    }

    @Test
    void whatLiesBehindADamagedHeaderIsFoundWhenTheListIsDamagedToo() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 6);
        try (ImageStore store = PackStore.open(shelf(1 << 30))) {
            publish(store, frames);
        }
        Files.write(folder.resolve("packs/00000001.pack.list"), new byte[100]);
        Path pack = folder.resolve("packs/00000001.pack");
        byte[] octets = Files.readAllBytes(pack);
        int second = PackFile.HEADER + frames.getFirst().frame().length;
        octets[second + ChunkId.LENGTH] ^= 0x10; // its length
        Files.write(pack, octets);
        try (ImageStore store = PackStore.open(shelf(1 << 30))) {
            assertThat(store.troubles()).singleElement().asString().contains("5 chunks are sound, 1 are damaged");
            assertThat(missing(store, frames)).isEqualTo(1);
            assertSound(store, List.of(frames.get(0), frames.get(2), frames.get(5)));
        }
    }

    /** What was written lies in the pack, of which a list must not tell what the index does not know. */
    @Test
    void aPackWhoseListCannotBeWrittenIsClosedByWhoeverWritesNext() throws IOException {
        List<ChunkFrame> first = ImageStoreConformance.frames(0, 3);
        List<ChunkFrame> second = ImageStoreConformance.frames(3, 5);
        try (ImageStore store = PackStore.open(shelf(2 * Chunk.SIZE))) {
            listFails.set(true);
            store.sink().put(first);
            assertThat(missing(store, first)).isZero();
            assertThatThrownBy(() -> store.sink().put(second)).hasMessageContaining("connection reset");
            listFails.set(false);
            store.sink().put(second);
            publish(store, first);
        }
        try (ImageStore store = PackStore.open(shelf(2 * Chunk.SIZE))) {
            assertThat(missing(store, second)).isZero();
            assertSound(store, first);
        }
    }
}
