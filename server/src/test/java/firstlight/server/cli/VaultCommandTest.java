package firstlight.server.cli;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.server.vault.Vault;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class VaultCommandTest {
    @TempDir
    private Path data;

    private String add(String... more) throws Exception {
        Files.writeString(data.resolve("api-url"), "http://127.0.0.1:8081");
        Files.writeString(data.resolve("api-token"), "local");
        Path secret = Files.writeString(data.resolve("secret"), "open sesame");
        List<String> line =
                new ArrayList<>(List.of("add", "room12", "--file", secret.toString(), "--data", data.toString()));
        line.addAll(List.of(more));
        StringWriter told = new StringWriter();
        int status = new CommandLine(new VaultCommand())
                .setOut(new PrintWriter(told))
                .execute(line.toArray(String[]::new));
        assertThat(status).isZero();
        return told.toString().strip();
    }

    @Test
    void aPassphraseForSomePcsThatIsKeptAnewStaysTheirs() throws Exception {
        assertThat(add()).isEqualTo("kept room12");
        assertThat(add("--for", "group:Room 12", "--for", "device:PC-3"))
                .isEqualTo("kept room12  only for group:Room 12, device:PC-3");
        assertThat(add()).isEqualTo("kept room12  only for group:Room 12, device:PC-3");
        assertThat(new Vault(data).find(_ -> false).passphrases()).isEmpty();
        assertThat(new Vault(data).remove("room12")).isTrue();
        assertThat(add()).isEqualTo("kept room12");
        assertThat(new Vault(data).find(_ -> false).passphrases()).containsExactly("open sesame");
    }
}
