package firstlight.lab;

import firstlight.lab.ScenarioRun.Result;
import firstlight.lab.ScenarioRun.Wishes;
import firstlight.server.OperatorError;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code firstlight lab ...}: the virtual LAN on the command line. */
@Command(
        name = "lab",
        description = "A virtual LAN with real firmware on it: scenarios from power-on to a restored disk.")
final class LabCommand implements Runnable {
    @Spec
    private @Nullable CommandSpec spec;

    @Override
    public void run() {
        if (spec != null) {
            spec.commandLine().usage(spec.commandLine().getOut());
        }
    }

    @Command(name = "list", description = "Lists the scenarios.")
    int list() {
        for (Scenario scenario : Scenarios.all()) {
            System.out.printf("%-24s %s%n", scenario.name(), scenario.says());
        }
        return 0;
    }

    @Command(
            name = "run",
            description = "Plays one scenario and tells each phase as it is seen; status 1 when one fails.")
    int run(
            @Parameters(paramLabel = "SCENARIO", description = "A name that 'lab list' shows.") String name,
            @Option(names = "--keep", description = "Leave LAN, servers and PCs running; 'lab down' takes them away.")
                    boolean keep,
            @Option(names = "--pcap", paramLabel = "FILE", description = "Copy the packet capture to FILE.") @Nullable
                    Path pcap,
            @Option(
                            names = "--screenshot",
                            paramLabel = "FILE",
                            description = "Write a picture (PNG) of the last PC's screen to FILE.")
                    @Nullable
                    Path screenshot) {
        Scenario scenario = Scenarios.named(name)
                .orElseThrow(() ->
                        new OperatorError("there is no scenario '" + name + "'", "'./firstlight lab list' shows them"));
        Wishes wishes = new Wishes(keep, Optional.ofNullable(pcap), Optional.ofNullable(screenshot), "");
        Result result = new ScenarioRun(home(), System.out).run(scenario, wishes);
        return result.passed() ? 0 : 1;
    }

    @Command(name = "test", description = "Plays all scenarios, two side by side, as CI does.")
    int test() {
        return new LabTest(home(), System.out).run(Scenarios.all());
    }

    @Command(
            name = "down",
            description = "Takes away every LAN that 'lab up' or '--keep' left, and what crashed runs left behind.")
    int down() {
        List<String> swept = RunState.down();
        System.out.println(swept.isEmpty() ? "nothing was left" : "taken away: " + String.join(", ", swept));
        return 0;
    }

    static Home home() {
        return Home.of(System.getenv());
    }
}
