package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.pipeline.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A store whose file system has no room left, until something is deleted, or whose disk fails once. */
class FullDiskTest {
    @TempDir
    Path folder;

    private boolean full;
    private boolean failsOnce;

    private ImageStore open() throws IOException {
        return PackStore.open(new Filling(DiskShelf.open(folder)));
    }

    private List<String> packs() throws IOException {
        try (var files = Files.list(folder.resolve("packs"))) {
            return files.map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith(".pack"))
                    .sorted()
                    .toList();
        }
    }

    @Test
    void aCollectionFreesWhatNeedsNoRoomBeforeItCopies() throws IOException {
        List<ChunkFrame> mixed = ImageStoreConformance.frames(0, 4);
        List<ChunkFrame> dead = ImageStoreConformance.frames(4, 8);
        try (ImageStore store = open()) {
            store.sink().put(mixed);
            store.sink().put(dead);
            store.publish(
                    ImageStoreConformance.NAME,
                    ImageStoreConformance.manifest(ImageStoreConformance.ids(mixed.subList(0, 1))));
        }
        try (ImageStore store = open()) {
            full = true;
            assertThat(store.collect(false, Progress.SILENT).chunks()).isEqualTo(7);
            assertThat(store.source().get(List.of(mixed.getFirst().id())).getFirst())
                    .isEqualTo(mixed.getFirst().frame());
        }
    }

    @Test
    void aVersionCanBeRemoved() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 1);
        try (ImageStore store = open()) {
            store.sink().put(frames);
            ImageVersion version = ImageStoreConformance.published(store.publish(
                    ImageStoreConformance.NAME, ImageStoreConformance.manifest(ImageStoreConformance.ids(frames))));
            full = true;
            store.remove(version, new VersionNotes.Entry(Instant.EPOCH, "somebody", "to make room"));
            assertThat(store.list()).isEmpty();
        }
        try (ImageStore store = open()) {
            assertThat(store.list()).isEmpty();
            assertThat(store.removed()).hasSize(1);
        }
    }

    @Test
    void whatTheDiskCouldNotKeepIsAskedForAgain() throws IOException {
        List<ChunkFrame> first = ImageStoreConformance.frames(0, 1);
        List<ChunkFrame> second = ImageStoreConformance.frames(1, 3);
        var both = ImageStoreConformance.manifest(ImageStoreConformance.ids(ImageStoreConformance.frames(0, 3)));
        try (ImageStore store = open()) {
            store.sink().put(first);
            store.publish(ImageStoreConformance.NAME, ImageStoreConformance.manifest(ImageStoreConformance.ids(first)));
            store.sink().put(second);
            failsOnce = true;
            assertThatThrownBy(() -> store.publish(ImageStoreConformance.NAME, both))
                    .hasMessageContaining("Input/output error");

            assertThat(store.publish(ImageStoreConformance.NAME, both))
                    .as("the second fsync says nothing of what the first one lost")
                    .isEqualTo(new Publication.Incomplete(ImageStoreConformance.ids(second)));

            store.sink().put(second);
            ImageStoreConformance.published(store.publish(ImageStoreConformance.NAME, both));
        }
        try (ImageStore store = open()) {
            for (ChunkFrame frame : ImageStoreConformance.frames(0, 3)) {
                assertThat(store.source().get(List.of(frame.id())).getFirst()).isEqualTo(frame.frame());
            }
        }
    }

    @Test
    void aCollectionThatCouldNotKeepWhatItCopiedLeavesItWhereItWas() throws IOException {
        List<ChunkFrame> mixed = ImageStoreConformance.frames(0, 4);
        try (ImageStore store = open()) {
            store.sink().put(mixed);
            store.publish(
                    ImageStoreConformance.NAME,
                    ImageStoreConformance.manifest(ImageStoreConformance.ids(mixed.subList(0, 1))));
        }
        try (ImageStore store = open()) {
            failsOnce = true;
            assertThatThrownBy(() -> store.collect(false, Progress.SILENT)).hasMessageContaining("Input/output error");
            assertThat(store.source().get(List.of(mixed.getFirst().id())).getFirst())
                    .isEqualTo(mixed.getFirst().frame());
            assertThat(store.collect(false, Progress.SILENT).chunks()).isEqualTo(3);
        }
        try (ImageStore store = open()) {
            assertThat(store.source().get(List.of(mixed.getFirst().id())).getFirst())
                    .isEqualTo(mixed.getFirst().frame());
        }
    }

    @Test
    void whatCouldNotBeWrittenTakesNoRoom() throws IOException {
        try (ImageStore store = open()) {
            full = true;
            for (int i = 0; i < 3; i++) {
                assertThatThrownBy(() -> store.sink().put(ImageStoreConformance.frames(0, 1)))
                        .isInstanceOf(ImageFailure.class)
                        .hasMessageContaining("No space left");
                assertThat(packs()).isEmpty();
                full = true;
            }
        }
        Path inTheWay = Files.createDirectories(folder.resolve("1.manifest/x")).resolveSibling("");
        assertThatThrownBy(() -> Durable.write(inTheWay, new byte[100])).isInstanceOf(IOException.class);
        assertThat(folder.resolve("1.manifest.unfinished")).doesNotExist();
    }

    private interface OnSmall {
        void run(ImageStore store, Path database) throws IOException;
    }

    /** The server's database usually lies on the same file system: no garbage could be collected while it cannot be written. */
    private void besideDatabase(OnSmall test) throws IOException {
        Path small = Files.createDirectory(folder.resolve("small"));
        Shell.run("mount -t tmpfs -o size=16m none '%s'".formatted(small));
        try (ImageStore store = DiskStore.openBesideDatabase(small.resolve("images"))) {
            test.run(store, small.resolve("database"));
        } finally {
            Shell.run("umount '%s'".formatted(small));
        }
    }

    @Test
    void aStoreThatIsFullLeavesRoomForTheDatabase() throws IOException {
        besideDatabase((store, database) -> {
            assertThatThrownBy(() -> {
                        for (int i = 0; i < 128; i++) {
                            store.sink().put(ImageStoreConformance.frames(i, i + 1));
                        }
                    })
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("cannot take more chunks")
                    .hasMessageContaining("kept for the database")
                    .hasMessageContaining("firstlight image gc");
            Files.write(database, new byte[512 << 10]);
            assertThat(store.collect(false, Progress.SILENT).chunks()).isPositive();
            store.sink().put(ImageStoreConformance.frames(0, 1));
        });
    }

    @Test
    void packingLeavesAPackAsItIsForWhoseCopyThereIsNoRoom() throws IOException {
        besideDatabase((store, database) -> {
            ImageVersion version = ImageStoreConformance.publish(store, ImageStoreConformance.frames(0, 36));
            Repacked packed = store.repack(RepackingConformance.LEVEL, 1, Progress.SILENT);
            assertThat(packed.packs()).isZero();
            assertThat(packed.noRoom()).isEqualTo(1);
            Files.write(database, new byte[512 << 10]);
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
            assertThat(store.collect(false, Progress.SILENT).noRoom()).isZero();
        });
    }

    @Test
    void aCollectionLeavesAPackAsItIsForWhoseCopyThereIsNoRoom() throws IOException {
        besideDatabase((store, database) -> {
            store.sink().put(ImageStoreConformance.frames(30, 36));
            ImageVersion version = ImageStoreConformance.publish(store, ImageStoreConformance.frames(0, 30));
            Freed would = store.collect(true, Progress.SILENT);
            assertThat(would.noRoom()).isPositive().isEqualTo(would.octets());
            Freed freed = store.collect(false, Progress.SILENT);
            assertThat(freed.chunks()).isZero();
            assertThat(freed.noRoom()).isGreaterThan(6 * Chunk.SIZE);
            Files.write(database, new byte[512 << 10]);
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        });
    }

    @Test
    void packingEndsWhereOthersHaveTakenTheRoomMeanwhile() throws IOException {
        AtomicInteger looks = new AtomicInteger();
        try (ImageStore store = PackStore.open(new WatchedShelf(DiskShelf.open(folder)) {
            @Override
            public boolean hasRoomFor(long octets) {
                return looks.incrementAndGet() <= 2; // for the pack, and for the first of its batches
            }
        })) {
            ImageVersion version = ImageStoreConformance.publish(store, RepackingConformance.first());
            assertThatThrownBy(() -> store.repack(RepackingConformance.LEVEL, 1, Progress.SILENT))
                    .hasMessageContaining("kept for the database");
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        }
        try (ImageStore store = open()) {
            assertThat(store.verify(store.find(ImageStoreConformance.NAME, 1).orElseThrow(), Progress.SILENT))
                    .isEmpty();
        }
    }

    /** What differences are told by is written nowhere else, and they cannot be written without it now. */
    @Test
    void whatDifferencesNeedStaysWhereThereIsNoRoomToWriteThemWhole() throws IOException {
        List<ChunkFrame> newer = RepackingConformance.second();
        AtomicBoolean room = new AtomicBoolean(true);
        try (ImageStore store = PackStore.open(new WatchedShelf(DiskShelf.open(folder)) {
            @Override
            public boolean hasRoomFor(long octets) {
                return room.get();
            }
        })) {
            ImageVersion first = ImageStoreConformance.publish(store, RepackingConformance.first());
            store.repack(RepackingConformance.LEVEL, 1, Progress.SILENT);
            ImageVersion second = ImageStoreConformance.publish(store, newer);
            assertThat(store.repack(RepackingConformance.LEVEL, 1, Progress.SILENT)
                            .deltas())
                    .isPositive();
            store.remove(first, ImageStoreConformance.ENTRY);
            store.collect(true, Progress.SILENT); // what nobody names has grown old
            room.set(false);
            assertThat(store.collect(false, Progress.SILENT).damages()).isEmpty();
            assertThat(store.verify(second, Progress.SILENT)).isEmpty();
            room.set(true);
            assertThat(store.collect(false, Progress.SILENT).chunks()).isPositive();
            assertThat(store.verify(second, Progress.SILENT)).isEmpty();
        }
    }

    @Test
    void aStoreIsOpenedThoughThereIsNoRoomForTheListOfAPack() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 3);
        try (ImageStore store = open()) {
            ImageStoreConformance.publish(store, frames);
        }
        Files.delete(folder.resolve("packs/00000001.pack.list"));
        full = true;
        try (ImageStore store = open()) {
            assertThat(store.troubles())
                    .singleElement()
                    .asString()
                    .contains("packs/00000001.pack is read at each start", "No space left on device");
            assertThat(store.verify(store.find(ImageStoreConformance.NAME, 1).orElseThrow(), Progress.SILENT))
                    .isEmpty();
        }
        full = false;
        try (ImageStore store = open()) {
            assertThat(store.troubles()).isEmpty();
        }
    }

    private final class Filling extends WatchedShelf {
        Filling(Shelf shelf) {
            super(shelf);
        }

        private void needRoom() throws IOException {
            if (full) {
                throw new IOException("No space left on device");
            }
        }

        @Override
        void beforeWrite(String name) throws IOException {
            needRoom();
        }

        /** A part of it is there, on a real one. */
        @Override
        void afterAppend(String pack) throws IOException {
            needRoom();
        }

        @Override
        void beforeSync(String pack) throws IOException {
            if (failsOnce) {
                failsOnce = false; // as fsync(2) does
                throw new IOException("Input/output error");
            }
        }

        @Override
        public void delete(String name) throws IOException {
            super.delete(name);
            full = false;
        }
    }
}
