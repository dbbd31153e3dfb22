package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.image.ImageFailure;
import firstlight.wire.work.MalformedMessage;
import firstlight.wire.work.Problem;
import firstlight.wire.work.WorkCodec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A script of the administrator's, whose reports a server takes or does not. */
class ScriptRunTest {
    private final ByteArrayOutputStream screen = new ByteArrayOutputStream();

    private ScriptRun.Outcome run(int status) throws IOException {
        return run(status, "echo begun; echo done\n", System::nanoTime);
    }

    private ScriptRun.Outcome run(int status, String text, LongSupplier nanoTime) throws IOException {
        Exchange server = new Exchange() {
            @Override
            public <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException {
                throw new Refused(new Problem(status, "No", "for a reason", "", List.of()));
            }
        };
        Console console = new Console(new PrintStream(screen, true, StandardCharsets.UTF_8));
        return new ScriptRun(new Server(server, server), console, nanoTime, "script")
                .run(text, Map.of(), Duration.ofMinutes(1));
    }

    /** It may be writing firmware: to be ended in the middle is the last that it needs. */
    @ParameterizedTest
    @ValueSource(ints = {500, 503, 429})
    void goesOnWhileTheServerHasADifficulty(int status) throws IOException {
        assertThat(run(status).succeeded()).isTrue();
        assertThat(screen.toString(StandardCharsets.UTF_8)).contains("  done").contains("a report got lost");
    }

    /** One of 2 MB took three minutes at a serial port, and was ended as too slow. */
    @Test
    void whatComesFasterThanASerialPortTakesItDoesNotAllGoToTheScreen() throws IOException {
        ScriptRun.Outcome outcome = run(503, "seq 300000; echo done\n", () -> 0);
        assertThat(outcome.succeeded()).isTrue();
        assertThat(outcome.lines()).isEqualTo(300_001);
        String said = screen.toString(StandardCharsets.UTF_8);
        assertThat(said.length()).isLessThan(400_000);
        assertThat(said)
                .contains("firstlight:   2\nfirstlight:   3\n")
                .contains(" lines came faster than a serial port takes them, and are not shown)\n")
                .contains("firstlight:   299999\nfirstlight:   300000\nfirstlight:   done\n");

        screen.reset();
        long[] passed = {0};
        run(503, "seq 15000; echo done\n", () -> passed[0] += 3_000_000);
        assertThat(screen.toString(StandardCharsets.UTF_8))
                .contains("\nfirstlight:   14999\n")
                .doesNotContain("faster");
    }

    @Test
    void aLineThatIsTooLongForAReportIsSaidToBeOnTheScreen() throws IOException {
        List<String> notes = new ArrayList<>();
        Exchange server = new Exchange() {
            @Override
            public <T> T send(String method, String path, String type, Body body, Reader<T> reader) throws IOException {
                ByteArrayOutputStream said = new ByteArrayOutputStream();
                body.write(said);
                try {
                    notes.add(WorkCodec.decodeProgress(said.toByteArray()).note());
                } catch (MalformedMessage ours) {
                    throw new IOException(ours);
                }
                return reader.read(InputStream.nullInputStream());
            }
        };
        Console console = new Console(new PrintStream(screen, true, StandardCharsets.UTF_8));
        new ScriptRun(new Server(server, server), console, System::nanoTime, "script")
                .run("printf '%01000d end\\n' 7\n", Map.of(), Duration.ofMinutes(1));
        assertThat(String.join(" ", notes).strip()).endsWith("00 | (1 more lines on the PC's screen)");
        assertThat(screen.toString(StandardCharsets.UTF_8)).contains("0007 end");
    }

    @Test
    void endsWithItsWork() {
        assertThatThrownBy(() -> run(409))
                .isInstanceOfSatisfying(
                        ImageFailure.class, ended -> assertThat(ended.what()).isEqualTo("No"));
        assertThatThrownBy(() -> run(401)).isInstanceOf(Refused.class);
    }
}
