package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class UnpackedProgramTest {
    @Test
    void aProgramStartsInAFolderOfAnyName(@TempDir Path folder) throws IOException {
        Path there = Files.createDirectories(folder.resolve("somebody's big disk"));
        Path program = Files.writeString(there.resolve("program"), "#!/bin/sh\necho \"$LD_LIBRARY_PATH, $2\"\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Path start = Files.writeString(there.resolve("start"), UnpackedProgram.script(program, there + "/lib"));
        assertThat(Shell.run(List.of("sh", start.toString(), "-c", "a b"))).isEqualTo(there + "/lib, a b\n");
    }
}
