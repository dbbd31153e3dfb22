package firstlight.image.store;

import static firstlight.image.store.ImageStoreConformance.ids;
import static firstlight.image.store.ImageStoreConformance.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.Progress;
import firstlight.image.chunk.Chunk;
import firstlight.image.chunk.ChunkCodec;
import firstlight.image.chunk.ChunkFrame;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Who reads beside a server that collects and packs. */
class StoreReaderTest {
    @TempDir
    Path folder;

    private interface Step {
        void run() throws IOException;
    }

    private final List<ChunkFrame> frames = RepackingConformance.first();

    /** As a bucket: what is deleted cannot be read on. */
    private Shelf reading(Step beforeOpen) {
        return new WatchedShelf(DiskShelf.openForReading(folder)) {
            @Override
            public Pack open(String name) throws IOException {
                beforeOpen.run();
                return super.open(name);
            }

            @Override
            Optional<ChunkFrame> readFrame(String pack, long offset, Optional<ChunkFrame> frame) throws IOException {
                if (!Files.exists(folder.resolve(pack))) {
                    throw new NoSuchFileException(pack);
                }
                return frame;
            }
        };
    }

    private void assertReads(StoreReader reader) throws IOException {
        assertThat(reader.find(ImageStoreConformance.NAME, 1)).isPresent();
        List<byte[]> got = reader.source().get(ids(frames));
        try (ChunkCodec codec = new ChunkCodec(1)) {
            for (int i = 0; i < got.size(); i++) {
                codec.unpack(frames.get(i).id(), got.get(i), new byte[Chunk.SIZE], 0);
            }
        }
    }

    @Test
    void aPackThatGoesAwayJustBeforeItIsOpenedIsLookedForWhereItsChunksAreNow() throws IOException {
        AtomicInteger level = new AtomicInteger(1);
        try (ImageStore store = DiskStore.open(folder)) {
            publish(store, frames);
            Shelf shelf = reading(() -> {
                if (level.incrementAndGet() < 5) {
                    assertThat(store.repack(level.get(), 1, Progress.SILENT).packs())
                            .isEqualTo(1);
                }
            });
            try (StoreReader reader = StoreReader.open(shelf)) {
                assertReads(reader);
            }
        }
        assertThat(level.get()).isGreaterThan(4);
    }

    @Test
    void aPackThatGoesAwayAfterItWasOpenedIsLookedForAgainToo() throws IOException {
        try (ImageStore store = DiskStore.open(folder)) {
            publish(store, frames);
            try (StoreReader reader = StoreReader.open(reading(() -> {}))) {
                store.repack(5, 1, Progress.SILENT);
                assertReads(reader);
                for (int level = 6; level < 10; level++) {
                    store.repack(level, 1, Progress.SILENT);
                    assertReads(reader);
                }
            }
        }
    }

    @Test
    void whatIsGoneForGoodIsSaidWithoutAnotherLookWhileNothingMoved() throws IOException {
        AtomicInteger opened = new AtomicInteger();
        try (ImageStore store = DiskStore.open(folder)) {
            publish(store, frames);
            try (StoreReader reader = StoreReader.open(reading(opened::incrementAndGet), () -> 0)) {
                assertThatThrownBy(() -> reader.source()
                                .get(List.of(ImageStoreConformance.frame(99).id())))
                        .hasMessageContaining("is not in the image store");
                assertThat(opened.get()).isEqualTo(1);
                store.repack(5, 1, Progress.SILENT);
                for (int i = 0; i < 3; i++) {
                    assertThatThrownBy(() -> reader.source()
                                    .get(List.of(ImageStoreConformance.frame(99).id())))
                            .hasMessageContaining("is not in the image store");
                }
            }
        }
        assertThat(opened.get()).isEqualTo(2);
    }

    @Test
    void whatWasLostAndIsHealedIntoThePackThatGrowsIsFoundAMinuteLater() throws IOException {
        AtomicLong nanoTime = new AtomicLong(5);
        ChunkFrame healed = ImageStoreConformance.frame(99);
        try (ImageStore store = DiskStore.open(folder)) {
            publish(store, frames);
            try (StoreReader reader = StoreReader.open(reading(() -> {}), nanoTime::get)) {
                store.sink().put(List.of(healed));
                assertThatThrownBy(() -> reader.source().get(List.of(healed.id())))
                        .hasMessageContaining("is not in the image store");
                nanoTime.addAndGet(Duration.ofSeconds(61).toNanos());
                assertThat(reader.source().get(List.of(healed.id()))).containsExactly(healed.frame());
            }
        }
    }
}
