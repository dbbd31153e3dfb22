package firstlight.image.tree;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.disk.Tool;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FoldedTest {
    @TempDir
    Path folder;

    private static String onDisk(String path, String... there) throws IOException {
        return new Folded(in -> in.isEmpty() ? List.of(there) : List.of()).onDisk(path);
    }

    @Test
    void whatIsThereIsFoundWhateverItsCase() throws IOException {
        assertThat(onDisk("LÄNGER/new", "länger", "other")).isEqualTo("länger/new");
        assertThat(onDisk("none", "other")).isEqualTo("none");
    }

    /** Each of them is a file of its own on NTFS, whose $UpCase leaves these letters as they are. */
    @ParameterizedTest
    @CsvSource({"Straße.txt, Strasse.txt", "ısı, isi", "ſet, set", "µ, Μ", "ﬁx, fix", "\u212a, k", "ς, σ", "ǅ, ǆ"})
    void lettersThatNtfsKeepsApartAreOthers(String one, String other) throws IOException {
        assertThat(onDisk(one, other)).isEqualTo(one);
        assertThat(onDisk(other, one)).isEqualTo(other);
    }

    /** ntfs-3g shows such names, and makes them. */
    @Test
    void theNameAsItIsWrittenComesFirst() throws IOException {
        assertThat(onDisk("readme", "README", "readme", "Readme")).isEqualTo("readme");
        assertThat(onDisk("README", "readme", "README", "Readme")).isEqualTo("README");
        assertThat(onDisk("Readme", "readme", "Readme", "README")).isEqualTo("Readme");
    }

    @Test
    void allThatNtfsFoldsIsFolded() throws IOException {
        Path volume = folder.resolve("volume");
        Tool made = Tool.run(List.of("bash", "-ec", """
                truncate -s 16M %1$s; mkntfs -q -Q -F %1$s; ntfscat -f %1$s '$UpCase' > %1$s.upcase
                """.formatted(volume)));
        assertThat(made.succeeded()).as(made.output()).isTrue();
        ByteBuffer table = ByteBuffer.wrap(Files.readAllBytes(folder.resolve("volume.upcase")))
                .order(ByteOrder.LITTLE_ENDIAN);
        assertThat(table.remaining()).isEqualTo(2 << 16);
        for (int letter = 0; letter < 1 << 16; letter++) {
            String upper = String.valueOf(table.getChar(2 * letter));
            assertThat(Folded.fold(String.valueOf((char) letter)))
                    .as("%04x", letter)
                    .isEqualTo(Folded.fold(upper));
        }
    }
}
