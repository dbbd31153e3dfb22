package firstlight.lab;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of the host to their end. What they print goes through a file, so that no full pipe can stop them. */
final class Shell {
    /** Many times what the longest takes on a quiet machine, which is building the system disk: two minutes. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private Shell() {}

    /** What a program left: its exit status, and standard output and error as one text. */
    record Outcome(int status, String output) {
        /** The last lines that say something: those worth showing when the program failed. */
        String lastWords() {
            List<String> lines = output.lines().filter(line -> !line.isBlank()).toList();
            return lines.isEmpty()
                    ? "(it printed nothing)"
                    : String.join("\n  ", lines.subList(Math.max(0, lines.size() - 6), lines.size()));
        }
    }

    /** Runs {@code command}; a status other than 0 is a {@link LabFailure} with the program's last line. */
    static String run(String... command) {
        return run(List.of(command));
    }

    static String run(List<String> command) {
        Outcome outcome = attempt(command);
        if (outcome.status() != 0) {
            throw new LabFailure(
                    "'" + brief(command) + "' failed with status " + outcome.status() + ":\n  " + outcome.lastWords());
        }
        return outcome.output();
    }

    /** Runs {@code command} and lets the caller judge its status. */
    static Outcome attempt(List<String> command) {
        try {
            Path output = Files.createTempFile("firstlight-lab-", ".out");
            try {
                Process process = new ProcessBuilder(command)
                        .redirectErrorStream(true)
                        .redirectInput(ProcessBuilder.Redirect.from(
                                Path.of("/dev/null").toFile()))
                        .redirectOutput(output.toFile())
                        .start();
                try {
                    if (!process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)) {
                        throw new LabFailure("'" + String.join(" ", command) + "' did not end in "
                                + PATIENCE.toMinutes() + " minutes");
                    }
                } finally {
                    process.destroyForcibly();
                }
                // Any octets are text in Latin-1: tools print names of files as they are.
                return new Outcome(process.exitValue(), Files.readString(output, StandardCharsets.ISO_8859_1));
            } finally {
                Files.delete(output);
            }
        } catch (IOException failure) {
            throw new LabFailure("cannot run '" + command.getFirst() + "': " + failure.getMessage(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while '" + command.getFirst() + "' ran", interrupted);
        }
    }

    /** Runs {@code command} with this program's own terminal, for work that shows its progress. */
    static void show(List<String> command) {
        try {
            int status = new ProcessBuilder(command).inheritIO().start().waitFor();
            if (status != 0) {
                throw new LabFailure("'" + brief(command) + "' failed with status " + status);
            }
        } catch (IOException failure) {
            throw new LabFailure("cannot run '" + command.getFirst() + "': " + failure.getMessage(), failure);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted while '" + command.getFirst() + "' ran", interrupted);
        }
    }

    private static String brief(List<String> command) {
        String whole = String.join(" ", command);
        return whole.length() <= 200 ? whole : whole.substring(0, 160) + " ... " + command.getLast();
    }

    /**
     * {@code command}, run inside the network namespace, {@link #apart}. ip(8) replaces itself with it, so the process is the program's
     * own.
     */
    static List<String> inside(String namespace, List<String> command) {
        List<String> whole = new ArrayList<>(List.of("ip", "netns", "exec", namespace));
        whole.addAll(command);
        return apart(whole);
    }

    /**
     * {@code command} in a session of its own, for what may stay behind this program: sudo gives each command a terminal of its own (use_pty),
     * and the kernel hangs up all that have it when the command ends. setsid(1) replaces itself, too, for no child of Java leads a group.
     */
    static List<String> apart(List<String> command) {
        List<String> whole = new ArrayList<>(List.of("setsid"));
        whole.addAll(command);
        return whole;
    }
}
