package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedProgramTest {
    /** The one would take away what the other has half loaded. */
    @Test
    void twoThatWantItFirstUnpackItOnce(@TempDir Path folder) throws Exception {
        Path there = folder.resolve("kea");
        AtomicInteger unpacked = new AtomicInteger();
        Runnable unpack = () -> {
            unpacked.incrementAndGet();
            executable(there.resolve("program"));
        };
        Thread second = new Thread(() -> UnpackedProgram.unpacked(there, "kea", "program", unpack));
        Path start = UnpackedProgram.unpacked(there, "kea", "program", () -> {
            second.start();
            // Until it waits for us, or has gone ahead.
            while (second.getState() != Thread.State.BLOCKED && second.getState() != Thread.State.TERMINATED) {
                Thread.onSpinWait();
            }
            unpack.run();
        });
        second.join();
        assertThat(start).isEqualTo(there.resolve("start-program")).isExecutable();
        assertThat(unpacked).hasValue(1);
    }

    /** As another command's, whose lock Java would wait for; it refuses to wait for one of its own process. */
    @Test
    void anotherCommandThatUnpacksItIsWaitedFor(@TempDir Path folder) throws IOException {
        Path there = folder.resolve("kea");
        try (FileChannel channel = FileChannel.open(
                        folder.resolve("kea.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.lock()) {
            assertThat(lock.isValid()).isTrue();
            assertThatThrownBy(() -> UnpackedProgram.unpacked(
                            there, "kea", "program", () -> executable(there.resolve("program"))))
                    .isInstanceOf(OverlappingFileLockException.class);
        }
        assertThat(there.resolve("program")).doesNotExist();
    }

    private static void executable(Path file) {
        try {
            Files.writeString(file, "#!/bin/sh\n");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        assertThat(file.toFile().setExecutable(true)).isTrue();
    }

    @Test
    void aProgramStartsInAFolderOfAnyName(@TempDir Path folder) throws IOException {
        Path there = Files.createDirectories(folder.resolve("somebody's big disk"));
        Path program = Files.writeString(there.resolve("program"), "#!/bin/sh\necho \"$LD_LIBRARY_PATH, $2\"\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Path start = Files.writeString(there.resolve("start"), UnpackedProgram.script(program, there + "/lib"));
        assertThat(Shell.run(List.of("sh", start.toString(), "-c", "a b"))).isEqualTo(there + "/lib, a b\n");
    }
}
