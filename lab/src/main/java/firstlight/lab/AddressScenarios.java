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

/** A PC's address of its own, which stands in its image-safe data and outlives every image. */
final class AddressScenarios {
    /** Outside of what the LAN's DHCP server gives. */
    private static final String ADDRESS = "10.77.0.77";

    private AddressScenarios() {}

    static List<Scenario> all() {
        return List.of(kept().onlyByName());
    }

    /** The address is set on a disk that has a table and nothing else, and must outlive the restore of a system that would ask DHCP. */
    private static Scenario kept() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(new Act(Phase.CHECK, "an image is made of a system that asks for an address by DHCP", stage -> {
            String disk = SystemDisk.withSystemd(stage.home().cache(), stage.journal()::note)
                    .toString();
            return stage.server()
                    .cli("image", "import", disk, "--as", "room12", "--format", "raw")
                    .strip();
        }));
        steps.add(Actions.assign(pc, "maintenance"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(Phase.EIGHT, "the shell reads", Sight.console("Enter 'help' for a list"), 400));
        // Image-safe data lie between a table and the first partition.
        steps.addAll(HandScenarios.types(
                pc, "echo ,,L | sfdisk -q --label gpt /dev/vda && echo it has a table", "^it has", 60));
        steps.addAll(HandScenarios.types(
                pc,
                "img safe --disk vda --set \"network=" + ADDRESS + "/24 gateway 10.77.0.254\"",
                "^network +10\\.77\\.0\\.77/24",
                60));
        steps.add(Actions.type(pc, "exit"));
        steps.add(new BootsAgain(120));
        steps.add(new PowerOff(pc));
        steps.add(Actions.assign(pc, "restore", "room12"));
        steps.add(Actions.nameDevice(pc, Scenarios.RESTORED_NAME));
        steps.addAll(Scenarios.work(pc, DiskKind.AS_IT_WAS_LEFT, 600));
        steps.add(Actions.prints(
                "the work says which address it gave", true, "its address 10\\.77\\.0\\.77", "work", "list"));
        steps.add(new BootsAgain(120));
        steps.add(Scenarios.localSystem(Scenarios.RESTORED_NAME, 1500));
        steps.add(new Act(Phase.CHECK, "the restored system has its own address", stage -> has(stage, pc)));
        return new Scenario(
                "address-kept",
                "a person gives a PC an address in its image-safe data; the system that is restored there uses it",
                SEPARATE,
                steps);
    }

    /** Whoever answers on the wire for the address has it: asked by the host's own ARP. */
    private static String has(Stage stage, PcSpec pc) {
        // A datagram to a port where nobody listens has this host's kernel ask for the address by ARP.
        List<String> look = Shell.inside(
                stage.lan().wire(),
                List.of("bash", "-c", "echo > /dev/udp/" + ADDRESS + "/9; sleep 1; ip neigh show " + ADDRESS));
        String mac = "lladdr " + pc.mac();
        Wait.until(
                "'" + mac + "' to answer for " + ADDRESS,
                120,
                () -> Shell.attempt(look).output().contains(mac));
        return Shell.attempt(look).output().strip();
    }
}
