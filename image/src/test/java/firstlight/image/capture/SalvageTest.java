package firstlight.image.capture;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.DiskFailure;
import firstlight.image.disk.Access;
import firstlight.image.disk.DiskFile;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SalvageTest {
    private static final int SIZE = 1 << 20;

    @TempDir
    Path folder;

    /** What a file system's own numbers lead to. */
    @ParameterizedTest
    @ValueSource(longs = {SIZE - 512, SIZE, SIZE + 4096})
    void whatLiesBehindTheDisksEndIsNoSectorThatIsLost(long offset) throws IOException {
        Path file = Files.write(folder.resolve("disk"), new byte[SIZE]);
        try (Salvage salvage = new Salvage(DiskFile.open(file, 512, Access.READ), IfUnreadable.ZERO)) {
            assertThatThrownBy(() -> salvage.read(offset, ByteBuffer.allocate(1024)))
                    .isInstanceOf(DiskFailure.class)
                    .hasMessageContaining("it ends there");
            assertThat(salvage.lost().count()).isZero();
        }
    }
}
