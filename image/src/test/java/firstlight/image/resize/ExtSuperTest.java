package firstlight.image.resize;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.Disk;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import firstlight.image.pipeline.Shell;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ExtSuperTest {
    @TempDir
    Path folder;

    /** By what resize2fs 1.47 took and refused: one block more, and it ended with an error. */
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "-b 4096 -O ^64bit, 17592186040320",
        "-b 4096 -O 64bit, 281474976710656",
        "-b 1024 -O ^64bit, 2198754821120",
        "-b 1024 -O 64bit, 1099377411072",
        "-b 1024 -g 256 -O ^64bit, 2139096064",
        "-r 0 -t ext2 -b 4096, 17592186040320"
    })
    void tellsTheLongestThatTheToolMakesOfIt(String made, long longest) throws IOException {
        Path file = folder.resolve("disk");
        Shell.run("truncate -s 32M %1$s; mkfs.ext4 -q %2$s %1$s".formatted(file, made));
        try (Disk disk = DiskFile.open(file, 512, Access.READ)) {
            assertThat(ExtSuper.of(disk).longest()).isEqualTo(longest);
        }
    }
}
