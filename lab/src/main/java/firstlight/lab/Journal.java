package firstlight.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;

/** What people read of a scenario as it goes, on the terminal and in the scenario's log folder. */
final class Journal implements AutoCloseable {
    private final PrintStream terminal;
    private final PrintStream file;
    private final String prefix;

    /** {@code prefix} stands before each line of the terminal, so that two scenarios side by side can be told apart. */
    Journal(PrintStream terminal, String prefix, Path log) {
        this.terminal = terminal;
        this.prefix = prefix;
        try {
            this.file = new PrintStream(Files.newOutputStream(log), true, StandardCharsets.UTF_8);
        } catch (IOException failure) {
            throw new LabFailure("cannot write " + log + ": " + failure.getMessage(), failure);
        }
    }

    void phase(Phase phase, Duration sincePowerOn, String what) {
        line(String.format(
                Locale.ROOT, "%7.1f s  phase %-5s %s", sincePowerOn.toMillis() / 1000.0, phase.number(), what));
    }

    void note(String what) {
        line("           " + what);
    }

    void line(String text) {
        synchronized (terminal) {
            text.lines().forEach(each -> terminal.println(prefix + each));
            terminal.flush();
        }
        file.println(text);
    }

    @Override
    public void close() {
        file.close();
    }
}
