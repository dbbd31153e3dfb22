package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Trait;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.Never;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** EDK2 on arm64 (AAVMF): PCs whose boot programs are others, and which no imaging environment is built for. */
final class Arm64Scenarios {
    private Arm64Scenarios() {}

    static List<Scenario> all() {
        return List.of(pxe().onlyByName(), http().onlyByName());
    }

    private static Scenario pxe() {
        PcSpec idle = PcSpec.of("idle", 1, Firmware.UEFI).with(Trait.ARM64);
        PcSpec pc = PcSpec.of("pc1", 2, Firmware.UEFI).with(Trait.ARM64);
        List<Step> steps = new ArrayList<>(Openings.localBootThenMenu(idle, pc, 5));
        steps.addAll(bootProgramAndScript());
        return new Scenario(
                "arm64-pxe",
                "arm64 PCs: one without work goes on at once, one with a menu gets iPXE and its script",
                SEPARATE,
                steps);
    }

    private static Scenario http() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.UEFI).with(Trait.ARM64, Trait.HTTP_BOOT);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: always, timeout-seconds: 5}"));
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(Phase.ONE_A, "Firstlight's OFFER with a URL", Sight.httpBootOffer(), 120));
        steps.addAll(bootProgramAndScript());
        return new Scenario(
                "arm64-http-boot", "an arm64 PC gets the URL of its iPXE, and that its script", SEPARATE, steps);
    }

    /** The menu is over after its time; nobody may send a PC for an environment that it cannot run. */
    private static List<Step> bootProgramAndScript() {
        return List.of(
                new Expect(Phase.TWO, "arm64's iPXE is asked for", Sight.requestFor("ipxe/arm64/snponly\\.efi$"), 120),
                new Expect(
                        Phase.THREE,
                        "its facts are told, arm64 among them",
                        Sight.requestFor("/preboot\\?.*buildarch=arm64"),
                        120),
                new Expect(
                        Phase.FOUR,
                        "its work waits: no imaging environment runs there",
                        Sight.httpAnswer("environment is for x86-64"),
                        30),
                new Expect(Phase.LOCAL, "after the menu's time the firmware goes on", Openings.localBootTried(), 300),
                new Never(Phase.CHECK, "no environment was loaded", Sight.requestFor("environment/")));
    }
}
