package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Trait;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A PC that does its work, and far slower than others of its model. */
final class SlowScenarios {
    /** The server learns nothing of fewer works on other PCs of the model. */
    private static final int OTHERS = 5;

    private SlowScenarios() {}

    static List<Scenario> all() {
        return List.of(disk().onlyByName());
    }

    private static Scenario disk() {
        PcSpec sound = PcSpec.of("sound", 1, Firmware.BIOS);
        PcSpec slow = PcSpec.of("slow", 2, Firmware.BIOS).with(Trait.SLOW_DISK);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        for (int i = 0; i < OTHERS; i++) {
            steps.addAll(captured(sound));
            steps.add(new PowerOff(sound));
        }
        steps.add(Actions.prints("no stage of theirs is called slow", false, "is slow", "alarm", "list"));
        steps.addAll(captured(slow));
        steps.add(new BootsAgain(120));
        steps.add(new Expect(Phase.ONE_A, "nothing is left to do: local boot", Sight.localBootAnswer(), 60));
        steps.add(Actions.prints(
                "'explain' says which stage was slow, by how much, and what to look at",
                true,
                "read is slow: \\S+ MB/s, other PCs of this model do \\S+ \\(\\d+ times as much\\); .*smartctl",
                "explain",
                slow.mac().toString()));
        steps.add(Actions.prints("no other stage is blamed", false, "(hash|compress|send) is slow", "alarm", "list"));
        return new Scenario(
                "slow-disk",
                "of two PCs of a model one has a disk that reads 4 MiB a second; its capture is done, and 'explain' says so",
                SEPARATE,
                steps);
    }

    private static List<Step> captured(PcSpec pc) {
        return List.of(
                Actions.assign(pc, "capture", "room12"),
                new PowerOn(pc, Optional.of(DiskKind.SYSTEM)),
                Scenarios.engineAsks(),
                Actions.workEnds(900));
    }
}
