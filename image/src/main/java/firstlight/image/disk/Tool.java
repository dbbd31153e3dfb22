package firstlight.image.disk;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs a program of the system, such as partclone, and keeps what it said. */
public record Tool(int exit, String output) {
    /** Not found, as the shell says it. */
    public static final int NOT_INSTALLED = 127;

    public static Tool run(List<String> command) throws IOException {
        return run(command, new byte[0]);
    }

    /** @param input what the program reads: a passphrase, which no command line must show */
    public static Tool run(List<String> command, byte[] input) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException absent) {
            return new Tool(NOT_INSTALLED, command.getFirst() + " is not installed");
        }
        try (var output = process.getInputStream()) {
            feed(process, input);
            String said = new String(output.readAllBytes(), StandardCharsets.UTF_8);
            if (!process.waitFor(10, TimeUnit.SECONDS)) {
                throw new IOException(command.getFirst() + " closed its output but did not end");
            }
            return new Tool(process.exitValue(), said.strip());
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while " + command.getFirst() + " was running", stop);
        } finally {
            process.destroyForcibly();
        }
    }

    private static void feed(Process process, byte[] input) {
        try (var in = process.getOutputStream()) {
            in.write(input);
        } catch (IOException ended) {
            return; // it did not want all of it; what it says and its exit status tell more
        }
    }

    public boolean succeeded() {
        return exit == 0;
    }

    /** The last line that says something: where tools put their reason. */
    public String lastLine() {
        return output.lines()
                .filter(line -> !line.isBlank())
                .reduce("", (earlier, later) -> later)
                .strip();
    }
}
