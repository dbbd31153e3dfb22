package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DataDirectoryTest {
    @TempDir
    Path directory;

    @Test
    void theSecretIsMadeOnceForTheServersUserAlone() throws IOException {
        DataDirectory data = new DataDirectory(directory);
        String secret = data.apiToken();
        assertThat(secret).hasSize(43);
        assertThat(data.apiToken()).isEqualTo(secret);
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory.resolve("api-token"))))
                .isEqualTo("rw-------");
        assertThat(directory.toFile().list()).containsExactly("api-token");
    }

    @Test
    void anEmptyOneThatACrashLeftIsNoSecretAndIsMadeAnew() throws IOException {
        Files.writeString(directory.resolve("api-token"), "");
        assertThat(new DataDirectory(directory).apiToken()).hasSize(43);
    }
}
