package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Scenarios in which something goes wrong, or a person must help. */
final class FailureScenarios {
    private FailureScenarios() {}

    static List<Scenario> all() {
        return List.of(
                maintenance(),
                storeFull().onlyByName(),
                serverKilled().onlyByName(),
                serverRestarted().onlyByName(),
                engineCrash().onlyByName());
    }

    /** Of those that CI plays the only one in which somebody types at the environment's shell. */
    private static Scenario maintenance() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(pc, "maintenance"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(
                Phase.EIGHT, "a shell is given", Sight.console("maintenance: a shell on this console"), 300));
        // Its first lines; what is typed before it reads is echoed, and lost.
        steps.add(new Expect(Phase.EIGHT, "the shell reads", Sight.console("Enter 'help' for a list"), 60));
        steps.add(Actions.type(pc, "echo six times seven is $((6*7))"));
        steps.add(new Expect(Phase.EIGHT, "the shell answers", Sight.console("^six times seven is 42"), 60));
        steps.add(Actions.type(pc, "exit"));
        steps.add(new BootsAgain(120));
        return new Scenario(
                "maintenance-shell",
                "a PC boots into maintenance; its serial console has a shell; leaving it restarts the PC",
                SEPARATE,
                steps);
    }

    /** 30 MiB are less than the image takes: the disk fills up in the middle. One attempt, so that the failure is final. */
    private static Scenario storeFull() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(new Act(Phase.CHECK, "the servers run; the image store has 30 MiB", stage -> {
            stage.startForeignDhcp();
            stage.startFirstlightWithStore(Actions.CONFIGURATION + "menu: {shown: never}\nmax-attempts: 1\n", 30);
            return "";
        }));
        steps.add(Actions.assign(pc, "capture", "room12"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.SYSTEM)));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workFails(pc, "The server's disk is full", 300));
        steps.add(Actions.prints("no half image is to be seen", false, "room12", "image", "list"));
        steps.add(Actions.prints("the work is told to have failed", true, "full", "work", "list"));
        steps.add(new PowerOff(pc));
        steps.add(Actions.sourceUntouched(pc, DiskMake.GPT));
        return new Scenario(
                "image-store-full",
                "the server's disk fills up during a capture: PC, command line and log say so, no half image stays",
                SEPARATE,
                steps);
    }

    /** The script's parent is the engine's JVM; it goes on waiting, so that its own end is not what is told. */
    private static Scenario engineCrash() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}", "max-attempts: 1"));
        steps.add(Actions.script(pc, "crash.sh", "sleep 3\nkill -SEGV $PPID\nsleep 600\n"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workFails(pc, "Java virtual machine crashed", 300));
        steps.add(Actions.prints(
                "'explain' has the head of its report",
                true,
                "(?s)SIGSEGV.*Problematic frame",
                "explain",
                pc.mac().toString()));
        steps.add(new BootsAgain(180));
        return new Scenario(
                "engine-crash",
                "the imaging engine's virtual machine crashes: console, transaction and 'explain' have the head of its report",
                SEPARATE,
                steps);
    }

    /** In both directions: what the engine sends, and what it fetches, must go on. */
    private static Scenario serverKilled() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        PcSpec blank = PcSpec.of("blank", 2, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(donor, "capture", "room12"));
        steps.add(new PowerOn(donor, Optional.of(DiskKind.SYSTEM)));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.killServerInTheMiddle());
        steps.add(Actions.workEnds(600));
        steps.add(new PowerOff(donor));
        steps.add(Actions.sourceUntouched(donor, DiskMake.GPT));
        steps.add(Actions.assign(blank, "restore", "room12"));
        steps.add(new PowerOn(blank, Optional.of(DiskKind.BLANK)));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.killServerInTheMiddle());
        steps.add(Actions.workEnds(600));
        steps.add(new BootsAgain(120));
        steps.add(new PowerOff(blank));
        steps.add(Actions.diskHoldsTheImage(blank, DiskMake.GPT));
        return new Scenario(
                "server-killed",
                "the server is killed in the middle of a capture and of a restore; both are done in the end",
                SEPARATE,
                steps);
    }

    /** Before there is an engine: it is iPXE that must ask again. */
    private static Scenario serverRestarted() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS);
        Sight initramfs = Sight.requestFor("environment/initramfs");
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(Phase.SEVEN, "the initramfs is asked for", initramfs, 60));
        steps.add(new Act(Phase.SEVEN, "the server is killed while it sends it, and started again", stage -> {
            stage.killServer();
            stage.restart();
            return "";
        }));
        steps.add(new Act(Phase.SEVEN, "the initramfs is asked for once more", stage -> {
            Wait.until(
                    "a second request for it",
                    60,
                    () -> stage.evidence().since(0).stream()
                                    .filter(seen -> initramfs.is(pc, seen))
                                    .count()
                            >= 2);
            return "";
        }));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(120));
        return new Scenario(
                "server-restarted",
                "the server is killed while a PC loads the imaging environment from it; the PC loads it once more and does its work",
                SEPARATE,
                steps);
    }
}
