package firstlight.image.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkFrame;
import firstlight.image.chunk.DamagedChunk;
import firstlight.image.manifest.ManifestCodec;
import firstlight.testkit.Seeded;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DiskStoreTest implements ImageStoreConformance, RepackingConformance {
    @TempDir
    Path folder;

    private Path directory() {
        return folder.resolve("images");
    }

    @Override
    public ImageStore open() throws IOException {
        return DiskStore.open(directory());
    }

    @Test
    void twoProcessesCannotHaveTheSameStore() throws IOException {
        try (ImageStore store = open()) {
            assertThat(store.list()).isEmpty();
            assertThatThrownBy(this::open).isInstanceOf(ImageFailure.class).hasMessageContaining("in use");
        }
    }

    @Test
    void whateverACrashCutsOffThePublishedVersionsAreWholeAndTheRestIsMissingOrWhole() throws IOException {
        Seeded random = Seeded.fresh();
        List<ChunkFrame> published = ImageStoreConformance.frames(0, 5);
        List<ChunkFrame> later = ImageStoreConformance.frames(5, 12);
        Path crashed = folder.resolve("crashed");
        long safe;
        try (ImageStore store = open()) {
            store.sink().put(published);
            ImageStoreConformance.published(
                    store.publish(NAME, ImageStoreConformance.manifest(ImageStoreConformance.ids(published))));
            safe = Files.size(pack(directory()));
            store.sink().put(later);
            copy(directory(), crashed); // as a crash would leave it: nothing closed, no list beside the pack
        }
        byte[] whole = Files.readAllBytes(pack(crashed));
        for (int round = 0; round < 25; round++) {
            Path case_ = folder.resolve("case" + round);
            copy(crashed, case_);
            int cut = random.between((int) safe, whole.length);
            Files.write(pack(case_), Arrays.copyOf(whole, cut));
            try (ImageStore store = DiskStore.open(case_)) {
                ImageVersion version = store.find(NAME, 0).orElseThrow();
                assertThat(store.verify(version, Progress.SILENT))
                        .as("cut at %d, %s", cut, random)
                        .isEmpty();
                var missing = store.sink().missing(ImageStoreConformance.ids(later));
                for (int i = 0; i < later.size(); i++) {
                    if (!missing.get(i)) {
                        assertThat(store.source()
                                        .get(List.of(later.get(i).id()))
                                        .getFirst())
                                .isEqualTo(later.get(i).frame());
                    }
                }
                store.sink().put(later);
                ImageStoreConformance.published(
                        store.publish(NAME, ImageStoreConformance.manifest(ImageStoreConformance.ids(later))));
                assertThat(store.verify(store.find(NAME, 2).orElseThrow(), Progress.SILENT))
                        .isEmpty();
            }
        }
    }

    @Test
    void aProcessKilledWhileItPublishesLeavesOnlyWholeVersions() throws Exception {
        for (int lines = 1; lines <= 4; lines++) {
            PublishForever.untilKilled(lines * 3, 0, List.of(directory().toString()));
            try (ImageStore store = open()) {
                assertThat(store.list()).hasSizeGreaterThanOrEqualTo(lines * 3);
                assertWhole(store);
            }
        }
    }

    @Test
    void aProcessKilledWhileItCollectsLosesNothingThatAVersionNames() throws Exception {
        Seeded random = Seeded.fresh();
        int last = 0;
        for (int round = 0; round < 8; round++) {
            PublishForever.untilKilled(
                    random.between(2, 9),
                    random.between(0, 30),
                    List.of(directory().toString(), "collect"));
            try (ImageStore store = open()) {
                List<ImageVersion> versions = store.list();
                assertThat(versions).as("%s", random).isNotEmpty();
                assertThat(versions.getLast().number()).as("%s", random).isGreaterThan(last);
                last = versions.getLast().number();
                assertWhole(store);
            }
        }
        try (ImageStore store = open()) { // what the kills left behind goes, and no more
            store.collect(false, Progress.SILENT);
            assertWhole(store);
            assertThat(store.collect(true, Progress.SILENT).chunks()).isZero();
        }
    }

    @Test
    void aProcessKilledWhileItPacksLosesNothing() throws Exception {
        Seeded random = Seeded.fresh();
        for (int round = 0; round < 6; round++) {
            PublishForever.untilKilled(
                    random.between(2, 9),
                    random.between(0, 60),
                    List.of(directory().toString(), "pack"));
            try (ImageStore store = open()) {
                assertThat(store.list()).as("%s", random).isNotEmpty();
                assertWhole(store);
            }
        }
        try (ImageStore store = open()) {
            store.repack(LEVEL, 1, Progress.SILENT);
            store.collect(false, Progress.SILENT);
            assertWhole(store);
            assertThat(store.collect(true, Progress.SILENT).chunks()).isZero();
        }
    }

    @Test
    void aListThatIsGoneIsMadeAnewWithTheDifferencesWhereverTheirBasesLie() throws IOException {
        try (ImageStore store = open()) {
            ImageStoreConformance.publish(store, RepackingConformance.first());
            ImageStoreConformance.publish(store, RepackingConformance.second());
            store.repack(LEVEL, 2, Progress.SILENT);
        }
        Files.delete(directory().resolve("packs/00000002.pack.list"));
        try (ImageStore store = open()) {
            assertWhole(store);
        }
    }

    @Test
    void aDamagedBaseTakesTheDifferencesFromItAlongUntilTheyComeAgain() throws IOException {
        List<ChunkFrame> both =
                ImageStoreConformance.concat(RepackingConformance.first(), RepackingConformance.second());
        try (ImageStore store = open()) {
            ImageStoreConformance.publish(store, RepackingConformance.first());
            ImageStoreConformance.publish(store, RepackingConformance.second());
            store.repack(LEVEL, 1, Progress.SILENT);
        }
        flip(directory().resolve("packs/00000002.pack"), PackFile.HEADER + 1000);
        try (ImageStore store = open()) {
            assertThat(store.verify(store.find(NAME, 1).orElseThrow(), Progress.SILENT))
                    .hasSize(1);
            assertThat(ImageStoreConformance.missing(store, both)).isEqualTo(2);
            store.sink().put(both);
            assertWhole(store);
        }
        try (ImageStore store = open()) {
            assertWhole(store);
        }
    }

    private static void assertWhole(ImageStore store) throws IOException {
        for (ImageVersion version : store.list()) {
            assertThat(version.damage()).isEmpty();
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        }
        assertThat(store.troubles()).isEmpty();
    }

    @Test
    void aFlippedBitInAPackIsFoundNamedAndHealedByTheNextCapture() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 4);
        try (ImageStore store = open()) {
            store.sink().put(frames);
            ImageStoreConformance.published(
                    store.publish(NAME, ImageStoreConformance.manifest(ImageStoreConformance.ids(frames))));
        }
        flip(pack(directory()), PackFile.HEADER + 1000);
        try (ImageStore store = open()) {
            ImageVersion version = store.find(NAME, 1).orElseThrow();
            assertThat(store.verify(version, Progress.SILENT))
                    .singleElement()
                    .asString()
                    .contains(frames.getFirst().id().toString())
                    .contains("disk 1, the whole disk, 262144 octets at offset 0");
            assertThat(store.sink().missing(ImageStoreConformance.ids(frames)).cardinality())
                    .isEqualTo(1);
            store.sink().put(frames);
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        }
        try (ImageStore store = open()) {
            assertThat(store.verify(store.find(NAME, 1).orElseThrow(), Progress.SILENT))
                    .isEmpty();
        }
    }

    @Test
    void whatWasFoundDamagedIsMissingAfterAStartTooUntilItComesAgain() throws IOException {
        List<ChunkFrame> both =
                ImageStoreConformance.concat(RepackingConformance.first(), RepackingConformance.second());
        try (ImageStore store = open()) {
            ImageStoreConformance.publish(store, RepackingConformance.first());
            ImageStoreConformance.publish(store, RepackingConformance.second());
            store.repack(LEVEL, 1, Progress.SILENT);
        }
        flip(directory().resolve("packs/00000002.pack"), PackFile.HEADER + 1000);
        try (ImageStore store = open()) {
            assertThat(store.verify(store.find(NAME, 1).orElseThrow(), Progress.SILENT))
                    .hasSize(1);
        }
        try (ImageStore store = open()) {
            assertThat(ImageStoreConformance.missing(store, both)).isEqualTo(2);
            store.sink().put(both);
        }
        try (ImageStore store = open()) {
            assertThat(ImageStoreConformance.missing(store, both)).isZero();
            assertWhole(store);
        }
    }

    @Test
    void whatWasFoundDamagedAndIsSoundAtTheNextStartIsThereAgain() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 2);
        try (ImageStore store = open()) {
            store.sink().put(frames);
        }
        flip(pack(directory()), PackFile.HEADER + 1000);
        try (ImageStore store = open()) {
            assertThat(store.check(frames.getFirst().id())).isFalse();
        }
        flip(pack(directory()), PackFile.HEADER + 1000);
        try (ImageStore store = open()) {
            assertThat(ImageStoreConformance.missing(store, frames)).isZero();
        }
        assertThat(directory().resolve(KnownDamage.NAME)).doesNotExist();
    }

    @Test
    void aDamagedNoteOfWhatIsDamagedCostsOnlyWhatItSaid() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 2);
        try (ImageStore store = open()) {
            store.sink().put(frames);
        }
        flip(pack(directory()), PackFile.HEADER + 1000);
        try (ImageStore store = open()) {
            assertThat(store.check(frames.getFirst().id())).isFalse();
        }
        flip(directory().resolve(KnownDamage.NAME), 20);
        try (ImageStore store = open()) {
            assertThat(ImageStoreConformance.missing(store, frames)).isZero();
            assertThat(store.check(frames.getFirst().id())).isFalse();
        }
    }

    @Test
    void aFrameInTheWrongPlaceIsNotGivenOut() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 2);
        try (ImageStore store = open()) {
            store.sink().put(frames);
        }
        flip(pack(directory()), 3); // in the id before the first frame
        try (ImageStore store = open()) {
            assertThatThrownBy(
                            () -> store.source().get(List.of(frames.getFirst().id())))
                    .isInstanceOf(DamagedChunk.class);
        }
    }

    @Test
    void aDamagedManifestIsListedAsDamagedAndNotOpened() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 1);
        try (ImageStore store = open()) {
            store.sink().put(frames);
            store.publish(NAME, ImageStoreConformance.manifest(ImageStoreConformance.ids(frames)));
        }
        flip(directory().resolve("manifests/office/1.manifest"), 40);
        try (ImageStore store = open()) {
            ImageVersion version = store.list().getFirst();
            assertThat(version.damage()).contains("SHA-256");
            assertThatThrownBy(() -> store.open(version)).isInstanceOf(ImageFailure.class);
        }
    }

    @Test
    void aFlippedBitInAListIsSaidAndTheListMadeAnew() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 4);
        try (ImageStore store = open()) {
            ImageStoreConformance.publish(store, frames);
        }
        flip(directory().resolve("packs/00000001.pack.list"), 70);
        try (ImageStore store = open()) {
            assertThat(store.troubles()).singleElement().asString().contains("00000001.pack", "4 chunks are sound");
            assertThat(ImageStoreConformance.missing(store, frames)).isZero();
        }
        try (ImageStore store = open()) {
            assertThat(store.troubles()).isEmpty();
        }
    }

    @Test
    void aFlippedBitInTheNotesIsSaidAndTheVersionStaysProtectedUntilSomebodyLooks() throws IOException {
        try (ImageStore store = open()) {
            ImageVersion version = ImageStoreConformance.publish(store, ImageStoreConformance.frames(0, 1));
            store.change(version, notes -> notes.withNote("the good one").withKept(true));
        }
        flip(directory().resolve("manifests/office/1.notes"), 90);
        try (ImageStore store = open()) {
            ImageVersion version = store.find(NAME, 1).orElseThrow();
            assertThat(version.notes().note()).contains("damaged");
            assertThatThrownBy(() -> store.remove(version, ImageStoreConformance.ENTRY))
                    .hasMessageContaining("protected");
        }
    }

    @Test
    void nothingIsCollectedWhileAManifestCannotBeRead() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 3);
        try (ImageStore store = open()) {
            ImageStoreConformance.publish(store, frames);
        }
        flip(directory().resolve("manifests/office/1.manifest"), 40);
        try (ImageStore store = open()) {
            assertThatThrownBy(() -> store.collect(false, Progress.SILENT))
                    .isInstanceOf(ImageFailure.class)
                    .hasMessageContaining("office@1");
            assertThat(ImageStoreConformance.missing(store, frames)).isZero();
            flip(directory().resolve("manifests/office/1.manifest"), 40); // the right file again
            assertThat(store.list().getFirst().damage()).isEmpty();
            store.collect(false, Progress.SILENT);
            assertThat(ImageStoreConformance.missing(store, frames)).isZero();
        }
    }

    @Test
    void aManifestWhoseFileIsGoneIsDamagedAndBecomesWholeByAnotherServersFile() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 3);
        byte[] right;
        byte[] wrong;
        try (ImageStore store = open()) {
            ImageVersion version = ImageStoreConformance.publish(store, frames);
            right = store.encoded(version);
            wrong = store.encoded(ImageStoreConformance.publish(store, frames.subList(0, 1)));
            store.change(version, notes -> notes.withTags(Set.of("golden")));
        }
        Path manifest = directory().resolve("manifests/office/1.manifest");
        Files.delete(manifest);
        try (ImageStore store = open()) {
            ImageVersion lost = store.find(NAME, 1).orElseThrow();
            assertThat(lost.damage()).contains("1.manifest is not there");
            assertThat(lost.notes().tags()).containsExactly("golden");
            assertThatThrownBy(() -> store.collect(false, Progress.SILENT)).hasMessageContaining("office@1 needs");
            assertThatThrownBy(() -> store.mend(lost, wrong)).hasMessageContaining("cannot be told");
            Files.write(manifest, wrong);
            assertThat(store.list().getFirst().damage()).contains("another version's");
            assertThat(store.mend(lost, right).damage()).isEmpty();
            assertThat(store.collect(false, Progress.SILENT).chunks()).isZero();
        }
        try (ImageStore store = open()) {
            ImageVersion version = store.find(NAME, 1).orElseThrow();
            assertThat(version.notes().tags()).containsExactly("golden");
            assertThat(store.verify(version, Progress.SILENT)).isEmpty();
        }
    }

    @Test
    void aManifestWhoseFileIsGoneCanBeRemoved() throws IOException {
        try (ImageStore store = open()) {
            ImageStoreConformance.publish(store, ImageStoreConformance.frames(0, 3));
        }
        Files.delete(directory().resolve("manifests/office/1.manifest"));
        try (ImageStore store = open()) {
            store.remove(store.find(NAME, 1).orElseThrow(), ImageStoreConformance.ENTRY);
            assertThat(store.collect(false, Progress.SILENT).chunks()).isEqualTo(3);
        }
        try (ImageStore store = open()) {
            assertThat(store.list()).isEmpty();
            assertThat(store.removed()).hasSize(1);
        }
    }

    @Test
    void aDamagedChunkIsNotCarriedIntoAnotherPackAndIsSaid() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 4);
        try (ImageStore store = open()) {
            ImageVersion gone = ImageStoreConformance.publish(store, frames);
            ImageStoreConformance.publish(store, frames.subList(0, 2));
            store.remove(gone, ImageStoreConformance.ENTRY);
        }
        flip(pack(directory()), PackFile.HEADER + 1000);
        try (ImageStore store = open()) {
            assertThat(store.collect(false, Progress.SILENT).damages())
                    .singleElement()
                    .asString()
                    .contains(frames.getFirst().id().toString());
            assertThat(ImageStoreConformance.missing(store, frames.subList(0, 2)))
                    .isEqualTo(1);
        }
    }

    private static Path pack(Path directory) {
        return directory.resolve("packs/00000001.pack");
    }

    private static void flip(Path file, int offset) throws IOException {
        byte[] octets = Files.readAllBytes(file);
        octets[offset] ^= 0x10;
        Files.write(file, octets);
    }

    private static void copy(Path from, Path to) throws IOException {
        try (var paths = Files.walk(from)) {
            for (Path path : paths.toList()) {
                Files.copy(path, to.resolve(from.relativize(path).toString()));
            }
        }
    }

    /** FAT and exFAT as media have them: one file for all spellings of its name, without dots at its end. */
    private static final class WithoutCase extends WatchedShelf {
        WithoutCase(Shelf shelf) {
            super(shelf);
        }

        private static String onDisk(String name) {
            return name.toLowerCase(Locale.ROOT).replaceAll("\\.+/", "/");
        }

        @Override
        public byte[] read(String name) throws IOException {
            return super.read(onDisk(name));
        }

        @Override
        public void write(String name, byte[] content) throws IOException {
            super.write(onDisk(name), content);
        }
    }

    @Test
    void anImageWhoseNameIsAnothersForTheFileSystemIsRefusedAndTheOtherStays() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 2);
        var first = ImageStoreConformance.manifest(ImageStoreConformance.ids(frames));
        var other = ImageStoreConformance.manifest(ImageStoreConformance.ids(frames.subList(0, 1)));
        byte[] encoded = ManifestCodec.encode(other);
        try (ImageStore store = PackStore.open(new WithoutCase(DiskShelf.open(directory())))) {
            store.sink().put(frames);
            ImageVersion office = ImageStoreConformance.published(store.publish(new ImageName("office"), first));
            for (String name : List.of("Office", "OFFICE.", "office..")) {
                ImageName same = new ImageName(name);
                assertThatThrownBy(() -> store.publish(same, other))
                        .isInstanceOf(ImageFailure.class)
                        .hasMessageStartingWith("The image '" + name + "' cannot lie beside 'office'");
                assertThatThrownBy(() -> store.adopt(same, 1, encoded, VersionNotes.NONE))
                        .isInstanceOf(ImageFailure.class)
                        .hasMessageContaining("'office'");
            }
            assertThat(store.open(office)).isEqualTo(first);
            ImageStoreConformance.published(store.publish(new ImageName("office2"), other));
            assertThat(ImageStoreConformance.published(store.publish(new ImageName("office"), other))
                            .number())
                    .isEqualTo(2);
        }
    }

    @Test
    void whereTheFileSystemTellsThemApartNamesMayDifferInCaseOnly() throws IOException {
        List<ChunkFrame> frames = ImageStoreConformance.frames(0, 2);
        var first = ImageStoreConformance.manifest(ImageStoreConformance.ids(frames));
        var other = ImageStoreConformance.manifest(ImageStoreConformance.ids(frames.subList(0, 1)));
        try (ImageStore store = open()) {
            store.sink().put(frames);
            ImageVersion one = ImageStoreConformance.published(store.publish(new ImageName("office"), first));
            ImageStoreConformance.published(store.publish(new ImageName("Office"), other));
            assertThat(store.open(one)).isEqualTo(first);
        }
    }
}
