package firstlight.engine;

import firstlight.image.ImageFailure;
import firstlight.model.Facts;
import firstlight.wire.work.Progress;
import firstlight.wire.work.WorkOrder;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.LongSupplier;

/** Runs a script of the administrator's in the imaging environment; its output goes to the screen and, live, to the server. */
final class ScriptRun {
    private static final long REPORT_NANOS = 1_000_000_000L;
    /** What one report carries at most: the server keeps a line of its transaction for it. */
    private static final int REPORT_LENGTH = 900;

    private final Server server;
    private final Console console;
    private final LongSupplier nanoTime;
    private final StringBuilder unsent = new StringBuilder();
    private long lines;
    private String lastLine = "";

    ScriptRun(Server server, Console console, LongSupplier nanoTime) {
        this.server = server;
        this.console = console;
        this.nanoTime = nanoTime;
    }

    /** One line that tells how it ended; a status other than 0 is a failure. */
    String run(WorkOrder.Script order, Facts facts) throws IOException {
        Path file = Files.createTempFile("script", ".sh");
        Process process = start(order, facts, file);
        try (BufferedReader output =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            long reported = nanoTime.getAsLong() - REPORT_NANOS;
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                take(line);
                if (nanoTime.getAsLong() - reported >= REPORT_NANOS) {
                    report();
                    reported = nanoTime.getAsLong();
                }
            }
            report();
            int status = process.waitFor();
            if (status != 0) {
                throw new ImageFailure(
                        "The script '" + order.name() + "' failed",
                        "it ended with status " + status + (lastLine.isEmpty() ? "" : ": " + lastLine),
                        "Its output is in the transaction's events");
            }
            return "script '" + order.name() + "' ended with status 0, " + lines + " lines of output"
                    + (lastLine.isEmpty() ? "" : ", the last: " + lastLine);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the script ran", stop);
        } finally {
            // Also when the work was cancelled: what it started goes with it.
            process.descendants().forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Files.deleteIfExists(file);
        }
    }

    private static Process start(WorkOrder.Script order, Facts facts, Path file) throws IOException {
        Files.writeString(file, order.text());
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", file.toString())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new java.io.File("/dev/null")));
        Map<String, String> variables = builder.environment();
        variables.putAll(ScriptVariables.of(facts));
        variables.put("FL_DEVICE", order.heading().device());
        variables.put("FL_TRANSACTION", Long.toString(order.heading().transaction()));
        return builder.start();
    }

    private void take(String line) {
        lines++;
        console.line("  " + line);
        if (!line.isBlank()) {
            lastLine = line.strip();
        }
        if (unsent.length() < REPORT_LENGTH) {
            unsent.append(unsent.isEmpty() ? "" : " | ").append(line);
        }
    }

    private void report() throws IOException {
        if (unsent.isEmpty()) {
            return;
        }
        String note = unsent.substring(0, Math.min(unsent.length(), REPORT_LENGTH));
        unsent.setLength(0);
        try {
            server.progress(new Progress("script", lines, 0, 0, note));
        } catch (Refused refused) {
            if (refused.status() == 409) {
                throw new ImageFailure(
                        "The work was cancelled", refused.problem().detail(), "Assign it again if that was a mistake");
            }
            throw refused;
        } catch (ImageFailure ours) {
            throw ours;
        } catch (IOException lost) {
            console.line("a report got lost: " + lost.getMessage());
        }
    }
}
