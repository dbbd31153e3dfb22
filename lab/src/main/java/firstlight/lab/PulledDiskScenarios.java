package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.DiskDevice;
import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Trait;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Disks that vanish from a PC in the middle of its work: a loose cable, an SSD that drops off its bus, a USB disk. */
final class PulledDiskScenarios {
    /** Of the work, when the disk goes: enough for some of it to be written, and for the rest to take a while. */
    private static final int ENOUGH_PERCENT = 20;

    private PulledDiskScenarios() {}

    static List<Scenario> all() {
        return List.of(target().onlyByName(), source().onlyByName());
    }

    /** Its second disk, which comes first by then, holds somebody's data. */
    private static Scenario target() {
        PcSpec pc = PcSpec.of("blank", 2, Firmware.BIOS)
                .with(DiskDevice.NVME_TO_PULL)
                .with(Trait.MORE_DISKS);
        String mac = pc.mac().toString();
        SecondDisk second = new SecondDisk(pc);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}", "max-attempts: 2"));
        steps.add(Actions.importSystemDisk());
        steps.add(Actions.assign(pc, "restore", "room12"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(second.look());
        steps.add(Scenarios.engineAsks());
        steps.add(pull(pc, "restoring"));
        steps.add(Actions.workFails(pc, "the PC does not see this disk any more", 120));
        steps.add(Actions.prints(
                "'explain' names the disk and the cure",
                true,
                "nvme0n1 \\(QEMU NVMe Ctrl, \\d+ MiB, serial number DISK-blank\\).*does not see this disk any more.*cable",
                "explain",
                mac));
        steps.add(Actions.hasNoTable(pc));
        steps.add(new BootsAgain(180));
        steps.add(new Expect(
                Phase.EIGHT,
                "the next attempt misses the disk",
                Sight.console("FAILED: The disk that this work was begun on is not there"),
                300));
        steps.add(new Expect(
                Phase.EIGHT, "and takes no other", Sight.console("because: it has the serial number DISK-blank"), 10));
        steps.add(Actions.prints(
                "the alarm names the disk", true, "stops: .*begun on is not there.*DISK-blank", "alarm", "list"));
        steps.add(Actions.prints("the work has failed", true, "failed .*not there", "work", "list"));
        steps.add(new PowerOff(pc));
        steps.add(second.isUntouched());
        steps.add(Actions.operator("work", "retry", "1"));
        steps.addAll(Scenarios.workAndOff(pc, DiskKind.AS_IT_WAS_LEFT, 600));
        steps.add(Actions.diskHoldsTheImage(pc, DiskMake.GPT));
        return new Scenario(
                "pulled-disk-restore",
                "an NVMe disk drops off its bus in the middle of a restore: it is named, the PC's second disk is not taken in its"
                        + " place, and back again it is restored",
                SEPARATE,
                steps);
    }

    /** Zeros may take the place of sectors that cannot be read: a disk that is gone must not become zeros. */
    private static Scenario source() {
        PcSpec pc = PcSpec.of("donor", 1, Firmware.BIOS).with(DiskDevice.USB_TO_PULL);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}", "max-attempts: 2"));
        steps.add(Actions.assign(pc, "capture", "room12", "--disk", "/dev/sda", "--if-unreadable", "zero"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.SYSTEM)));
        steps.add(Scenarios.engineAsks());
        steps.add(pull(pc, "capturing"));
        steps.add(Actions.workFails(pc, "the PC does not see this disk any more", 120));
        steps.add(Actions.prints("no half image is to be seen", false, "room12", "image", "list"));
        steps.add(Actions.prints(
                "'explain' names the disk and the cure",
                true,
                "/dev/sda \\(QEMU HARDDISK, \\d+ MiB.*does not see this disk any more.*cable",
                "explain",
                pc.mac().toString()));
        steps.add(new BootsAgain(180));
        steps.add(new Expect(
                Phase.EIGHT,
                "the next attempt misses the disk",
                Sight.console("FAILED: This PC has no disk '/dev/sda'"),
                300));
        steps.add(Actions.prints("the work has failed", true, "failed .*no disk '/dev/sda'", "work", "list"));
        steps.add(new PowerOff(pc));
        steps.add(Actions.sourceUntouched(pc, DiskMake.GPT));
        return new Scenario(
                "pulled-disk-capture",
                "a USB disk is pulled out in the middle of its capture, which may put zeros in place of unreadable sectors: no image"
                        + " comes of it",
                SEPARATE,
                steps);
    }

    private static Act pull(PcSpec pc, String phase) {
        return Actions.inTheMiddle(
                "the disk is pulled out in the middle of the work",
                phase,
                ENOUGH_PERCENT,
                stage -> stage.pc(pc.name()).pullDisk());
    }

    /** A disk that no work names, and what was on it. */
    private static final class SecondDisk {
        private final PcSpec pc;
        private String before = "";

        SecondDisk(PcSpec pc) {
            this.pc = pc;
        }

        Act look() {
            return new Act(Phase.CHECK, "its second disk holds somebody's data", stage -> {
                before = digest(stage);
                return "";
            });
        }

        Act isUntouched() {
            return new Act(Phase.CHECK, "nothing was written to its second disk", stage -> {
                String after = digest(stage);
                if (!after.equals(before)) {
                    throw new LabFailure("it had " + before + ", it has " + after);
                }
                return "";
            });
        }

        private String digest(Stage stage) {
            return Shell.run(
                            "sha256sum",
                            stage.state().folder().resolve(pc.name() + ".stick").toString())
                    .split(" ", 2)[0];
        }
    }
}
