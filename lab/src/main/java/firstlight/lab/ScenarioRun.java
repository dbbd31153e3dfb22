package firstlight.lab;

import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Function;

/** Runs one scenario from an empty LAN to a result. */
final class ScenarioRun {
    private final Home home;
    private final PrintStream terminal;

    ScenarioRun(Home home, PrintStream terminal) {
        this.home = home;
        this.terminal = terminal;
    }

    /**
     * What the operator asked for besides.
     *
     * @param keep LAN, servers and PCs stay
     * @param pcap where the packets are copied to, in the end
     * @param screenshot where the last PC's screen goes, passed or failed
     * @param prefix before each line on the terminal
     */
    record Wishes(DhcpSoftware dhcp, boolean keep, Optional<Path> pcap, Optional<Path> screenshot, String prefix) {
        static final Wishes NONE = new Wishes(DhcpSoftware.DNSMASQ, false, Optional.empty(), Optional.empty(), "");
    }

    /**
     * @param failure empty when it passed
     * @param emulationFailed the PC that stood still for a fault of the emulation ({@link LostTimer}), which says nothing of Firstlight
     */
    record Result(String scenario, Duration took, String failure, Optional<String> emulationFailed) {
        boolean passed() {
            return failure.isEmpty();
        }
    }

    /** Plays it; once more, from an empty LAN, where the emulation failed one of its PCs. */
    Result run(Scenario scenario, Wishes wishes) {
        try (LogFolder folder = LogFolder.take(home.scenarioLogs(scenario.name()));
                Journal journal =
                        new Journal(terminal, wishes.prefix(), folder.path().resolve("journal.log"))) {
            return again(at -> run(scenario, wishes, at.in(folder.path()), journal), journal, wishes);
        }
    }

    /** Which of the two plays. */
    enum Attempt {
        FIRST,
        AGAIN;

        /** What was seen of the first one is kept. */
        Path in(Path logs) {
            return this == FIRST ? logs : Stage.freshFolder(logs.resolve("again"));
        }
    }

    static Result again(Function<Attempt, Result> play, Journal journal, Wishes wishes) {
        Result first = play.apply(Attempt.FIRST);
        if (first.passed()) {
            return new Result(first.scenario(), first.took(), "", Optional.empty()); // its PCs went on all the same
        }
        if (first.emulationFailed().isEmpty() || wishes.keep()) {
            return first;
        }
        journal.line("== " + first.scenario() + " is played once more: the emulation lost the timer of "
                + first.emulationFailed().get() + "'s processor (docs/lab.md), which says nothing of Firstlight");
        Result second = play.apply(Attempt.AGAIN);
        return new Result(
                second.scenario(), first.took().plus(second.took()), second.failure(), first.emulationFailed());
    }

    private Result run(Scenario scenario, Wishes wishes, Path logs, Journal journal) {
        Instant start = Instant.now();
        String failure = "";
        Optional<String> emulationFailed = Optional.empty();
        journal.line("== " + scenario.name() + ": " + scenario.says());
        try (Stage stage = new Stage(home, scenario.topology(), wishes.dhcp(), logs, journal)) {
            try {
                new Play(stage).play(scenario.steps());
                stage.summaries().forEach(summary -> journal.line("  result    " + summary));
            } catch (RuntimeException failed) {
                failure = words(failed, journal);
            } finally {
                emulationFailed = stage.pcWithoutTimer();
                wishes.screenshot().ifPresent(stage::screenshot);
                if (wishes.keep()) {
                    stage.leave();
                    journal.line("left running: " + stage.state().id() + "; './firstlight lab down' takes it away");
                }
            }
            wishes.pcap().ifPresent(file -> copy(stage.capture().file(), file));
        } catch (RuntimeException failed) {
            String more = words(failed, journal);
            failure = failure.isEmpty() ? more : failure;
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
        return new Result(scenario.name(), took, failure, emulationFailed);
    }

    /** A mistake of the lab's own is this scenario's failure, and costs nobody the results of the others. */
    private static String words(RuntimeException failed, Journal journal) {
        if (failed instanceof StepFailed step) {
            return step.text();
        }
        if (failed instanceof LabFailure known) {
            return String.valueOf(known.getMessage());
        }
        StringWriter trace = new StringWriter();
        failed.printStackTrace(new PrintWriter(trace));
        journal.line(trace.toString());
        return "a mistake of the lab's: " + failed;
    }

    private static void copy(Path from, Path to) {
        try {
            Files.copy(from, to, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException failure) {
            throw new LabFailure("cannot write " + to + ": " + failure.getMessage(), failure);
        }
    }
}
