package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.Never;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** First steps that scenarios of several kinds have in common. */
final class Openings {
    private Openings() {}

    /**
     * A PC that was never seen, with a blank disk, asks for its restore of an image that was made from a file.
     *
     * @param settings of the server, besides no menu
     * @param before what else is done before the PC is switched on
     */
    static List<Step> restore(PcSpec pc, List<String> settings, Step... before) {
        List<String> all = new ArrayList<>(List.of("menu: {shown: never}"));
        all.addAll(settings);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers(all.toArray(String[]::new)));
        steps.add(Actions.importSystemDisk());
        steps.add(Actions.assign(pc, "restore", "room12"));
        steps.addAll(Arrays.asList(before));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(Scenarios.engineAsks());
        return steps;
    }

    /** Of two PCs with EDK2 and blank disks one goes on at once, for it has no work; the other has work, and is to see a menu. */
    static List<Step> localBootThenMenu(PcSpec idle, PcSpec pc, int menuSeconds) {
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never, timeout-seconds: " + menuSeconds + "}"));
        steps.add(new PowerOn(idle, Optional.of(DiskKind.BLANK)));
        steps.addAll(Scenarios.phaseOne(SEPARATE));
        steps.add(new Expect(Phase.ONE_A, "Firstlight says: local boot", Sight.localBootAnswer(), 30));
        steps.add(new Expect(Phase.LOCAL, "the firmware goes on", localBootTried(), 300));
        steps.add(new Never(Phase.CHECK, "nothing was downloaded", Sight.anyDownload()));
        steps.add(new PowerOff(idle));
        steps.add(Actions.operator("policy", "set", "server", "menu", "always"));
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.addAll(Scenarios.phaseOne(SEPARATE));
        return steps;
    }

    /** Where EDK2 ends when no disk can be started. */
    static Sight localBootTried() {
        return Sight.console("UEFI Interactive Shell|No bootable option");
    }

    static List<Step> grubIsConfigured(PcSpec pc) {
        return List.of(
                new Expect(Phase.SIX, "GRUB's configuration is read", Sight.requestFor("grub/grub\\.cfg$"), 60),
                new Expect(
                        Phase.SIX,
                        "the PC's own configuration is read",
                        Sight.requestFor("grub/grub\\.cfg-01-" + pc.mac().hyphenated()),
                        60));
    }

    static List<Step> environmentIsLoaded() {
        return List.of(
                new Expect(Phase.SEVEN, "the kernel is loaded", Sight.requestFor("environment/vmlinuz"), 60),
                new Expect(Phase.SEVEN, "the initramfs is loaded", Sight.requestFor("environment/initramfs"), 120));
    }
}
