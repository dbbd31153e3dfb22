package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ServeCommandTest {
    @Test
    void aLookAtTheWordsStartsNothingAndTellsWhatIsWrong(@TempDir Path folder) {
        String data = folder.resolve("data").toString();
        assertThat(look("--data", data)).isZero();
        assertThat(look("--data", data, "--bogus")).isNotZero();
        assertThat(look(
                        "--data",
                        data,
                        "--config",
                        folder.resolve("absent.yaml").toString()))
                .isNotZero();
        assertThat(folder).isEmptyDirectory();
    }

    private static int look(String... words) {
        String[] all = new String[words.length + 2];
        all[0] = "serve";
        all[1] = "--only-look";
        System.arraycopy(words, 0, all, 2, words.length);
        return Main.commandFor(all).execute(all);
    }
}
