package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldShareTest {
    private static final int BLOCK = 64 << 10;

    @TempDir
    private Path folder;

    @Test
    void countsTheBlocksOfContentThatStandAtTheirPlaces() throws IOException {
        Path image = disk("image", 1, 0, 2, 3, 4);
        assertThat(HeldShare.of(image, disk("half", 1, 0, 2, 0, 9))).isEqualTo(0.5);
        assertThat(HeldShare.of(image, disk("moved", 0, 1, 3, 2, 0))).isZero();
        assertThat(HeldShare.of(image, disk("whole", 1, 7, 2, 3, 4))).isEqualTo(1);
    }

    @Test
    void whatLiesBehindTheOtherDisksEndIsNotThere() throws IOException {
        Path image = disk("image", 1, 2, 3, 4);
        assertThat(HeldShare.of(image, disk("short", 1))).isEqualTo(0.25);
        Path torn = folder.resolve("torn");
        Files.write(torn, Arrays.copyOf(Files.readAllBytes(image), BLOCK + 512));
        assertThat(HeldShare.of(image, torn)).isEqualTo(0.25);
    }

    /** A block of each of these octets. */
    private Path disk(String name, int... octets) throws IOException {
        byte[] content = new byte[octets.length * BLOCK];
        for (int i = 0; i < octets.length; i++) {
            Arrays.fill(content, i * BLOCK, (i + 1) * BLOCK, (byte) octets[i]);
        }
        return Files.write(folder.resolve(name), content);
    }
}
