package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.ChunkId;
import firstlight.testkit.Seeded;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFileTest {
    @TempDir
    Path folder;

    private byte[] exported(ImageStore store, ImageVersion version) throws IOException {
        ByteArrayOutputStream file = new ByteArrayOutputStream();
        ImageFile.write(store, version, file, Progress.SILENT);
        return file.toByteArray();
    }

    private static ImageVersion imported(byte[] file, ImageStore store, Optional<ImageName> as) throws IOException {
        return ImageFile.read(new ByteArrayInputStream(file), store, as, ImageStoreConformance.ENTRY, Progress.SILENT);
    }

    @Test
    void whatIsExportedFromOneStoreIsTheSameInAnother() throws IOException {
        byte[] file;
        ImageVersion original;
        try (ImageStore store = DiskStore.open(folder.resolve("one"))) {
            original = ImageStoreConformance.publish(store, ImageStoreConformance.frames(0, 20));
            original = store.change(original, notes -> notes.withNote("golden").withKept(true));
            file = exported(store, original);
        }
        try (ImageStore store = DiskStore.open(folder.resolve("two"))) {
            ImageVersion first = imported(file, store, Optional.empty());
            assertThat(first.digest()).isEqualTo(original.digest());
            assertThat(first.name()).isEqualTo("office@1");
            assertThat(first.notes().note()).isEqualTo("golden");
            assertThat(first.notes().kept()).isFalse();
            assertThat(first.notes().history()).singleElement().asString().contains("export of office@1");
            assertThat(store.verify(first, Progress.SILENT)).isEmpty();
            assertThat(imported(file, store, Optional.of(new ImageName("room12")))
                            .name())
                    .isEqualTo("room12@1");
        }
    }

    @Test
    void anExportHealsAStoreThatLacksSomeOfItsChunks() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 6);
        byte[] file;
        try (ImageStore store = DiskStore.open(folder.resolve("one"))) {
            file = exported(store, ImageStoreConformance.publish(store, frames));
        }
        Path pack = folder.resolve("two/packs/00000001.pack");
        try (ImageStore store = DiskStore.open(folder.resolve("two"))) {
            ImageVersion version = ImageStoreConformance.publish(store, frames);
            byte[] octets = Files.readAllBytes(pack);
            octets[PackFile.HEADER + 77] ^= 4;
            Files.write(pack, octets);
            assertThat(store.verify(version, Progress.SILENT)).hasSize(1);
            imported(file, store, Optional.of(new ImageName("healer")));
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        }
    }

    @Test
    void aDamagedOrShortenedExportIsRefusedAndNothingIsPublished() throws IOException {
        Seeded random = Seeded.fresh();
        byte[] file;
        try (ImageStore store = DiskStore.open(folder.resolve("one"))) {
            file = exported(store, ImageStoreConformance.publish(store, ImageStoreConformance.frames(0, 2)));
        }
        try (ImageStore store = DiskStore.open(folder.resolve("two"))) {
            for (int round = 0; round < 60; round++) {
                byte[] broken = file.clone();
                if (round % 2 == 0) {
                    int at = round < 40 ? random.between(0, 300) : random.between(0, file.length - 1);
                    broken[at] ^= (byte) (1 << random.between(0, 7));
                } else {
                    broken = Arrays.copyOf(file, random.between(0, file.length - 1));
                }
                byte[] bad = broken;
                assertThatThrownBy(() -> imported(bad, store, Optional.empty()))
                        .as("round %d, %s", round, random)
                        .isInstanceOf(ImageFailure.class);
                assertThat(store.list()).isEmpty();
            }
            imported(file, store, Optional.empty());
        }
    }

    @Test
    void aDamagedStoreIsFoundAtExportAndTheChunkNamed() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 3);
        try (ImageStore store = DiskStore.open(folder.resolve("one"))) {
            ImageVersion version = ImageStoreConformance.publish(store, frames);
            Path pack = folder.resolve("one/packs/00000001.pack");
            byte[] octets = Files.readAllBytes(pack);
            octets[PackFile.HEADER + 77] ^= 4;
            Files.write(pack, octets);
            assertThatThrownBy(() -> exported(store, version))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining(frames.getFirst().id().toString());
        }
    }

    @Test
    void aDifferenceCountsTheOctetsOfTheCellsThatAreNotTheSame() throws ImageFailure {
        List<ChunkId> ids = ImageStoreConformance.ids(ImageStoreConformance.frames(0, 5));
        Difference difference = Difference.between(
                ImageStoreConformance.manifest(ids.subList(0, 4)),
                ImageStoreConformance.manifest(List.of(ids.get(0), ids.get(4), ChunkId.ZERO)));
        assertThat(difference.newChunks()).isEqualTo(1);
        assertThat(difference.goneChunks()).isEqualTo(3);
        assertThat(difference.regions()).singleElement().satisfies(region -> {
            assertThat(region.name()).isEqualTo("the whole disk");
            assertThat(region.octets()).isEqualTo(3 * 262_144L); // changed, zeros now, gone
        });
    }
}
