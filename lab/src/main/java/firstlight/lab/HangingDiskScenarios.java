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

/** Disks that neither answer nor fail: a dying SSD, a loose cable, a controller that resets for minutes. */
final class HangingDiskScenarios {
    /** Of the work, when the disk hangs. */
    private static final int ENOUGH_PERCENT = 20;

    /** Longer than it takes to be told of. */
    private static final int AFTER_THE_WORD_MILLIS = 20_000;

    private HangingDiskScenarios() {}

    static List<Scenario> all() {
        return List.of(comesBack().onlyByName(), forGood().onlyByName());
    }

    /** A disk that answers late must cost time and nothing else; who looks at the work afterwards reads of it all the same. */
    private static Scenario comesBack() {
        PcSpec pc = PcSpec.of("donor", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}", "max-attempts: 1"));
        steps.add(Actions.assign(pc, "capture", "room12"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.SYSTEM)));
        steps.add(Scenarios.engineAsks());
        steps.add(hang(pc, "capturing"));
        steps.add(isTold("reading"));
        steps.add(Actions.prints(
                "'explain' says so meanwhile",
                true,
                "disk /dev/vda \\(\\d+ MiB, serial number DISK-donor\\) has not answered for 60 s",
                "explain",
                pc.mac().toString()));
        steps.add(new Act(Phase.EIGHT, "the disk answers again", stage -> {
            pause();
            stage.pc(pc.name()).answerAgain();
            return "";
        }));
        steps.add(new Expect(
                Phase.EIGHT,
                "the PC says after how long",
                // It was told after 60 s, and answers AFTER_THE_WORD_MILLIS later.
                Sight.console("disk /dev/vda .*DISK-donor\\) answers again after [678]\\d s"),
                30));
        steps.add(Actions.workEnds(300));
        steps.add(new PowerOff(pc));
        steps.add(Actions.prints(
                "the work's summary keeps it",
                true,
                "done.*captured room12 version 1(?s).*answers again after",
                "explain",
                pc.mac().toString()));
        steps.add(Actions.sourceUntouched(pc, DiskMake.GPT));
        steps.add(Actions.prints("the image is sound", true, "room12@1 is sound", "image", "verify", "room12"));
        return new Scenario(
                "hanging-disk-capture",
                "a PC's disk hangs in the middle of its capture and comes back: the PC and the server say so, and the capture is done",
                SEPARATE,
                steps);
    }

    /**
     * The policy's arguments stand in place of the server's, so that the
     * lab's own are repeated in them; 90 s in place of the usual patience.
     */
    private static Scenario forGood() {
        PcSpec pc = PcSpec.of("blank", 2, Firmware.BIOS);
        List<Step> steps = new ArrayList<>(Openings.restore(
                pc,
                List.of("max-attempts: 2"),
                Actions.operator(
                        "policy",
                        "set",
                        "server",
                        "kernel-arguments",
                        "console=tty0 console=ttyS0,115200 quiet " + SystemDisk.EMULATED
                                + " firstlight.disk-patience=90")));
        steps.add(hang(pc, "restoring"));
        steps.add(isTold("(writing|flushing|reading)"));
        steps.add(Actions.workFails(pc, "The disk /dev/vda does not answer", 180));
        steps.add(Actions.prints(
                "'explain' names the disk and the cure",
                true,
                "serial number DISK-blank\\): nothing came for 9\\d s.*cable",
                "explain",
                pc.mac().toString()));
        steps.add(Actions.hasNoTable(pc));
        steps.add(new BootsAgain(180));
        steps.add(new PowerOff(pc));
        steps.addAll(Scenarios.workAndOff(pc, DiskKind.AS_IT_WAS_LEFT, 600));
        steps.add(Actions.diskHoldsTheImage(pc, DiskMake.GPT));
        return new Scenario(
                "hanging-disk-restore",
                "a PC's disk hangs for good in the middle of a restore: it is named, the work fails, the PC restarts without waiting"
                        + " for it, and restores it when it answers again",
                SEPARATE,
                steps);
    }

    private static Act hang(PcSpec pc, String phase) {
        return Actions.inTheMiddle(
                "the disk hangs in the middle of the work",
                phase,
                ENOUGH_PERCENT,
                stage -> stage.pc(pc.name()).hangDisk());
    }

    private static Expect isTold(String doing) {
        return new Expect(
                Phase.EIGHT,
                "the PC says which disk has not answered, and since when",
                Sight.console("disk /dev/vda .*serial number DISK-\\w+\\) has not answered for 60 s \\(" + doing),
                120);
    }

    private static void pause() {
        try {
            Thread.sleep(AFTER_THE_WORD_MILLIS);
        } catch (InterruptedException stop) {
            Thread.currentThread().interrupt();
            throw new LabFailure("interrupted", stop);
        }
    }
}
