package firstlight.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;

/** Runs one scenario from an empty LAN to a result. */
final class ScenarioRun {
    private final Home home;
    private final PrintStream terminal;

    ScenarioRun(Home home, PrintStream terminal) {
        this.home = home;
        this.terminal = terminal;
    }

    /** What the operator asked for besides. */
    record Wishes(DhcpSoftware dhcp, boolean keep, Optional<Path> pcap, Optional<Path> screenshot, String prefix) {
        static final Wishes NONE = new Wishes(DhcpSoftware.DNSMASQ, false, Optional.empty(), Optional.empty(), "");
    }

    record Result(String scenario, boolean passed, Duration took, String failure) {}

    Result run(Scenario scenario, Wishes wishes) {
        try (LogFolder folder = LogFolder.take(home.scenarioLogs(scenario.name()))) {
            return run(scenario, wishes, folder.path());
        }
    }

    private Result run(Scenario scenario, Wishes wishes, Path logs) {
        Instant start = Instant.now();
        String failure = "";
        try (Journal journal = new Journal(terminal, wishes.prefix(), logs.resolve("journal.log"))) {
            journal.line("== " + scenario.name() + ": " + scenario.says());
            try (Stage stage = new Stage(home, scenario.topology(), wishes.dhcp(), logs, journal)) {
                try {
                    new Play(stage).play(scenario.steps());
                    stage.summaries().forEach(summary -> journal.line("  result    " + summary));
                } catch (StepFailed failed) {
                    failure = failed.text();
                } catch (LabFailure failed) {
                    failure = String.valueOf(failed.getMessage());
                } finally {
                    wishes.screenshot().ifPresent(stage::screenshot);
                    if (wishes.keep()) {
                        stage.leave();
                        journal.line("left running: " + stage.state().id() + "; './firstlight lab down' takes it away");
                    }
                }
                wishes.pcap().ifPresent(file -> copy(stage.capture().file(), file));
            } catch (LabFailure failed) {
                failure = failure.isEmpty() ? String.valueOf(failed.getMessage()) : failure;
            }
            Duration took = Duration.between(start, Instant.now());
            String seconds = String.format(Locale.ROOT, "%.0f s", took.toMillis() / 1000.0);
            if (failure.isEmpty()) {
                journal.line("== " + scenario.name() + ": passed in " + seconds);
            } else {
                journal.line("== " + scenario.name() + ": FAILED after " + seconds + "\n" + failure);
                journal.line("  logs:     " + logs + " (journal.log, firstlight.log, "
                        + wishes.dhcp().text() + ".log, lan.pcap, one folder per PC)");
            }
            return new Result(scenario.name(), failure.isEmpty(), took, failure);
        }
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new LabFailure("cannot write " + to + ": " + failure.getMessage(), failure);
        }
    }
}
