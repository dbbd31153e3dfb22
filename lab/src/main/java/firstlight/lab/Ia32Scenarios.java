package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Trait;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.Never;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** PCs whose UEFI has 32 bits and whose processor has 64: tablets, sticks, early Macs. GRUB starts the environment's kernel there. */
final class Ia32Scenarios {
    private Ia32Scenarios() {}

    static List<Scenario> all() {
        return List.of(pxe().onlyByName(), http().onlyByName(), captureRestore().onlyByName());
    }

    private static Scenario pxe() {
        PcSpec idle = PcSpec.of("idle", 1, Firmware.UEFI).with(Trait.IA32);
        PcSpec pc = PcSpec.of("pc1", 2, Firmware.UEFI).with(Trait.IA32);
        List<Step> steps = new ArrayList<>(Openings.localBootThenMenu(idle, pc, 10));
        steps.addAll(throughGrub(pc));
        steps.add(new Expect(Phase.MENU, "the boot menu shows", Sight.console("Maintenance"), 60));
        steps.addAll(environmentStarts());
        steps.add(Actions.workEnds(120));
        steps.addAll(factsSay(pc));
        return new Scenario(
                "ia32-pxe",
                "PCs with UEFI of 32 bits: one without work goes on at once, one with work gets a menu and then the environment",
                SEPARATE,
                steps);
    }

    private static Scenario http() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.UEFI).with(Trait.IA32, Trait.HTTP_BOOT);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(Phase.ONE_A, "Firstlight's OFFER with a URL", Sight.httpBootOffer(), 120));
        steps.addAll(throughGrub(pc));
        steps.addAll(environmentStarts());
        steps.add(Actions.workEnds(120));
        steps.addAll(factsSay(pc));
        return new Scenario(
                "ia32-http-boot", "a PC with UEFI of 32 bits boots the environment by HTTP alone", SEPARATE, steps);
    }

    /** The restored system has no loader that firmware finds by its name: it starts by the entry that the engine made. */
    private static Scenario captureRestore() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.UEFI).with(Trait.IA32);
        PcSpec blank = PcSpec.of("blank", 2, Firmware.UEFI).with(Trait.IA32);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(donor, "capture", "room12"));
        steps.add(new PowerOn(donor, Optional.of(DiskKind.SYSTEM_IA32)));
        steps.addAll(Scenarios.phaseOne(SEPARATE));
        steps.addAll(throughGrub(donor));
        steps.addAll(environmentStarts());
        steps.add(Actions.workEnds(600));
        steps.add(new PowerOff(donor));
        steps.add(Actions.sourceUntouched(donor, DiskMake.IA32));
        steps.add(Actions.assign(blank, "restore", "room12"));
        steps.add(Actions.nameDevice(blank, Scenarios.RESTORED_NAME));
        steps.add(new PowerOn(blank, Optional.of(DiskKind.BLANK)));
        steps.addAll(Scenarios.phaseOne(SEPARATE));
        steps.addAll(throughGrub(blank));
        steps.addAll(environmentStarts());
        steps.add(Actions.workEnds(600));
        steps.add(new Expect(
                Phase.EIGHT,
                "a boot entry was made in the firmware's memory",
                Sight.console("UEFI boot entry 'debian' made"),
                10));
        steps.add(new BootsAgain(120));
        steps.add(Scenarios.localSystem(Scenarios.RESTORED_NAME, 1500));
        steps.add(new Never(Phase.CHECK, "nothing was downloaded at the boot after the restore", Sight.anyDownload()));
        steps.add(new PowerOff(blank));
        steps.add(Actions.diskHoldsTheImage(blank, DiskMake.IA32));
        return new Scenario(
                "ia32-capture-restore",
                "a PC with UEFI of 32 bits is captured; one with a blank disk is restored and starts that system by a new boot entry",
                SEPARATE,
                steps);
    }

    private static List<Step> throughGrub(PcSpec pc) {
        List<Step> steps = new ArrayList<>();
        steps.add(new Expect(Phase.TWO, "GRUB is loaded", Sight.requestFor("grubia32\\.efi$"), 120));
        steps.addAll(Openings.grubIsConfigured(pc));
        return steps;
    }

    private static List<Step> environmentStarts() {
        List<Step> steps = new ArrayList<>(Openings.environmentIsLoaded());
        steps.add(Scenarios.engineAsks());
        return steps;
    }

    /** The kernel has 64 bits all the same; it is the firmware's that are told, for boot loaders must fit those. */
    private static List<Step> factsSay(PcSpec pc) {
        String mac = pc.mac().toString();
        return List.of(
                Actions.prints("the kernel found UEFI", true, "firmware\\W+uefi\\b", "device", "show", mac),
                Actions.prints("of 32 bits", true, "architecture\\W+i386\\b", "device", "show", mac));
    }
}
