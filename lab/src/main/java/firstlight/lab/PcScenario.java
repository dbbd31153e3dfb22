package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.Step.Act;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One PC of any parts from power-on to the facts that its inventory told: not in the list, since its parts are the caller's. */
final class PcScenario {
    /** The kernel says what it finds, from its first instruction on: a boot that ends early ends with a reason. */
    private static final String TELLING = "earlyprintk=ttyS0,115200 loglevel=7";

    private PcScenario() {}

    /** {@code seconds}: for each step that waits. */
    static Scenario of(PcSpec pc, boolean medium, int seconds) {
        String arguments = Actions.CONFIGURATION.strip().replace(" quiet", "") + " " + TELLING;
        List<Step> steps = new ArrayList<>();
        steps.add(new Act(Phase.CHECK, "the DHCP server and Firstlight run", stage -> {
            stage.startForeignDhcp();
            stage.startFirstlight(arguments + "\nmenu: {shown: never}\n");
            return "";
        }));
        if (medium) {
            steps.add(MediaScenarios.medium(
                    "iso",
                    "--server",
                    "http://" + Lan.SERVER + ":8080",
                    "--start",
                    "environment",
                    "--arguments",
                    SystemDisk.EMULATED + " " + TELLING));
        }
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK_CARD)));
        if (!medium) {
            steps.add(expect(Phase.ONE_A, "the firmware's DISCOVER", Sight.discover(), seconds));
            steps.add(
                    expect(Phase.SEVEN, "the initramfs is loaded", Sight.requestFor("environment/initramfs"), seconds));
        }
        steps.add(expect(Phase.SEVEN, "the kernel starts", Sight.console("Linux version"), seconds));
        steps.add(expect(
                Phase.EIGHT, "the environment is up", Sight.console("firstlight: imaging environment"), seconds));
        steps.add(expect(Phase.EIGHT, "the engine asks for its work", Sight.connectionTo(8443), seconds));
        steps.add(Actions.workEnds(seconds));
        steps.add(new Act(Phase.CHECK, "what the inventory found", stage -> {
            String shown = stage.server().cli("device", "show", pc.mac().toString());
            shown.lines()
                    .filter(PcScenario::tells)
                    .forEach(line -> stage.journal().note(line.strip()));
            return "";
        }));
        return new Scenario("pc", "a PC of the parts that were asked for", SEPARATE, steps);
    }

    private static Expect expect(Phase phase, String what, Sight sight, int seconds) {
        return new Expect(phase, what, sight, seconds);
    }

    /** What hardware the facts are of. */
    private static boolean tells(String line) {
        return line.strip().matches("(mac|nic|cpu|memory|disk|firmware).*");
    }
}
