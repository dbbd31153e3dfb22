package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.server.Main;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a command asks a person: in a process of its own, on a terminal that util-linux' script makes. */
class SureTest {
    @TempDir
    private Path directory;

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory, 0);
        server.announce(directory);
        server.device("pc1", "52:54:00:00:00:01", "x");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private record Said(int status, String text) {}

    private Said onATerminal(String typed, String... words) throws Exception {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(words));
        command.addAll(List.of("--data", directory.toString()));
        String quoted = command.stream().map(word -> "'" + word + "'").collect(Collectors.joining(" "));
        ProcessBuilder script = new ProcessBuilder("script", "--quiet", "--return", "--command", quoted, "/dev/null");
        script.environment().remove("FIRSTLIGHT_SURE");
        Process process = script.redirectErrorStream(true).start();
        try {
            process.outputWriter().append(typed).flush();
            // The keyboard stays: its end would end the terminal before the answer is read.
            String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
            return new Said(process.exitValue(), text);
        } finally {
            process.destroyForcibly();
        }
    }

    private void made(String path, String body) throws Exception {
        assertThat(server.call("POST", path, body).status()).as(path).isBetween(200, 299);
    }

    private boolean isThere(String path) throws Exception {
        return server.call("GET", path, "").status() == 200;
    }

    @Test
    void aDeviceStaysUnlessThePersonAtTheTerminalSaysYes() throws Exception {
        made("/work", "{'devices': ['pc1'], 'task': {'kind': 'inventory'}}");
        Said no = onATerminal("\n", "device", "delete", "52:54:00:00:00:01");
        assertThat(no.text())
                .contains("delete device pc1 with its work (1 so far), its rules and all that is known of it? [y/N]")
                .contains("firstlight: nothing was deleted");
        assertThat(no.status()).isEqualTo(1);
        assertThat(isThere("/devices/pc1")).isTrue();
        Said yes = onATerminal("y\n", "device", "delete", "pc1");
        assertThat(yes.text()).contains("pc1 is forgotten");
        assertThat(yes.status()).isZero();
        assertThat(isThere("/devices/pc1")).isFalse();
    }

    @Test
    void whoSaysYesBeforehandIsNotAsked() throws Exception {
        assertThat(onATerminal("\n", "device", "delete", "pc1", "--yes").text())
                .contains("pc1 is forgotten")
                .doesNotContain("[y/N]");
    }

    @Test
    void aUserARuleAndAScheduleAreNamedInTheQuestion() throws Exception {
        made("/users", "{'name': 'tom', 'role': 'viewer', 'password': 'long enough for tom'}");
        made("/rules", "{'name': 'lab', 'when': 'memory < 4 GiB', 'task': {'kind': 'inventory'}}");
        made(
                "/schedules",
                "{'name': 'nightly', 'cron': '0 3 * * 1-5', 'devices': ['pc1'], 'task': {'kind': 'inventory'}}");
        assertThat(onATerminal("n\n", "user", "delete", "tom").text())
                .contains("delete user tom, viewer, with all tokens and sessions? [y/N]");
        assertThat(onATerminal("n\n", "rule", "delete", "1").text())
                .contains("delete rule 1 'lab' at server, place 1: when memory < 4 GiB then inventory? [y/N]");
        assertThat(onATerminal("n\n", "schedule", "delete", "1").text())
                .contains("delete schedule 1 '")
                .contains("gives out 'inventory'")
                .contains("? [y/N]");
        assertThat(isThere("/users/tom")).isTrue();
        assertThat(isThere("/rules/1")).isTrue();
        assertThat(isThere("/schedules/1")).isTrue();
    }
}
