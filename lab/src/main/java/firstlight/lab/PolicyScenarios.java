package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Nic;
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

/** Scenarios of who gets what: rules over hardware, approval. */
final class PolicyScenarios {
    private static final Sight ENVIRONMENT = Sight.requestFor("environment/");

    /** What {@code device show} says of a device that was restored. */
    private static final String LAST_IMAGE = "last image +room12 1\\b";

    private PolicyScenarios() {}

    static List<Scenario> all() {
        return List.of(
                ruleByHardware().onlyByName(),
                approval().onlyByName(),
                changedCard().onlyByName());
    }

    /**
     * One rule, three strangers: the facts of the preboot client are enough to refuse one, the full facts refuse another, and the third
     * is restored. The rule's disk size is known to the imaging environment alone. BLANK has 800 MiB, BLANK_LARGER 1100 MiB (1.15 GB).
     */
    private static Scenario ruleByHardware() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        PcSpec office = PcSpec.of("office", 2, Firmware.BIOS).with(Trait.OTHER_MODEL);
        PcSpec small = PcSpec.of("small", 3, Firmware.BIOS);
        PcSpec large = PcSpec.of("large", 4, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.addAll(Scenarios.captured(donor, DiskKind.SYSTEM, "room12", 600));
        steps.add(Actions.operator(
                "rule", "add", "lab PCs", "model = \"Lab PC\" and disk.size >= 1 GB", "--restore", "room12"));

        steps.add(new PowerOn(office, Optional.of(DiskKind.BLANK_LARGER)));
        steps.add(new Expect(Phase.THREE, "its facts are told", Sight.requestFor("/preboot\\?.*mac="), 120));
        steps.add(new Expect(Phase.FOUR, "the answer: the local disk", Sight.httpAnswer("sanboot"), 30));
        steps.add(Actions.prints(
                "its model is refused by preboot facts alone",
                true,
                "\"Lab PC\": false",
                "explain",
                office.mac().toString()));
        steps.add(new Never(Phase.CHECK, "no imaging environment was loaded", ENVIRONMENT));
        steps.add(new PowerOff(office));

        steps.add(new PowerOn(small, Optional.of(DiskKind.BLANK)));
        steps.addAll(Scenarios.phasesOneToSeven(small, SEPARATE));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(120));
        steps.add(new BootsAgain(120));
        steps.add(new Expect(Phase.ONE_A, "its facts are known now: local boot at once", Sight.localBootAnswer(), 60));
        steps.add(new PowerOff(small));
        steps.add(Actions.prints(
                "it has no image",
                false,
                LAST_IMAGE,
                "device",
                "show",
                small.mac().toString()));

        steps.add(new PowerOn(large, Optional.of(DiskKind.BLANK_LARGER)));
        steps.addAll(Scenarios.phasesOneToSeven(large, SEPARATE));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(600));
        steps.add(new BootsAgain(120));
        steps.add(
                new Expect(Phase.ONE_A, "the rule gives the same image once: local boot", Sight.localBootAnswer(), 60));
        // A stranger is named by its MAC address.
        steps.add(Scenarios.localSystem("pc-525400f10004", 1500));
        steps.add(Actions.prints(
                "it has the image",
                true,
                LAST_IMAGE,
                "device",
                "show",
                large.mac().toString()));
        return new Scenario(
                "rule-by-hardware",
                "strangers are registered at their first boot; a rule over model and disk restores one of three",
                SEPARATE,
                steps);
    }

    /** Known by what its board and disk say of themselves; the MAC, by which work was once assigned, is gone. */
    private static Scenario changedCard() {
        PcSpec before = PcSpec.of("pc1", 1, Firmware.BIOS);
        PcSpec after = before.with(Trait.CHANGED_CARD).with(Nic.E1000E);
        String name = Scenarios.RESTORED_NAME;
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(before, "inventory"));
        steps.add(Actions.nameDevice(before, name));
        steps.addAll(Scenarios.workAndOff(before, DiskKind.BLANK, 120));
        steps.add(Actions.operator("work", "inventory", name));
        steps.add(new PowerOn(after, Optional.of(DiskKind.BLANK)));
        steps.addAll(Scenarios.phasesOneToSeven(after, SEPARATE));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(120));
        String macs = after.mac() + ", " + before.mac();
        steps.add(Actions.prints("it is one device with two MAC addresses", true, macs, "device", "show", name));
        steps.add(Actions.prints("which has done its work", true, "inventory +done", "work", "list"));
        steps.add(Actions.prints("no other was registered", false, "pc-[0-9a-f]{12}", "device", "list"));
        steps.add(Actions.prints("and no question is open", false, name, "device", "questions"));
        return new Scenario(
                "changed-network-card",
                "a PC comes back with another network card: it keeps its device, its name and its work",
                SEPARATE,
                steps);
    }

    /**
     * Where everybody gets a menu, one who waits for approval gets none: it is not asked for anything. For the second boot the
     * menu is set off, for nobody is at the keyboard.
     */
    private static Scenario approval() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: always}", "new-devices: approve"));
        steps.add(Actions.operator("rule", "add", "all", "always", "--inventory"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(Phase.ONE_A, "who waits for approval gets its local disk", Sight.localBootAnswer(), 60));
        steps.add(Actions.prints("it waits for approval", true, "pending", "device", "list"));
        steps.add(new Never(Phase.CHECK, "it downloaded nothing", Sight.anyDownload()));
        steps.add(new PowerOff(pc));
        steps.add(Actions.operator("policy", "set", "server", "menu", "never"));
        steps.add(Actions.operator("device", "approve", pc.mac().toString()));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.addAll(Scenarios.phasesOneToSeven(pc, SEPARATE));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(120));
        return new Scenario(
                "device-approval",
                "a stranger gets nothing but its local disk until somebody approves it; then the rule's work",
                SEPARATE,
                steps);
    }
}
