package firstlight.image.store;

import static firstlight.image.store.ImageStoreConformance.ENTRY;
import static firstlight.image.store.ImageStoreConformance.NAME;
import static firstlight.image.store.ImageStoreConformance.frames;
import static firstlight.image.store.ImageStoreConformance.publish;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What the first packet of a PC asks for, on the thread that answers all of them. */
class NewestTest {
    @TempDir
    Path folder;

    private final List<String> read = new ArrayList<>();
    private boolean away;
    private long nanos;

    private ImageStore open() throws IOException {
        return PackStore.open(
                new WatchedShelf(DiskShelf.open(folder)) {
                    @Override
                    byte[] readFile(String name, byte[] content) throws IOException {
                        read.add(name);
                        if (away && name.startsWith(VersionKey.FOLDER)) {
                            throw new IOException("Stale file handle");
                        }
                        return content;
                    }
                },
                new PackIndex(),
                () -> nanos);
    }

    @Test
    void followsWhatIsPublishedAndRemoved() throws IOException {
        try (ImageStore store = open()) {
            store.list();
            assertThat(store.newest()).contains(Map.of());
            publish(store, frames(0, 1));
            ImageVersion second = publish(store, frames(1, 2));
            assertThat(store.newest()).contains(Map.of(NAME, 2));
            store.remove(second, ENTRY);
            assertThat(store.newest()).contains(Map.of(NAME, 1));
            store.remove(store.find(NAME, 1).orElseThrow(), ENTRY);
            assertThat(store.newest()).contains(Map.of());
            assertThat(publish(store, frames(2, 3)).number()).isEqualTo(3);
            assertThat(store.newest()).contains(Map.of(NAME, 3));
        }
    }

    @Test
    void isNotKnownBeforeTheVersionsCouldBeRead() throws IOException {
        try (ImageStore store = open()) {
            publish(store, frames(0, 1));
        }
        away = true;
        try (ImageStore store = open()) {
            assertThat(store.newest()).isEmpty();
            assertThatThrownBy(store::list).hasMessageContaining("Stale");
            assertThat(store.newest()).isEmpty();
            away = false;
            store.list();
            assertThat(store.newest()).contains(Map.of(NAME, 1));
        }
    }

    /** Engines ask for it with each chunk. */
    @Test
    void aListMakesNothingAnewWhereNothingChanged() throws IOException {
        try (ImageStore store = open()) {
            publish(store, frames(0, 1));
        }
        try (ImageStore store = open()) {
            store.list();
            var first = store.newest();
            store.list();
            store.find(NAME, 0);
            assertThat(store.newest()).isSameAs(first);
        }
    }

    /** A damaged manifest, some megabytes of it, was read for each packet. */
    @Test
    void isToldWithoutReadingTheStore() throws IOException {
        try (ImageStore store = open()) {
            publish(store, frames(0, 1));
        }
        Files.writeString(folder.resolve("manifests").resolve(NAME.toString()).resolve("1.manifest"), "damaged");
        try (ImageStore store = open()) {
            store.list();
            read.clear();
            away = true;
            assertThat(store.newest()).contains(Map.of(NAME, 1));
            assertThat(read).isEmpty();
        }
    }

    /** Each few chunks that an engine fetched were one more manifest to read, with a lock held that all others wait for. */
    @Test
    void aDamagedManifestIsReadForWhoAsksForItAndNotEachTime() throws IOException {
        Path manifest = folder.resolve("manifests").resolve(NAME.toString()).resolve("1.manifest");
        byte[] right;
        try (ImageStore store = open()) {
            right = store.encoded(publish(store, frames(0, 1)));
            publish(store, frames(1, 2));
        }
        Files.writeString(manifest, "damaged");
        try (ImageStore store = open()) {
            store.list();
            read.clear();
            assertThat(store.find(NAME, 2).orElseThrow().damage()).isEmpty();
            assertThat(store.find(NAME, 0).orElseThrow().number()).isEqualTo(2);
            assertThat(store.find(NAME, 1).orElseThrow().damage()).isNotEmpty();
            assertThat(read).isEmpty();

            Files.write(manifest, right);
            nanos += 10_000_000_000L;
            assertThat(store.find(NAME, 2)).isPresent();
            assertThat(read).isEmpty();
            assertThat(store.find(NAME, 1).orElseThrow().damage()).isEmpty();
            assertThat(read).containsExactly("manifests/office/1.manifest");
        }
    }

    @Test
    void aPersonsListReadsWhatIsDamagedEachTime() throws IOException {
        Path manifest = folder.resolve("manifests").resolve(NAME.toString()).resolve("1.manifest");
        byte[] right;
        try (ImageStore store = open()) {
            right = store.encoded(publish(store, frames(0, 1)));
        }
        Files.writeString(manifest, "damaged");
        try (ImageStore store = open()) {
            assertThat(store.list().getFirst().damage()).isNotEmpty();
            Files.write(manifest, right);
            assertThat(store.list().getFirst().damage()).isEmpty();
            assertThat(store.find(NAME, 1).orElseThrow().damage()).isEmpty();
        }
    }

    /** A bucket that hangs holds up whoever publishes for minutes. */
    @Test
    @Timeout(60)
    void waitsForNobodyWhoWrites() throws IOException {
        List<Optional<Map<ImageName, Integer>>> meanwhile = new ArrayList<>();
        CompletableFuture<ImageStore> opened = new CompletableFuture<>();
        try (ImageStore store = PackStore.open(new WatchedShelf(DiskShelf.open(folder)) {
            @Override
            void beforeWrite(String name) throws IOException {
                if (name.endsWith("2.manifest")) {
                    try {
                        meanwhile.add(CompletableFuture.supplyAsync(
                                        () -> opened.join().newest())
                                .get());
                    } catch (InterruptedException | ExecutionException e) {
                        throw new IOException(e);
                    }
                }
            }
        })) {
            opened.complete(store);
            publish(store, frames(0, 1));
            publish(store, frames(1, 2));
            assertThat(meanwhile).containsExactly(Optional.of(Map.of(NAME, 1)));
        }
    }
}
