package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JavaRuntimeTest {
    /** jlink makes the folder that is named last, and refuses one that is there. */
    private static final String JLINK = """
            #!/bin/sh
            for folder; do :; done
            [ ! -e "$folder" ] || { echo "Error: directory already exists: $folder"; exit 1; }
            mkdir -p "$folder/lib/server"
            [ ! -e "$0.cut" ] || exit 1
            echo modules >"$folder/lib/modules"
            cp /bin/true "$folder/lib/server/libjvm.so"
            """;

    @TempDir
    Path folder;

    private Path jlink;

    @BeforeEach
    void aJdk() throws IOException {
        jlink = Files.createDirectories(folder.resolve("jdk/bin")).resolve("jlink");
        Files.writeString(folder.resolve("jdk/release"), "JAVA_VERSION=\"25.0.1\"\n");
        program(JLINK);
    }

    private void program(String text) throws IOException {
        Files.writeString(jlink, text);
        Files.setPosixFilePermissions(jlink, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private Path linked() throws Exception {
        return JavaRuntime.of(folder.resolve("jdk"), folder.resolve("cache"), Progress.SILENT)
                .folder();
    }

    /** In a container the next process has the same number. */
    @Test
    void whatABuildThatWasCutOffHasLeftKeepsNoOtherFromBeingBuilt() throws Exception {
        Path cut = Files.writeString(jlink.resolveSibling("jlink.cut"), "");
        assertThatThrownBy(this::linked).isInstanceOf(BuildFailedException.class);
        Files.delete(cut);
        assertThat(linked().resolve("lib/modules")).hasContent("modules\n");
        assertThat(folder.resolve("cache")).isDirectoryNotContaining("glob:**unfinished*");
    }

    /** A JDK without jmods links what it runs by itself (JEP 493), and refuses where a file of it was edited: a proxy, an algorithm. */
    @Test
    void thatAFileOfTheJdkWasEditedIsToldWithItsCure() throws Exception {
        program("#!/bin/sh\necho 'Error: /jdk/conf/net.properties has been modified'; exit 1\n");
        assertThatThrownBy(this::linked)
                .hasMessageContaining("/jdk/conf/net.properties has been modified")
                .isInstanceOfSatisfying(
                        BuildFailedException.class,
                        failure -> assertThat(failure.cure()).contains("FIRSTLIGHT_JAVA_HOME"));
    }
}
