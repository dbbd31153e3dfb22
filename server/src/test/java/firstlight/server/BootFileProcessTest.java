package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
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
        try (BootFileProcess started = BootFileProcess.start(root, List.of("sleep", "600"))) {
            seen = started.process();
            assertThat(seen.isAlive()).isTrue();
        }
        assertThat(seen.waitFor(10, TimeUnit.SECONDS)).isTrue();
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
