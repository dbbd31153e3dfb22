package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ClassArchiveTest {
    /** To access(2) a file without the bit is as one on such a mount. */
    @Test
    void aFolderFromWhichNothingMayRunIsNamed(@TempDir Path folder) throws Exception {
        Path java =
                Files.writeString(Files.createDirectory(folder.resolve("bin")).resolve("java"), "");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(() -> ClassArchive.runnable(folder))
                .isInstanceOf(BuildFailedException.class)
                .hasMessageContaining(folder.toString())
                .hasMessageContaining("noexec");
        Files.setPosixFilePermissions(java, PosixFilePermissions.fromString("rwxr-xr-x"));
        assertThat(ClassArchive.runnable(folder)).isEqualTo(folder);
    }
}
