package firstlight.image.store;

import static firstlight.image.store.ImageStoreConformance.NAME;
import static firstlight.image.store.ImageStoreConformance.frames;
import static firstlight.image.store.ImageStoreConformance.publish;
import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Progress;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A tag that moves, when the power fails after so many of the files are written. */
class TagMoveTest {
    @TempDir
    Path folder;

    private int writesLeft = Integer.MAX_VALUE;

    private ImageStore open() throws IOException {
        return PackStore.open(new WatchedShelf(DiskShelf.open(folder)) {
            @Override
            void beforeWrite(String name) throws IOException {
                if (name.endsWith(".notes") && writesLeft-- <= 0) {
                    throw new IOException("the power has failed");
                }
            }
        });
    }

    private List<Integer> tagged(ImageStore store) throws IOException {
        return store.list().stream()
                .filter(version -> version.notes().tags().contains("golden"))
                .map(ImageVersion::number)
                .toList();
    }

    private static void tag(ImageStore store, int number, Set<String> tags) throws IOException {
        store.change(store.find(NAME, number).orElseThrow(), notes -> notes.withTags(tags));
    }

    /** The notes of the version of another store could be written, or not, and those of the version that had its tag. */
    @ParameterizedTest
    @CsvSource({"0, 1", "1, 2", "2, 2"})
    void goesToTheVersionOfAnotherStoreThatHasIt(int writes, int afterACrash) throws IOException {
        byte[] encoded;
        VersionNotes notes = VersionNotes.NONE.withTags(Set.of("golden")).withNote("of the other");
        try (ImageStore store = open()) {
            encoded = store.encoded(publish(store, frames(0, 1)));
            tag(store, 1, Set.of("golden"));
            writesLeft = writes;
            assertThat(store.adopt(NAME, 2, encoded, notes)).isInstanceOf(Publication.Published.class);
            assertThat(tagged(store)).containsExactly(2);
            assertThat(store.adopt(NAME, 2, encoded, VersionNotes.NONE))
                    .isEqualTo(new Publication.Published(store.find(NAME, 2).orElseThrow()));
        }
        writesLeft = Integer.MAX_VALUE;
        try (ImageStore store = open()) {
            assertThat(tagged(store)).containsExactly(afterACrash);
            writesLeft = 0;
            store.adopt(NAME, 3, encoded, notes);
            writesLeft = Integer.MAX_VALUE;
            store.collect(false, Progress.SILENT); // it writes what could not be written
        }
        try (ImageStore store = open()) {
            assertThat(tagged(store)).containsExactly(3);
            assertThat(store.find(NAME, 3).orElseThrow().notes().note()).isEqualTo("of the other");
        }
    }

    @ParameterizedTest
    @CsvSource({"1, 2, 0, 1", "1, 2, 1, 2", "1, 2, 2, 2", "2, 1, 0, 2", "2, 1, 1, 1", "2, 1, 2, 1"})
    void isOnOneVersionWheneverThePowerFails(int from, int to, int writes, int expected) throws IOException {
        try (ImageStore store = open()) {
            publish(store, frames(0, 1));
            publish(store, frames(1, 2));
            tag(store, from, Set.of("golden"));
            writesLeft = writes;
            try {
                tag(store, to, Set.of("golden"));
                assertThat(writes).isEqualTo(2);
            } catch (IOException failed) {
                assertThat(failed).hasMessageContaining("the power has failed");
            }
            assertThat(tagged(store)).as("before the start").containsExactly(expected);
        }
        writesLeft = Integer.MAX_VALUE;
        try (ImageStore store = open()) {
            assertThat(tagged(store)).containsExactly(expected);
            tag(store, expected, Set.of());
        }
        try (ImageStore store = open()) {
            assertThat(tagged(store))
                    .as("taken away, and not given back by a start")
                    .isEmpty();
            tag(store, from, Set.of("golden"));
            store.remove(store.find(NAME, from).orElseThrow(), ImageStoreConformance.ENTRY);
        }
        try (ImageStore store = open()) {
            assertThat(tagged(store)).isEmpty();
        }
    }
}
