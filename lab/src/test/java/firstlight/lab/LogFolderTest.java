package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LogFolderTest {
    @TempDir
    private Path logs;

    @Test
    void theSameScenarioPlayedTwiceAtOnceHasTwoFolders() throws IOException {
        try (LogFolder first = LogFolder.take(logs.resolve("boot"))) {
            Files.writeString(first.path().resolve("journal.log"), "mine");
            try (LogFolder second = LogFolder.take(logs.resolve("boot"))) {
                assertThat(second.path()).isNotEqualTo(first.path()).isEmptyDirectory();
            }
            assertThat(first.path().resolve("journal.log")).hasContent("mine");
        }
    }

    @Test
    void theNextRunTakesTheSameFolderAndEmptiesIt() throws IOException {
        try (LogFolder first = LogFolder.take(logs.resolve("boot"))) {
            Files.writeString(first.path().resolve("journal.log"), "old");
        }
        try (LogFolder second = LogFolder.take(logs.resolve("boot"))) {
            assertThat(second.path()).isEqualTo(logs.resolve("boot")).isEmptyDirectory();
        }
    }

    @Test
    void aFolderWhoseRunWasTakenDownIsFreeAgain() {
        try (LogFolder first = LogFolder.take(logs.resolve("boot"))) {
            LogFolder.keep(first.path(), "fl-of-no-run");
        }
        try (LogFolder second = LogFolder.take(logs.resolve("boot"))) {
            assertThat(second.path()).isEqualTo(logs.resolve("boot"));
        }
    }
}
