package firstlight.image.disk;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Runs a program of the system, such as partclone, and keeps what it said. */
public record Tool(int exit, String output) {
    /** Not found, as the shell says it. */
    public static final int NOT_INSTALLED = 127;

    private static final Pattern SHARE = Pattern.compile("\\((\\d{1,3})(?:\\.\\d+)?(?:/100)?%\\)");

    public static Tool run(List<String> command) throws IOException {
        return run(command, new byte[0]);
    }

    /** Hears what a program says while it runs. */
    @FunctionalInterface
    public interface Listener {
        /** Throwing ends the program. */
        void said(String line) throws IOException;
    }

    /** @param input what the program reads: a passphrase, which no command line must show */
    public static Tool run(List<String> command, byte[] input) throws IOException {
        return run(command, input, _ -> {});
    }

    /** Long work: {@code listener} hears each line at once, also one that is written over in its place. */
    public static Tool run(List<String> command, Listener listener) throws IOException {
        return run(command, new byte[0], listener);
    }

    private static Tool run(List<String> command, byte[] input, Listener listener) throws IOException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException absent) {
            return new Tool(NOT_INSTALLED, command.getFirst() + " is not installed");
        }
        try (var output = new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            feed(process, input);
            StringBuilder all = new StringBuilder();
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                all.append(line).append('\n');
                listener.said(line);
            }
            String said = all.toString();
            // The kernel closes its output first and then its disk, to which minutes of writing may be left.
            return new Tool(process.waitFor(), said.strip());
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

    /** How far {@code line} says that the work is, as qemu-img and wimlib tell it: {@code (12.00/100%)}, {@code (12%)}; else -1. */
    public static int percent(String line) {
        Matcher share = SHARE.matcher(line);
        return share.find() ? Integer.parseInt(share.group(1)) : -1;
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
