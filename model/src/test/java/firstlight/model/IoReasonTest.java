package firstlight.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class IoReasonTest {
    @TempDir
    Path folder;

    private interface OnFile {
        void act() throws IOException;
    }

    private static IOException failure(OnFile work) {
        return catchThrowableOfType(IOException.class, work::act);
    }

    @Test
    void whatJavaTellsByTheKindOfAnExceptionAloneIsSaidInWords() throws IOException {
        Files.createFile(folder.resolve("file"));
        Path absent = folder.resolve("absent");
        assertThat(IoReason.of(failure(() -> Files.readString(absent)))).isEqualTo("there is no such file or folder");
        assertThat(IoReason.of(failure(() -> Files.createDirectory(folder)))).isEqualTo("it is there already");
        assertThat(IoReason.of(new NotDirectoryException("/etc/passwd"))).isEqualTo("it is no folder");
        assertThat(IoReason.of(failure(() -> Files.delete(folder)))).isEqualTo("it is not empty");
        assertThat(IoReason.of(new AccessDeniedException("/root/key"))).isEqualTo("permission denied");
    }

    @Test
    void whatTheKernelSaysIsRepeatedAndThePathIsNot() {
        assertThat(IoReason.of(failure(() -> Files.readString(folder)))).isEqualTo("Is a directory");
        assertThat(IoReason.of(failure(() -> Files.createFile(folder.resolve("x".repeat(300))))))
                .isEqualTo("File name too long");
        assertThat(IoReason.of(new IOException())).isEqualTo("IOException");
    }

    @Test
    void theFileIsNamedWhereTheSentenceDoesNot() {
        Path absent = folder.resolve("absent");
        IOException failure = failure(() -> Files.readString(absent));
        assertThat(IoReason.withFile(new UncheckedIOException(failure)))
                .isEqualTo(absent + ": there is no such file or folder");
        assertThat(IoReason.withFile(new FileSystemException("boot", "disk", "No space left on device")))
                .isEqualTo("boot to disk: No space left on device");
        assertThat(IoReason.withFile(new IOException("no space"))).isEqualTo("no space");
    }
}
