package firstlight.lab;

import firstlight.server.operator.OperatorError;
import java.io.File;
import java.io.IOException;
import java.io.InputStream;
import java.lang.ProcessBuilder.Redirect;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Other people's programs, run to their end. */
public final class Programs {
    private Programs() {}

    /** What {@code command} prints; a status other than 0 ends the command. */
    public static String run(List<String> command) {
        Ended ended = attempt(command);
        if (ended.status() != 0) {
            throw new OperatorError(
                    "'" + String.join(" ", command) + "' failed with status " + ended.status(),
                    ended.output().strip());
        }
        return ended.output();
    }

    public record Ended(int status, String output) {}

    public static Ended attempt(List<String> command) {
        try {
            Process process = new ProcessBuilder(command)
                    .redirectErrorStream(true)
                    .redirectInput(Redirect.from(new File("/dev/null")))
                    .start();
            try (InputStream output = process.getInputStream()) {
                String text = new String(output.readAllBytes(), StandardCharsets.UTF_8);
                return new Ended(process.waitFor(), text);
            } finally {
                process.destroyForcibly();
            }
        } catch (IOException e) {
            throw new OperatorError("cannot run '" + command.getFirst() + "'", String.valueOf(e.getMessage()), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new OperatorError("interrupted", "", e);
        }
    }

    /** Where {@code program} is, if it is installed. */
    public static Optional<Path> find(String program) {
        return Stream.of("/usr/sbin", "/usr/bin", "/sbin", "/bin")
                .map(folder -> Path.of(folder, program))
                .filter(Files::isExecutable)
                .findFirst();
    }
}
