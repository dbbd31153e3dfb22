package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Trait;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** PCs that cannot boot from the network start from a medium. */
final class MediaScenarios {
    private static final String PASSWORD = "a long way home";
    private static final String SERVER = "http://" + Lan.SERVER + ":8080";

    private MediaScenarios() {}

    static List<Scenario> all() {
        return List.of(
                media("media-iso-bios", Firmware.BIOS, Trait.FROM_CD, "iso").onlyByName(),
                media("media-usb-uefi", Firmware.UEFI, Trait.FROM_USB, "usb").onlyByName(),
                secureBoot().onlyByName(),
                byHand().onlyByName(),
                wrong().onlyByName(),
                unnamedBios().onlyByName(),
                unnamedUefi().onlyByName());
    }

    /** Nothing on the medium but shim, GRUB and Debian's kernel is signed, and nothing else may start. */
    private static Scenario secureBoot() {
        PcSpec pc = PcSpec.of("stick", 1, Firmware.UEFI).with(Trait.SECURE_BOOT, Trait.FROM_USB);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(medium("usb", "--server", SERVER, "--arguments", SystemDisk.EMULATED));
        steps.add(Actions.assign(pc, "inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(menu(pc, "imaging environment, asks"));
        steps.add(new Expect(
                Phase.THREE,
                "the environment is taken in place of the preboot client, and asks the server",
                Sight.requestFor("/preboot\\?.*mac="),
                400));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(300));
        steps.add(HardwareScenarios.secureBootIsOn(pc));
        steps.add(new PowerOff(pc));
        return new Scenario(
                "media-secure-boot",
                "a UEFI PC with Microsoft's keys starts from a medium through shim and GRUB, and its environment asks for work",
                SEPARATE,
                steps);
    }

    /** The server does not know the PC, and nobody gives addresses. */
    private static Scenario byHand() {
        PcSpec pc = PcSpec.of("stick", 1, Firmware.BIOS).with(Trait.FROM_CD, Trait.MORE_DISKS);
        PcSpec lost = PcSpec.of("lost", 2, Firmware.BIOS).with(Trait.FROM_CD);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startFirstlight("menu: {shown: never}", "new-devices: approve"));
        steps.add(new Act(Phase.CHECK, "there is an administrator 'anna'", stage -> {
            Path password = MenuScenarios.write(stage.state().folder().resolve("password"), PASSWORD + "\n");
            stage.server().cli("user", "add", "anna", "--role=administrator", "--password-file=" + password);
            return "";
        }));
        steps.add(medium("iso", fixed("10.77.0.9", "prompt")));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.SYSTEM)));
        steps.add(new Expect(Phase.EIGHT, "the shell reads", Sight.console("Enter 'help' for a list"), 400));
        steps.addAll(HandScenarios.types(pc, "img make room12 --user anna", "Password:", 120));
        steps.addAll(HandScenarios.types(pc, "wrong", "name or password is wrong", 60));
        steps.addAll(HandScenarios.types(pc, "img make room12 --user anna", "Password:", 120));
        steps.addAll(HandScenarios.types(pc, PASSWORD, "take the medium out", 600));
        steps.addAll(HandScenarios.types(pc, "img restore room12 --disk vdc --yes --user anna", "Password:", 120));
        steps.addAll(HandScenarios.types(pc, PASSWORD, "^firstlight: restored room12 version 1", 600));
        steps.add(new PowerOff(pc));
        steps.add(Actions.sourceUntouched(pc, DiskMake.GPT));
        steps.add(new Act(Phase.CHECK, "the disk that was restored holds the image", stage -> {
            Path work = stage.state().folder();
            DiskCheck source = new DiskCheck(stage.systemDisk(DiskMake.GPT), DiskMake.GPT, work.resolve("source"));
            return DiskCheck.compare(
                    source, new DiskCheck(OtherDrives.blank(stage, pc), DiskMake.GPT, work.resolve("target")));
        }));
        steps.add(Actions.prints(
                "it is registered",
                true,
                "registered",
                "device",
                "show",
                pc.mac().toString()));
        steps.add(medium("iso", fixed("10.77.0.9", "environment")));
        steps.add(Actions.assign(pc, "inventory"));
        steps.addAll(Scenarios.workAndOff(pc, DiskKind.BLANK, 300));
        // The bridge's own address: this host answers for it by ARP.
        steps.add(medium("iso", fixed("10.77.0.254", "environment")));
        steps.add(new PowerOn(lost, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(
                Phase.EIGHT,
                "an address that another device has is told",
                Sight.console("another device on this network has the address 10.77.0.254"),
                400));
        steps.add(new PowerOff(lost));
        return new Scenario(
                "media-by-hand",
                "a PC that the server does not know starts from a medium with a fixed address, where no DHCP server is: a "
                        + "person signs in and images it to and from the server; then it does work by itself",
                SEPARATE,
                steps);
    }

    /** Media whose settings do not fit the network, or the server, any more. */
    private static Scenario wrong() {
        PcSpec router = PcSpec.of("router", 1, Firmware.BIOS).with(Trait.FROM_CD);
        PcSpec client = PcSpec.of("client", 2, Firmware.BIOS).with(Trait.FROM_CD);
        PcSpec changed = PcSpec.of("changed", 3, Firmware.BIOS).with(Trait.FROM_CD);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startFirstlight("menu: {shown: never}"));
        steps.add(medium("iso", fixed("http://10.99.0.1:8080", "10.77.0.9", "environment", "--gateway", "10.77.0.77")));
        steps.add(new PowerOn(router, Optional.of(DiskKind.BLANK)));
        steps.add(says("a gateway that is none", "the gateway 10\\.77\\.0\\.77 does not answer.*--gateway", 400));
        steps.add(says(
                "a server that is out of reach", "FAILED: there is no server at http://10\\.99\\.0\\.1:8080", 400));
        steps.add(
                says("from where", "because: .*this PC has 10\\.77\\.0\\.9/24 on \\w+, gateway 10\\.77\\.0\\.77", 10));
        steps.add(says("the cure", "what to do: .*make the medium again \\(firstlight media", 10));
        steps.add(says("a prompt comes", "maintenance: a shell on this console", 30));
        steps.add(new PowerOff(router));
        // Nobody has that address; the network it is in is right.
        steps.add(medium("iso", fixed("http://10.77.0.222:8080", "10.77.0.9", "network")));
        steps.add(new PowerOn(client, Optional.of(DiskKind.BLANK)));
        steps.add(new Act(Phase.TWO, "the preboot client says whom it asked, from where, and the cure", stage -> {
            VirtualPc on = stage.pc(client.name());
            Wait.until(
                    "its words on the screen", 240, () -> on.textScreen().text().contains("make the medium again"));
            String screen = on.textScreen().text();
            screen.lines().forEach(line -> stage.journal().note("  " + line));
            if (!screen.replace("\n", "")
                    .contains("answered at http://10.77.0.222:8080. This PC has 10.77.0.9/255.255.255.0")) {
                throw new LabFailure("the screen reads:\n" + screen);
            }
            return "";
        }));
        steps.add(new PowerOff(client));
        steps.add(medium("iso", fixed(SERVER, "10.77.0.9", "environment")));
        steps.add(new Act(Phase.CHECK, "the server starts again with another certificate", stage -> {
            stage.killServer();
            // The next start makes another one, which the medium does not know.
            Shell.run("rm", stage.server().data().resolve("tls/engine.p12").toString());
            stage.restart();
            return "";
        }));
        // Without work nothing is said that a certificate has to protect.
        steps.add(Actions.assign(changed, "inventory"));
        steps.add(new PowerOn(changed, Optional.of(DiskKind.BLANK)));
        steps.add(says("another certificate", "FAILED: This is not the server that the medium was made for", 400));
        steps.add(says(
                "which one",
                "because: its certificate has sha256:[0-9a-f]{64}, the medium names sha256:[0-9a-f]{64}",
                10));
        steps.add(says("the cure", "what to do: .*make the medium again \\(firstlight media", 10));
        steps.add(new Step.Never(Phase.CHECK, "nothing is told to that server", Sight.connectionTo(8443)));
        steps.add(new PowerOff(changed));
        return new Scenario(
                "media-wrong",
                "media with a wrong gateway, a wrong server and the fingerprint of a former certificate: the person at the PC reads"
                        + " which, and the cure",
                SEPARATE,
                steps);
    }

    /** Made without --server: what answers DHCP sends the PC to the firmware's menu, as one without a medium. */
    private static Scenario unnamedBios() {
        PcSpec attended = PcSpec.of("attended", 1, Firmware.BIOS).with(Trait.FROM_CD);
        PcSpec unattended = PcSpec.of("unattended", 2, Firmware.BIOS).with(Trait.FROM_CD);
        PcSpec works = PcSpec.of("works", 3, Firmware.BIOS).with(Trait.FROM_CD);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: hotkey, hotkey-seconds: 40}"));
        steps.add(medium("iso", "--seconds", "2"));
        steps.add(new PowerOn(attended, Optional.of(DiskKind.SYSTEM)));
        steps.add(Actions.openMenu(attended));
        steps.add(Actions.chooseFromMenu(attended, "Continue"));
        steps.add(Scenarios.localSystem(SystemDisk.COMPUTER_NAME, 1500));
        steps.add(new PowerOff(attended));
        steps.add(new PowerOn(unattended, Optional.of(DiskKind.SYSTEM)));
        steps.add(Scenarios.localSystem(SystemDisk.COMPUTER_NAME, 1500));
        steps.add(new Step.Never(
                Phase.CHECK, "a PC at which nobody presses the key downloads nothing", Sight.anyDownload()));
        steps.add(new PowerOff(unattended));
        steps.add(Actions.assign(works, "inventory"));
        steps.add(new PowerOn(works, Optional.of(DiskKind.BLANK)));
        steps.addAll(workIsDone(works));
        return new Scenario(
                "media-unnamed-bios",
                "BIOS PCs start from a medium that names no server: somebody presses F8 and the menu comes, nobody does and the system"
                        + " starts, and work is done",
                SEPARATE,
                steps);
    }

    /** Without work the medium must say nothing but its menu: that nothing is to be done is no missing server. */
    private static Scenario unnamedUefi() {
        PcSpec idle = PcSpec.of("idle", 1, Firmware.UEFI).with(Trait.FROM_USB);
        PcSpec works = PcSpec.of("works", 2, Firmware.UEFI).with(Trait.FROM_USB);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(medium("usb", "--seconds", "2"));
        steps.add(new PowerOn(idle, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(Phase.ONE_A, "Firstlight says: local boot", Sight.localBootAnswer(), 300));
        steps.add(new Expect(Phase.LOCAL, "the medium's menu is back", Sight.console("Press any key to continue"), 60));
        steps.add(new Step.Never(Phase.CHECK, "nobody is blamed", Sight.console("No Firstlight server answered")));
        steps.add(new PowerOff(idle));
        steps.add(Actions.assign(works, "inventory"));
        steps.add(new PowerOn(works, Optional.of(DiskKind.BLANK)));
        steps.addAll(workIsDone(works));
        return new Scenario(
                "media-unnamed-uefi",
                "UEFI PCs start from a medium that names no server: without work its menu comes back, with work it is done",
                SEPARATE,
                steps);
    }

    private static List<Step> workIsDone(PcSpec pc) {
        return List.of(
                new Expect(Phase.TWO, "a PC with work asks for its script", Sight.requestFor("boot\\.ipxe"), 300),
                Scenarios.engineAsks(),
                Actions.workEnds(300),
                Actions.prints(
                        "nothing was amiss in that boot",
                        false,
                        "untaken|loop",
                        "explain",
                        pc.mac().toString()),
                new PowerOff(pc));
    }

    private static Expect says(String what, String regex, int seconds) {
        return new Expect(Phase.EIGHT, "the PC says: " + what, Sight.console(regex), seconds);
    }

    private static String[] fixed(String address, String start) {
        return fixed(SERVER, address, start);
    }

    /** Without DHCP: an address of its own, and a menu that waits two seconds. */
    private static String[] fixed(String server, String address, String start, String... more) {
        List<String> words = new ArrayList<>(List.of(
                "--server",
                server,
                "--address",
                address,
                "--netmask",
                "255.255.255.0",
                "--start",
                start,
                "--seconds",
                "2",
                "--arguments",
                "quiet " + SystemDisk.EMULATED));
        words.addAll(Arrays.asList(more));
        return words.toArray(String[]::new);
    }

    /** The same kind of medium twice: as it starts from the network, and as it starts the environment that it brings. */
    private static Scenario media(String name, Firmware firmware, Trait from, String kind) {
        PcSpec first = PcSpec.of("network", 1, firmware).with(from);
        PcSpec second = PcSpec.of("environment", 2, firmware).with(from);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(medium(kind, "--server", SERVER));
        steps.add(Actions.assign(first, "inventory"));
        steps.add(new PowerOn(first, Optional.of(DiskKind.BLANK)));
        steps.add(menu(first, "start from the network"));
        steps.add(new Expect(
                Phase.TWO, "the medium's preboot client asks the server", Sight.requestFor("boot\\.ipxe"), 300));
        steps.add(new Expect(Phase.THREE, "its facts are told", Sight.requestFor("/preboot\\?.*mac="), 120));
        steps.add(new Expect(Phase.SEVEN, "the initramfs is loaded", Sight.requestFor("environment/initramfs"), 120));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(300));
        steps.add(new BootsAgain(120));
        steps.add(new PowerOff(first));
        steps.add(medium(
                kind,
                "--server",
                SERVER,
                "--start",
                "environment",
                "--seconds",
                "2",
                "--arguments",
                "quiet " + SystemDisk.EMULATED));
        steps.add(Actions.assign(second, "inventory"));
        steps.add(new PowerOn(second, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(
                Phase.THREE,
                "the environment on the medium asks the server",
                Sight.requestFor("/preboot\\?.*mac="),
                400));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(300));
        steps.add(new Step.Never(
                Phase.CHECK, "nothing but the answer was downloaded", Sight.requestFor("environment/|ipxe")));
        steps.add(new PowerOff(second));
        return new Scenario(
                name,
                "a " + firmware
                        + " PC without PXE starts from a medium: its preboot client, then its imaging environment, "
                        + "asks the server for work",
                SEPARATE,
                steps);
    }

    static Act medium(String kind, String... settings) {
        return new Act(Phase.CHECK, "'firstlight media " + kind + " ... " + String.join(" ", settings) + "'", stage -> {
            List<String> words = new ArrayList<>(List.of("media", kind));
            words.add(OtherDrives.medium(stage).toString());
            words.addAll(Arrays.asList(settings));
            stage.server().cli(words.toArray(String[]::new));
            return "";
        });
    }

    /** A picture of what a person sees, while the menu waits. */
    private static Act menu(PcSpec pc, String line) {
        return new Act(Phase.MENU, "the medium's menu", stage -> {
            Path png = stage.logs().resolve("menu.png");
            boolean shown = stage.evidence()
                    .await(0, seen -> Sight.console(line).is(pc, seen), Duration.ofMinutes(2), () -> true)
                    .isPresent();
            if (!shown) {
                throw new LabFailure("the serial console does not show the menu");
            }
            stage.pc(pc.name()).qmp().screenshot(png);
            return "picture: " + png;
        });
    }
}
