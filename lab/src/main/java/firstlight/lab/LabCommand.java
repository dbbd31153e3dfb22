package firstlight.lab;

import firstlight.lab.ScenarioRun.Result;
import firstlight.lab.ScenarioRun.Wishes;
import firstlight.server.operator.OperatorError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code firstlight lab ...}: the virtual LAN on the command line. */
@Command(
        name = "lab",
        subcommands = PcCommand.class,
        description = "A virtual LAN with real firmware on it: scenarios from power-on to a restored disk.",
        footerHeading = "%nFor example:%n",
        footer = {
            "  firstlight lab list",
            "  firstlight lab run bios-menu-hotkey --screenshot menu.png",
            "  firstlight lab run uefi-separate-dhcp --dhcp kea --pcap boot.pcap",
            "  firstlight lab test",
            "  firstlight lab up --dhcp none                 a LAN for a DHCP server of your own",
            "  firstlight lab down",
            "",
            "Logs are in ~/.cache/firstlight/lab/logs/SCENARIO; docs/lab.md tells more."
        })
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
            System.out.printf(
                    "%-26s %s%s%n", scenario.name(), scenario.says(), scenario.always() ? "" : " (not in 'lab test')");
        }
        return 0;
    }

    @Command(
            name = "run",
            description = "Plays one scenario and tells each phase as it is seen; status 1 when one fails.")
    int run(
            @Parameters(paramLabel = "SCENARIO", description = "A name that 'lab list' shows.") String name,
            @Option(
                            names = "--dhcp",
                            paramLabel = "dnsmasq|kea|isc",
                            defaultValue = "dnsmasq",
                            description = "The DHCP server that is not Firstlight's; default: ${DEFAULT-VALUE}.")
                    String dhcp,
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
        writable("--pcap", pcap);
        writable("--screenshot", screenshot);
        Wishes wishes =
                new Wishes(software(dhcp), keep, Optional.ofNullable(pcap), Optional.ofNullable(screenshot), "");
        return orOneLine(() -> {
            home().prepare(System.out);
            Result result = new ScenarioRun(home(), System.out).run(scenario, wishes);
            return result.passed() ? 0 : 1;
        });
    }

    @Command(name = "test", description = "Plays the scenarios of CI, two side by side.")
    int test() {
        return orOneLine(() -> new LabTest(home(), System.out).run(Scenarios.always()));
    }

    @Command(
            name = "up",
            description = "Leaves a LAN with Firstlight on it, to attach PCs and DHCP servers to by hand.")
    int up(
            @Option(
                            names = "--dhcp",
                            paramLabel = "dnsmasq|kea|isc|none",
                            defaultValue = "dnsmasq",
                            description = "The DHCP server; default: ${DEFAULT-VALUE}.")
                    String dhcp,
            @Option(
                            names = "--topology",
                            paramLabel = "separate|same-host",
                            defaultValue = "separate",
                            description = "Where it runs; default: ${DEFAULT-VALUE}.")
                    String topology) {
        Lan.Topology where = Arrays.stream(Lan.Topology.values())
                .filter(each -> each.text().equals(topology))
                .findFirst()
                .orElseThrow(() ->
                        new OperatorError("there is no topology '" + topology + "'", "it is separate or same-host"));
        Optional<DhcpSoftware> software = dhcp.equals("none") ? Optional.empty() : Optional.of(software(dhcp));
        return orOneLine(() -> {
            new LabUp(home(), System.out).up(where, software);
            return 0;
        });
    }

    @Command(
            name = "down",
            description =
                    "Takes away every LAN that 'lab up' or '--keep' left, and what crashed runs left behind: their QEMUs run on until then.")
    int down() {
        return orOneLine(() -> {
            List<String> swept = RunState.down();
            System.out.println(swept.isEmpty() ? "nothing was left" : "taken away: " + String.join(", ", swept));
            return 0;
        });
    }

    /** Asked before the scenario is played: it takes minutes until the file is written. */
    private static void writable(String option, @Nullable Path file) {
        Path folder = file == null ? null : file.toAbsolutePath().getParent();
        if (folder != null && !Files.isWritable(folder)) {
            throw new OperatorError(option + ": " + folder + " is no folder that can be written to", "make it first");
        }
        if (file != null && Files.isDirectory(file)) {
            throw new OperatorError(option + ": " + file + " is a folder", "name a file");
        }
        if (file != null && Files.exists(file) && !Files.isRegularFile(file)) { // it would be replaced, /dev/null too
            throw new OperatorError(option + ": " + file + " is no plain file", "name a file");
        }
    }

    private static DhcpSoftware software(String name) {
        return DhcpSoftware.named(name)
                .orElseThrow(() ->
                        new OperatorError("there is no DHCP server '" + name + "' here", "it is dnsmasq, kea or isc"));
    }

    /** What the lab could not do is for the operator's eyes, not a stack trace. */
    static int orOneLine(Supplier<Integer> work) {
        try {
            return work.get();
        } catch (LabFailure failure) {
            throw new OperatorError(String.valueOf(failure.getMessage()), "", failure);
        }
    }

    static Home home() {
        return Home.of(System.getenv());
    }
}
