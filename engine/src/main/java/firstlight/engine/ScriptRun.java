package firstlight.engine;

import firstlight.image.ImageFailure;
import firstlight.wire.work.Progress;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs a script of the administrator's in the imaging environment; its output goes to the screen and, live, to the server. For one
 * script; on the caller's thread. It runs as root, with nothing on its standard input.
 */
final class ScriptRun {
    private static final long REPORT_NANOS = 1_000_000_000L;
    /** A script that says nothing: so often the server is asked whether the work was cancelled. */
    private static final long SILENT_NANOS = 10_000_000_000L;
    /** What a script left running may hold its output open; then it is ended with it. */
    private static final long LEFT_NANOS = 2_000_000_000L;
    /** What one report carries at most: the server keeps a line of its transaction for it. */
    private static final int REPORT_LENGTH = 900;
    /** What all reports carry: a script that talks for ever fills no database. */
    private static final int ALL_REPORTS = 64 * 1024;

    /** What the screen gets at once, and in each second: a serial port takes 11,000 octets in that, and its script waits for it. */
    private static final long SCREEN = 64 * 1024;

    private static final long SCREEN_SECOND = 8 * 1024;

    /** What stands around a line there. */
    private static final int AROUND = 16;

    /** Lines that are taken before anything else is looked at. */
    private static final int MANY = 500;

    /** Lines, of {@link #TAIL_LINE} characters, that a failure repeats. */
    private static final int TAIL = 5;

    private static final int TAIL_LINE = 200;

    private final Server server;
    private final Console console;
    private final LongSupplier nanoTime;
    private final String phase;

    private final StringBuilder unsent = new StringBuilder();
    private final Deque<String> tail = new ArrayDeque<>();
    private final Set<ProcessHandle> started = new HashSet<>();
    private long lines;
    private long untold;
    private int told;
    private long shown;
    private long unshown;

    /** @param phase the word of its reports */
    ScriptRun(Server server, Console console, LongSupplier nanoTime, String phase) {
        this.server = server;
        this.console = console;
        this.nanoTime = nanoTime;
        this.phase = phase;
    }

    /**
     * How a script ended.
     *
     * @param inTime false when it was ended because it took too long; {@code status} says nothing then
     * @param tail its last lines that are not blank, the last one last
     */
    record Outcome(boolean inTime, int status, long lines, List<String> tail) {
        boolean succeeded() {
            return inTime && status == 0;
        }

        /** {@code ended with status 3}. */
        String words(Duration limit) {
            return inTime
                    ? "ended with status " + status
                    : "took longer than " + limit.toSeconds() + " s and was ended";
        }
    }

    /**
     * @param text which /bin/sh, busybox's, reads from a file
     * @param variables added to the environment
     * @param limit after which it and all that it started are ended
     * @throws ImageFailure when the work was cancelled meanwhile
     */
    Outcome run(String text, Map<String, String> variables, Duration limit) throws IOException {
        Path file = Files.createTempFile("script", ".sh");
        Files.writeString(file, text);
        ProcessBuilder builder = new ProcessBuilder("/bin/sh", file.toString())
                .redirectErrorStream(true)
                .redirectInput(ProcessBuilder.Redirect.from(new File("/dev/null")));
        builder.environment().putAll(variables);
        Process process = builder.start();
        try (ScriptOutput output = new ScriptOutput(process.getInputStream())) {
            boolean inTime = follow(process, output, limit.toNanos());
            showEnd();
            report();
            return new Outcome(inTime, inTime ? process.waitFor() : -1, lines, List.copyOf(tail));
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while the script ran", stop);
        } finally {
            // Also when the work was cancelled: what it started goes with it.
            process.descendants().forEach(started::add);
            started.forEach(ProcessHandle::destroyForcibly);
            process.destroyForcibly();
            Files.deleteIfExists(file);
        }
    }

    /** False when it takes too long. */
    private boolean follow(Process process, ScriptOutput output, long limit) throws IOException, InterruptedException {
        long start = nanoTime.getAsLong();
        long reported = start - REPORT_NANOS;
        long ended = 0;
        while (true) {
            @Nullable String line = output.next(200, TimeUnit.MILLISECONDS);
            int taken = 0;
            while (line != null) { // what is done for each look costs more than a line
                take(line);
                show(line, nanoTime.getAsLong() - start);
                line = ++taken < MANY ? output.next(0, TimeUnit.MILLISECONDS) : null;
            }
            long now = nanoTime.getAsLong();
            boolean alive = process.isAlive();
            if (alive) {
                process.descendants().forEach(started::add); // whom it leaves behind nobody finds any more
                ended = now;
            }
            if (taken == 0 && !alive && (output.isOver() || now - ended >= LEFT_NANOS)) {
                return true;
            }
            if (now - start >= limit) {
                return false;
            }
            if (now - reported >= (unsent.isEmpty() ? SILENT_NANOS : REPORT_NANOS)) {
                report();
                reported = now;
            }
        }
    }

    private void take(String line) {
        lines++;
        if (!line.isBlank()) {
            String stripped = line.strip();
            tail.add(stripped.substring(0, Math.min(stripped.length(), TAIL_LINE)));
            if (tail.size() > TAIL) {
                tail.remove();
            }
        }
        if (unsent.length() < REPORT_LENGTH && told < ALL_REPORTS) {
            unsent.append(unsent.isEmpty() ? "" : " | ").append(line);
        } else {
            untold++;
        }
    }

    private void show(String line, long nanos) {
        int octets = line.length() + AROUND;
        if (shown + octets > SCREEN + nanos / 1_000_000_000 * SCREEN_SECOND) {
            unshown++;
            return;
        }
        showCount();
        shown += octets;
        console.line("  " + line);
    }

    private void showCount() {
        if (unshown > 0) {
            console.line("  (" + unshown + " lines came faster than a serial port takes them, and are not shown)");
            unshown = 0;
        }
    }

    private void showEnd() {
        if (unshown > 0) {
            showCount();
            console.line("  its last:");
            tail.forEach(line -> console.line("  " + line));
        }
    }

    private void report() throws IOException {
        String note = unsent.substring(0, Math.min(unsent.length(), REPORT_LENGTH));
        untold += unsent.length() > REPORT_LENGTH ? 1 : 0; // the end of its last line
        unsent.setLength(0);
        if (untold > 0 && told < ALL_REPORTS) {
            note += " | (" + untold + " more lines on the PC's screen)";
            untold = 0;
        }
        told += note.length();
        tell(note);
    }

    /** A line of the transaction. */
    void tell(String note) throws IOException {
        try {
            server.progress(new Progress(phase, lines, 0, 0, note));
        } catch (Refused refused) {
            if (refused.status() == 409) {
                throw refused.ended();
            }
            if (!refused.mayPass()) {
                throw refused;
            }
            console.line("a report got lost: " + refused.getMessage());
        } catch (ImageFailure ours) {
            throw ours;
        } catch (IOException lost) {
            console.line("a report got lost: " + lost.getMessage());
        }
    }
}
