package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.pipeline.Shell;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
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

    /** The server's database usually lies on the same file system: no garbage could be collected while it cannot be written. */
    @Test
    void aStoreThatIsFullLeavesRoomForTheDatabase() throws IOException {
        Path small = Files.createDirectory(folder.resolve("small"));
        Shell.run("mount -t tmpfs -o size=16m none '%s'".formatted(small));
        try {
            try (ImageStore store = DiskStore.openBesideDatabase(small.resolve("images"))) {
                assertThatThrownBy(() -> {
                            for (int i = 0; i < 128; i++) {
                                store.sink().put(ImageStoreConformance.frames(i, i + 1));
                            }
                        })
                        .isInstanceOf(ImageFailure.class)
                        .hasMessageContaining("cannot take more chunks")
                        .hasMessageContaining("kept for the database")
                        .hasMessageContaining("firstlight image gc");
                Files.write(small.resolve("database"), new byte[512 << 10]);
                assertThat(store.collect(false, Progress.SILENT).chunks()).isPositive();
                store.sink().put(ImageStoreConformance.frames(0, 1));
            }
        } finally {
            Shell.run("umount '%s'".formatted(small));
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
