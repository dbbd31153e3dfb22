package firstlight.lab;

import firstlight.lab.ScenarioRun.Result;
import firstlight.lab.ScenarioRun.Wishes;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Plays many scenarios, two at a time, and ends with a table and the line that CI reads. */
final class LabTest {
    private static final int SIDE_BY_SIDE = 2;

    private final Home home;
    private final PrintStream terminal;

    LabTest(Home home, PrintStream terminal) {
        this.home = home;
        this.terminal = terminal;
    }

    /** The exit status: 0 when all passed. */
    int run(List<Scenario> scenarios) {
        home.prepare(terminal);
        List<Result> results = new ArrayList<>();
        try (ExecutorService stages = Executors.newFixedThreadPool(SIDE_BY_SIDE)) {
            List<Future<Result>> futures = new ArrayList<>();
            // The list ends with the longest; they begin first, so that none is left to run alone at the end.
            for (Scenario scenario : scenarios.reversed()) {
                Wishes wishes = new Wishes(
                        DhcpSoftware.DNSMASQ, false, Optional.empty(), Optional.empty(), scenario.name() + " | ");
                futures.add(stages.submit(() -> new ScenarioRun(home, terminal).run(scenario, wishes)));
            }
            for (Future<Result> future : futures) {
                results.add(future.get());
            }
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted", interrupted);
        } catch (ExecutionException failure) {
            throw new IllegalStateException(failure.getCause());
        }
        return table(results);
    }

    private int table(List<Result> results) {
        terminal.println();
        for (Result result : results) {
            String verdict = result.passed() ? "passed" : "FAILED";
            terminal.println(String.format(
                    Locale.ROOT,
                    "%-26s %s %6.0f s",
                    result.scenario(),
                    verdict,
                    result.took().toMillis() / 1000.0));
            result.failure().lines().forEach(line -> terminal.println("    " + line));
        }
        long failed = results.stream().filter(result -> !result.passed()).count();
        terminal.println((results.size() - failed) + " passed, " + failed + " failed");
        return failed == 0 ? 0 : 1;
    }
}
