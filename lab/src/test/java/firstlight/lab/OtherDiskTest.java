package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class OtherDiskTest {
    @Test
    void whatABuildThatWasCutOffLeftIsTakenAwayByTheNext(@TempDir Path cache) throws IOException {
        Path lab = Files.createDirectories(cache.resolve("lab"));
        Files.writeString(
                Files.createDirectories(lab.resolve("building-1/root")).resolve("file"), "x");
        Path kept = Files.writeString(lab.resolve("system-1.raw"), "x");
        Path absent = lab.resolve("system-4.raw");
        assertThatThrownBy(() -> OtherDisk.in(cache, absent, DiskMake.IA32)).isInstanceOf(LabFailure.class);
        assertThat(lab.resolve("building-1")).doesNotExist();
        assertThat(kept).exists();
    }
}
