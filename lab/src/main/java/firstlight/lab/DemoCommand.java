package firstlight.lab;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.ScenarioRun.Wishes;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** {@code firstlight demo}: the main job, end to end, on a virtual LAN. */
@Command(
        name = "demo",
        description =
                "Captures one virtual PC through the network and restores it to another, beside a DHCP server of somebody else's.",
        footerHeading = "%nFor example:%n",
        footer = "  firstlight demo --firmware uefi")
final class DemoCommand implements Callable<Integer> {
    @Option(
            names = "--firmware",
            paramLabel = "bios|uefi",
            description = "The PCs' firmware; default: ${DEFAULT-VALUE}.",
            defaultValue = "bios")
    private Firmware firmware = Firmware.BIOS;

    @Override
    public Integer call() {
        Scenario demo = Scenarios.captureRestore("demo-" + firmware.text(), firmware);
        return LabCommand.orOneLine(() -> {
            LabCommand.home().prepare(System.out);
            return new ScenarioRun(LabCommand.home(), System.out)
                            .run(demo, Wishes.NONE)
                            .passed()
                    ? 0
                    : 1;
        });
    }
}
