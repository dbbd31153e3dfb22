package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A disk that does not keep what was written to it, and a restore that looks at a part of it only. */
final class FlipScenarios {
    private static final int BLOCK = 4096;
    /** Well behind what the engine writes once more at the end. */
    private static final long FROM = DiskLayout.ROOT.startByte() + (32L << 20);

    private static final long UNTIL = FROM + (256L << 20);
    /**
     * Some of what is looked through is written by then. Linux takes VirtIO disks for turning ones, which are read back when all
     * is written (docs/adr/0030): the flip comes before.
     */
    private static final int ENOUGH_PERCENT = 60;

    private FlipScenarios() {}

    static List<Scenario> all() {
        return List.of(target().onlyByName(), sampled().onlyByName());
    }

    /** The result must not promise more than was read back. */
    private static Scenario sampled() {
        PcSpec pc = PcSpec.of("blank", 2, Firmware.BIOS);
        return new Scenario(
                "restore-sampled",
                "a restore reads back a sample of what it wrote, says so, and the system starts",
                SEPARATE,
                List.of(
                        Actions.startServers("menu: {shown: never}"),
                        Actions.importSystemDisk(),
                        Actions.assign(pc, "restore", "room12", "--verify", "sampled"),
                        Actions.nameDevice(pc, Scenarios.RESTORED_NAME),
                        new PowerOn(pc, Optional.of(DiskKind.BLANK)),
                        Scenarios.engineAsks(),
                        Actions.workEnds(300),
                        Actions.prints(
                                "the result says how much was read back, and of nothing that it was verified",
                                true,
                                "(?m)^(?!.*verified).*\\d+ of \\d+ chunks that were written read back \\(sampled\\)",
                                "explain",
                                pc.mac().toString()),
                        new BootsAgain(120),
                        Scenarios.localSystem(Scenarios.RESTORED_NAME, 1500),
                        new PowerOff(pc),
                        Actions.diskHoldsTheImage(pc, DiskMake.GPT)));
    }

    private static Scenario target() {
        PcSpec pc = PcSpec.of("blank", 2, Firmware.BIOS);
        List<Step> steps = new ArrayList<>(Openings.restore(pc, List.of("max-attempts: 1")));
        steps.add(flip(pc));
        steps.add(Actions.workFails(pc, "reads back differently", 300));
        steps.add(Actions.prints(
                "'explain' says that the disk did not keep it",
                true,
                "The disk does not hold what was written to it",
                "explain",
                pc.mac().toString()));
        steps.add(Actions.prints(
                "the work is told to have failed", true, "failed .*reads back differently", "work", "list"));
        steps.add(Actions.hasNoTable(pc));
        steps.add(new PowerOff(pc));
        steps.add(Actions.assign(pc, "restore", "room12"));
        steps.add(Actions.nameDevice(pc, Scenarios.RESTORED_NAME));
        steps.addAll(Scenarios.work(pc, DiskKind.AS_IT_WAS_LEFT, 300));
        steps.add(new BootsAgain(120));
        steps.add(Scenarios.localSystem(Scenarios.RESTORED_NAME, 1500));
        steps.add(new PowerOff(pc));
        steps.add(Actions.diskHoldsTheImage(pc, DiskMake.GPT));
        return new Scenario(
                "target-bit-flip",
                "one bit of a PC's disk flips between writing and verification: the restore fails and says so; the next one mends it",
                SEPARATE,
                steps);
    }

    /** In the disk's file, from outside the PC, which stands still meanwhile. */
    private static Act flip(PcSpec pc) {
        return Actions.inTheMiddle(
                "a bit of what was written flips on the disk", "restoring", ENOUGH_PERCENT, stage -> {
                    VirtualPc on = stage.pc(pc.name());
                    on.qmp().execute("stop", Map.of());
                    long place = flipped(stage, pc);
                    on.qmp().execute("cont", Map.of());
                    stage.journal().note("octet " + place);
                });
    }

    /** The first block that holds what the image holds there, and is not empty. */
    private static long flipped(Stage stage, PcSpec pc) {
        try (RandomAccessFile source =
                        new RandomAccessFile(stage.systemDisk(DiskMake.GPT).toFile(), "r");
                RandomAccessFile target =
                        new RandomAccessFile(stage.diskFile(pc.name()).toFile(), "rw")) {
            byte[] was = new byte[BLOCK];
            byte[] is = new byte[BLOCK];
            for (long place = FROM; place < UNTIL; place += BLOCK) {
                source.seek(place);
                source.readFully(was);
                target.seek(place);
                target.readFully(is);
                if (Arrays.equals(was, is) && was[0] != 0 && was[BLOCK - 1] != 0) {
                    target.seek(place);
                    target.write(is[0] ^ 1);
                    return place;
                }
            }
            throw new LabFailure("nothing of the image was on the disk yet");
        } catch (IOException failure) {
            throw new LabFailure("cannot change the disk's file: " + failure.getMessage(), failure);
        }
    }
}
