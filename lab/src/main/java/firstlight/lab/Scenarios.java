package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.Lan.Topology;
import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.Never;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All scenarios of the lab. Limits are several times what a quiet machine of two cores needs: two scenarios run side by side. */
final class Scenarios {
    /** The computer name of the PC that is restored: what its login must show. */
    static final String RESTORED_NAME = "room12-pc07";

    private Scenarios() {}

    static List<Scenario> all() {
        List<Scenario> all = new ArrayList<>();
        for (Firmware firmware : Firmware.values()) {
            for (Topology topology : Topology.values()) {
                all.add(boot(firmware, topology));
            }
        }
        all.add(pxelinux());
        all.add(hotkey());
        all.add(noWork());
        for (Firmware firmware : Firmware.values()) {
            all.add(captureRestore("capture-restore-" + firmware.text(), firmware));
        }
        all.addAll(HardwareScenarios.all());
        all.addAll(FailureScenarios.all());
        all.addAll(PowerScenarios.all());
        all.addAll(PolicyScenarios.all());
        all.addAll(MenuScenarios.all());
        all.addAll(WorkScenarios.all());
        all.addAll(AddOnScenarios.all());
        all.addAll(Arm64Scenarios.all());
        all.addAll(Ia32Scenarios.all());
        all.addAll(StormScenarios.all());
        all.addAll(HandScenarios.all());
        all.addAll(MediaScenarios.all());
        all.addAll(SiteScenarios.all());
        all.addAll(MulticastScenarios.all());
        all.addAll(ResizeScenarios.all());
        all.addAll(LvmPairScenarios.all());
        all.addAll(SlowScenarios.all());
        all.addAll(DataScenarios.all());
        all.addAll(ScriptScenarios.all());
        all.addAll(FlipScenarios.all());
        all.addAll(FailingDiskScenarios.all());
        all.addAll(PulledDiskScenarios.all());
        all.addAll(HangingDiskScenarios.all());
        all.addAll(AddressScenarios.all());
        all.addAll(SameHostScenarios.all());
        return all;
    }

    /** Those that CI plays. */
    static List<Scenario> always() {
        return all().stream().filter(Scenario::always).toList();
    }

    static Optional<Scenario> named(String name) {
        return all().stream().filter(scenario -> scenario.name().equals(name)).findFirst();
    }

    /** Power-on to the engine asking for its work, in one of the two topologies. */
    private static Scenario boot(Firmware firmware, Topology topology) {
        PcSpec pc = PcSpec.of("pc1", 1, firmware);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.addAll(phasesOneToSeven(pc, topology));
        steps.add(engineAsks());
        steps.add(Actions.workEnds(120));
        return new Scenario(
                firmware.text() + "-" + topology.text() + "-dhcp",
                "a " + firmware + " PC with work boots into the imaging environment; DHCP server: " + topology.text(),
                topology,
                steps);
    }

    /** With an archive of updates, which is one initrd more: pxelinux loads all of them or gives up. */
    private static Scenario pxelinux() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS).with(PcSpec.Nic.E1000);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("preboot-client: {bios: pxelinux}", "menu: {shown: never}"));
        steps.add(Actions.addUpdates());
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.addAll(phaseOne(SEPARATE));
        steps.add(new Expect(Phase.FIVE, "pxelinux.0 is loaded", Sight.requestFor("pxelinux\\.0$"), 60));
        steps.add(new Expect(
                Phase.SIX,
                "the PC's own configuration file is read",
                Sight.requestFor("pxelinux\\.cfg/01-" + pc.mac().hyphenated()),
                60));
        steps.addAll(Openings.environmentIsLoaded());
        steps.add(new Expect(
                Phase.SEVEN, "the updates archive is asked for", Sight.requestFor("environment/updates"), 120));
        steps.add(engineAsks());
        steps.add(Actions.workEnds(120));
        return new Scenario(
                "bios-pxelinux",
                "a BIOS PC boots the environment through pxelinux.0 and its generated configuration",
                SEPARATE,
                steps);
    }

    /** The second PC is one at which nobody stands: for it the pause of the prompt must end in its own system. */
    private static Scenario hotkey() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: hotkey, hotkey-seconds: 40}"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.SYSTEM)));
        steps.addAll(phaseOne(SEPARATE));
        steps.add(Actions.openMenu(pc));
        steps.add(Actions.chooseFromMenu(pc, "Continue"));
        steps.add(localSystem(SystemDisk.COMPUTER_NAME, 1500));
        steps.add(new PowerOff(pc));
        PcSpec unattended = PcSpec.of("pc2", 2, Firmware.BIOS);
        steps.add(new PowerOn(unattended, Optional.of(DiskKind.SYSTEM)));
        steps.add(localSystem(SystemDisk.COMPUTER_NAME, 1500));
        steps.add(
                new Never(Phase.CHECK, "a PC at which nobody presses the key downloads nothing", Sight.anyDownload()));
        return new Scenario(
                "bios-menu-hotkey", "the boot menu comes when the hotkey is pressed, and only then", SEPARATE, steps);
    }

    /** Which was faster is told and not judged: both times hold what else the machine did. */
    private static Scenario noWork() {
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startForeignDhcp());
        for (Firmware firmware : Firmware.values()) {
            PcSpec pc = PcSpec.of(firmware.text() + "-alone", firmware == Firmware.BIOS ? 11 : 12, firmware);
            steps.add(new PowerOn(pc, Optional.of(DiskKind.SYSTEM)));
            steps.add(localSystem(SystemDisk.COMPUTER_NAME, 1500));
            steps.add(Actions.keepTime(firmware.text() + " without a PXE server"));
            steps.add(new PowerOff(pc));
        }
        steps.add(Actions.startFirstlight("menu: {shown: never}"));
        for (Firmware firmware : Firmware.values()) {
            PcSpec pc = PcSpec.of(firmware.text(), firmware == Firmware.BIOS ? 1 : 2, firmware);
            steps.add(new PowerOn(pc, Optional.of(DiskKind.SYSTEM)));
            steps.add(new Expect(Phase.ONE_A, "Firstlight says: local boot", Sight.localBootAnswer(), 60));
            steps.add(localSystem(SystemDisk.COMPUTER_NAME, 1500));
            steps.add(Actions.keepTime(firmware.text() + " with Firstlight"));
            steps.add(new Never(Phase.CHECK, "nothing was downloaded", Sight.anyDownload()));
            steps.add(new PowerOff(pc));
            steps.add(Actions.compareTimes(
                    firmware.text() + " with Firstlight", firmware.text() + " without a PXE server"));
        }
        return new Scenario(
                "no-work-local-boot",
                "a PC without work starts its own system and downloads nothing; timed beside a LAN without a PXE server",
                SEPARATE,
                steps);
    }

    /** The main job on two PCs alike. */
    static Scenario captureRestore(String name, Firmware firmware) {
        return captureRestore(
                name,
                "a " + firmware + " PC is captured; one with a blank disk is restored and starts that system",
                PcSpec.of("donor", 1, firmware),
                DiskKind.SYSTEM,
                PcSpec.of("blank", 2, firmware),
                DiskKind.BLANK);
    }

    /** One PC is captured, another with a blank disk is restored and starts the restored system by itself. */
    static Scenario captureRestore(
            String name,
            String says,
            PcSpec donor,
            DiskKind source,
            PcSpec blank,
            DiskKind target,
            String... restoreOptions) {
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(donor, "capture", "room12"));
        steps.add(new PowerOn(donor, Optional.of(source)));
        steps.addAll(phasesOneToSeven(donor, SEPARATE));
        steps.add(engineAsks());
        steps.add(Actions.workEnds(600));
        steps.add(new PowerOff(donor));
        steps.add(Actions.sourceUntouched(donor, source.make()));
        steps.add(Actions.assign(
                blank,
                "restore",
                Stream.concat(Stream.of("room12"), Stream.of(restoreOptions)).toArray(String[]::new)));
        steps.add(Actions.nameDevice(blank, RESTORED_NAME));
        steps.add(new PowerOn(blank, Optional.of(target)));
        steps.addAll(phasesOneToSeven(blank, SEPARATE));
        steps.add(engineAsks());
        steps.add(Actions.workEnds(600));
        steps.add(new BootsAgain(120));
        steps.add(localSystem(RESTORED_NAME, 1500));
        steps.add(new Never(Phase.CHECK, "nothing was downloaded at the boot after the restore", Sight.anyDownload()));
        steps.add(new PowerOff(blank));
        steps.add(Actions.diskHoldsTheImage(blank, source.make()));
        return new Scenario(name, says, SEPARATE, steps);
    }

    /** What the firmware says and hears before it loads anything. */
    static List<Step> phaseOne(Topology topology) {
        return switch (topology) {
            case SEPARATE ->
                List.of(
                        new Expect(Phase.ONE_A, "the firmware's DISCOVER", Sight.discover(), 60),
                        new Expect(
                                Phase.ONE_A,
                                "the DHCP server's OFFER of an address",
                                Sight.addressOffer(Lan.SEPARATE_DHCP),
                                30),
                        new Expect(Phase.ONE_A, "Firstlight's OFFER", Sight.proxyOffer(), 30));
            case SAME_HOST ->
                List.of(
                        new Expect(Phase.ONE_B_A, "the firmware's DISCOVER", Sight.discover(), 60),
                        new Expect(
                                Phase.ONE_B_A,
                                "the DHCP server's OFFER with option 60 PXEClient",
                                Sight.addressOfferNamingProxy(Lan.SERVER),
                                30),
                        new Expect(Phase.ONE_B_B, "the firmware's REQUEST to port 4011", Sight.proxyRequest(), 60),
                        new Expect(Phase.ONE_B_B, "Firstlight's answer from port 4011", Sight.proxyAck(), 30));
        };
    }

    static List<Step> phasesOneToSeven(PcSpec pc, Topology topology) {
        List<Step> steps = new ArrayList<>(phaseOne(topology));
        steps.addAll(phasesTwoToSeven(pc));
        return steps;
    }

    static List<Step> phasesTwoToSeven(PcSpec pc) {
        List<Step> steps = new ArrayList<>();
        // iPXE in a card's ROM may run the script itself, and asks for no program then.
        String program = pc.startsWithIpxe() ? "undionly|snponly|boot\\.ipxe|autoexec|preboot" : "snponly\\.efi";
        steps.add(new Expect(Phase.TWO, "the preboot client is asked for", Sight.requestFor(program), 60));
        steps.add(new Expect(Phase.THREE, "its facts are told", Sight.requestFor("/preboot\\?.*mac="), 120));
        steps.add(new Expect(
                Phase.FOUR, "the answer: the imaging environment", Sight.httpAnswer("environment/initramfs"), 30));
        // iPXE is boot loader and preboot client in one: phases 5 and 6 are in the answer that it has by now.
        Sight configuration = Sight.httpAnswer("environment/initramfs");
        steps.add(new Expect(Phase.FIVE, "no boot loader to load: the preboot client is one", configuration, 1));
        steps.add(new Expect(Phase.SIX, "its configuration came with the answer", configuration, 1));
        steps.addAll(Openings.environmentIsLoaded());
        return steps;
    }

    /** The PC is switched on, and does the work that it has. */
    static List<Step> work(PcSpec pc, DiskKind disk, int seconds) {
        return List.of(new PowerOn(pc, Optional.of(disk)), engineAsks(), Actions.workEnds(seconds));
    }

    /** The same, and it is switched off again. */
    static List<Step> workAndOff(PcSpec pc, DiskKind disk, int seconds) {
        List<Step> steps = new ArrayList<>(work(pc, disk, seconds));
        steps.add(new PowerOff(pc));
        return steps;
    }

    /** The servers run, and {@code donor}, which nobody knew, has given its disk to a new image. */
    static List<Step> captured(PcSpec donor, DiskKind disk, String image, int seconds) {
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(donor, "capture", image));
        steps.addAll(workAndOff(donor, disk, seconds));
        return steps;
    }

    static Expect engineAsks() {
        return new Expect(Phase.EIGHT, "the engine asks for its work", Sight.connectionTo(8443), 300);
    }

    /**
     * @param seconds far more than it takes: on processors that others use, too, the emulated PC comes to its login many times later
     */
    static Expect localSystem(String computerName, int seconds) {
        return new Expect(
                Phase.LOCAL,
                "the login of '" + computerName + "' on the serial console",
                Sight.console("^" + computerName + " login:"),
                seconds);
    }
}
