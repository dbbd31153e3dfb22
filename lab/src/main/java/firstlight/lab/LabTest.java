package firstlight.lab;

import firstlight.lab.ScenarioRun.Result;
import firstlight.lab.ScenarioRun.Wishes;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Plays many scenarios, two at a time, and ends with a table and the line that CI reads. */
final class LabTest {
    /** As many as the machine has processors for which the scenarios' limits were chosen ({@link Scenarios}). */
    private static final int SIDE_BY_SIDE = 2;

    /** The longest of those of CI on any machine, the longest of all first. */
    static final List<String> LONGEST = List.of("no-work-local-boot", "capture-restore-uefi", "capture-restore-bios");

    private final Home home;
    private final PrintStream terminal;

    LabTest(Home home, PrintStream terminal) {
        this.home = home;
        this.terminal = terminal;
    }

    /** The exit status: 0 when all passed, and the environment is not too heavy. One that fails ends none of the others. */
    int run(List<Scenario> scenarios) {
        home.prepare(terminal);
        Optional<String> tooHeavy = BaseWeight.of(home).tooMuch();
        List<Result> results = new ArrayList<>();
        try (ExecutorService stages = Executors.newFixedThreadPool(SIDE_BY_SIDE)) {
            List<Future<Result>> futures = new ArrayList<>();
            for (Scenario scenario : longestFirst(scenarios)) {
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
        tooHeavy.ifPresent(terminal::println);
        return table(results) == 0 && tooHeavy.isEmpty() ? 0 : 1;
    }

    /** So that none of the long ones is left to run alone at the end. */
    static List<Scenario> longestFirst(List<Scenario> scenarios) {
        return scenarios.reversed().stream()
                .sorted(Comparator.comparingInt(scenario -> {
                    int place = LONGEST.indexOf(scenario.name());
                    return place < 0 ? LONGEST.size() : place;
                }))
                .toList();
    }

    private int table(List<Result> results) {
        terminal.println();
        for (Result result : results) {
            String verdict = result.passed() ? "passed" : "FAILED";
            terminal.println(String.format(
                    Locale.ROOT,
                    "%-26s %s %6.0f s%s",
                    result.scenario(),
                    verdict,
                    result.took().toMillis() / 1000.0,
                    result.emulationFailed()
                            .map(pc -> "  (played twice: the emulation failed " + pc + ")")
                            .orElse("")));
            result.failure().lines().forEach(line -> terminal.println("    " + line));
        }
        long failed = results.stream().filter(result -> !result.passed()).count();
        terminal.println((results.size() - failed) + " passed, " + failed + " failed");
        return failed == 0 ? 0 : 1;
    }
}
