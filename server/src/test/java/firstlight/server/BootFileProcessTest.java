package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BootFileProcessTest {
    @TempDir
    private Path root;

    @Test
    void aBuildThatIsStillRunningEndsWithTheServer() throws Exception {
        Process seen;
        try (BootFileProcess started = BootFileProcess.start(root, List.of("sleep", "600"), Duration.ZERO)) {
            seen = started.process();
            assertThat(seen.isAlive()).isTrue();
        }
        assertThat(seen.waitFor(10, TimeUnit.SECONDS)).isTrue();
    }

    /** As where the server is put up before its network. */
    @Test
    void whatIsMissingIsTriedAgainUntilItIsThere() throws Exception {
        Path tries = root.resolve("tries");
        String made = String.join(" ", BootFileSupply.missing(root));
        String script = "cd " + root + "; echo >>tries; echo 'no network'; [ $(wc -l <tries) = 3 ] || exit 1\n"
                + "for name in " + made + "; do mkdir -p $(dirname $name); touch $name; done";
        try (BootFileProcess started = BootFileProcess.start(root, List.of("sh", "-c", script), Duration.ofMillis(1))) {
            assertThat(started.join(Duration.ofMinutes(1))).isTrue();
        }
        assertThat(Files.readAllLines(tries)).hasSize(3);
        assertThat(BootFileSupply.missing(root)).isEmpty();
    }

    /** Between two tries as well. */
    @Test
    void nothingIsTriedAgainForAServerThatEnds() throws Exception {
        BootFileProcess started = BootFileProcess.start(root, List.of("false"), Duration.ofDays(1));
        started.process().waitFor();
        started.close();
        assertThat(started.join(Duration.ofMinutes(1))).isTrue();
    }

    @Test
    void whatAPcWouldAskForInVainIsNamed() throws Exception {
        Files.createDirectories(root.resolve("environment"));
        Files.writeString(root.resolve("environment/vmlinuz"), "");
        assertThat(BootFileSupply.missing(root))
                .contains("environment/initramfs.zst")
                .doesNotContain("environment/vmlinuz");
    }
}
