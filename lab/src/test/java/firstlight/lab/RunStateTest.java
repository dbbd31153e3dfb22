package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RunStateTest {
    private static final Instant NOW = Instant.parse("2026-11-30T12:00:00Z");

    @TempDir
    Path root;

    private Path run(String id, Duration age) throws IOException {
        Path run = root.resolve(id);
        Files.createDirectories(run.resolve("logs"));
        Files.setLastModifiedTime(run, FileTime.from(NOW.minus(age)));
        return run;
    }

    @Test
    void aRunThatBeginsOrEndsJustNowIsNotTakenAway() throws IOException {
        Path begins = run("fl0001", Duration.ofSeconds(1));
        Path cutOff = run("fl0002", Duration.ofMinutes(2));
        assertThat(RunState.down(root, NOW)).containsExactly("fl0002");
        assertThat(begins).exists();
        assertThat(cutOff).doesNotExist();
    }

    @Test
    void oneThatCannotBeReadKeepsNoOtherFromBeingTakenAway() throws IOException {
        Files.createDirectory(run("fl0001", Duration.ZERO).resolve("things"));
        Path left = run("fl0002", Duration.ZERO);
        Files.writeString(left.resolve("things"), "left\n");
        assertThatThrownBy(() -> RunState.down(root, NOW))
                .isInstanceOf(LabFailure.class)
                .hasMessageContaining("fl0001: ")
                .hasMessageContaining("(taken away: fl0002)");
        assertThat(left).doesNotExist();
    }

    @Test
    void aPlainFileBesideTheRunsIsNone() throws IOException {
        Path stray = Files.writeString(root.resolve("notes.txt"), "a person's");
        Files.setLastModifiedTime(stray, FileTime.from(NOW.minus(Duration.ofHours(1))));
        run("fl0001", Duration.ofHours(1));
        assertThat(RunState.down(root, NOW)).containsExactly("fl0001");
        assertThat(stray).exists();
    }

    /** As on a full disk. */
    @Test
    void whatCannotBeNotedIsToldInOneLine() {
        Path gone = root.resolve("fl0001");
        assertThatThrownBy(() -> new RunState(gone).namespace("fl0001-srv"))
                .isInstanceOf(LabFailure.class)
                .hasMessageStartingWith("cannot note in " + gone + " what the lab makes: ");
    }

    /** Anybody may make a folder of that name below /var/tmp, and note there what root ends. */
    @Test
    void whatOthersMayWriteIsNotTakenForTheLabsWord() throws IOException {
        Path run = run("fl0001", Duration.ofHours(1));
        Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxrwxrwx"));
        assertThatThrownBy(() -> RunState.down(root, NOW))
                .isInstanceOf(LabFailure.class)
                .hasMessageContaining("others may write there");
        assertThat(run).exists();
    }
}
