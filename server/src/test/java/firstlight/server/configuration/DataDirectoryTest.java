package firstlight.server.configuration;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
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

    @Test
    void aNewOneIsForTheServersUserAlone() throws IOException {
        Path fresh = directory.resolve("srv/firstlight");
        new DataDirectory(fresh).create();
        assertThat(modes(fresh, fresh.resolve("database"), fresh.resolve("images")))
                .containsOnly("rwx------");
        assertThat(modes(fresh.resolve(".."))).doesNotContain("rwx------");
    }

    @Test
    void anOlderOneIsClosedToOthersButNotToAGroupThatWasLetIn() throws IOException {
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxr-xr-x"));
        Map<String, String> older = Map.of("database", "rwxr-xr-x", "images", "rwxr-x---", "spool", "rwxrwxr-x");
        for (Map.Entry<String, String> each : older.entrySet()) {
            Path folder = Files.createDirectory(directory.resolve(each.getKey()));
            Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString(each.getValue()));
        }
        new DataDirectory(directory).create();
        assertThat(modes(
                        directory,
                        directory.resolve("database"),
                        directory.resolve("images"),
                        directory.resolve("spool")))
                .startsWith("rwxr-xr-x", "rwx------", "rwxr-x---", "rwx------");
    }

    private static List<String> modes(Path... paths) throws IOException {
        List<String> modes = new ArrayList<>();
        for (Path path : paths) {
            modes.add(PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
        }
        return modes;
    }
}
