package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the embedded database does. */
class SqliteTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir
    private Path directory;

    @Test
    void aSecondServerOnTheSameDirectoryIsToldWhatToDo() {
        try (Database _ = Database.open(directory, NOW)) {
            assertThatThrownBy(() -> Database.open(directory, NOW))
                    .isInstanceOfSatisfying(
                            DatabaseFailure.class,
                            failure -> assertThat(failure.cure())
                                    .contains("another firstlight serve uses this directory"));
        }
    }

    @Test
    void aFileThatIsNoDatabaseIsNamedAndLeftAlone() throws IOException {
        Path file = directory.resolve("firstlight.sqlite");
        Files.writeString(file, "a text of some length that is certainly no database at all".repeat(20));

        assertThatThrownBy(() -> Database.open(directory, NOW))
                .isInstanceOf(DatabaseFailure.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("not a database");
        assertThat(file).content().startsWith("a text");
    }
}
