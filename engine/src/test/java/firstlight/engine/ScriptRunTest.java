package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.wire.work.Problem;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A script of the administrator's, whose reports a server takes or does not. */
class ScriptRunTest {
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    private ScriptRun.Outcome run(int status) throws IOException {
        Exchange server = new Exchange() {
            @Override
            public <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException {
                throw new Refused(new Problem(status, "No", "for a reason", "", List.of()));
            }
        };
        Console console = new Console(new PrintStream(screen, true, StandardCharsets.UTF_8));
        return new ScriptRun(new Server(server, server), console, System::nanoTime, "script")
                .run("echo begun; echo done\n", Map.of(), Duration.ofMinutes(1));
    }

    /** It may be writing firmware: to be ended in the middle is the last that it needs. */
    @ParameterizedTest
    @ValueSource(ints = {500, 503, 429})
    void goesOnWhileTheServerHasADifficulty(int status) throws IOException {
        assertThat(run(status).succeeded()).isTrue();
        assertThat(screen.toString(StandardCharsets.UTF_8)).contains("  done").contains("a report got lost");
    }

    @Test
    void endsWithItsWork() {
        assertThatThrownBy(() -> run(409))
                .isInstanceOfSatisfying(
                        ImageFailure.class, ended -> assertThat(ended.what()).isEqualTo("No"));
        assertThatThrownBy(() -> run(401)).isInstanceOf(Refused.class);
    }
}
