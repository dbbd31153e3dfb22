package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.BadSector;
import firstlight.lab.PcSpec.Disk;
import firstlight.lab.PcSpec.DiskDevice;
import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Trait;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Disks with a sector that cannot be read, or cannot be written. */
final class FailingDiskScenarios {
    /** A file of the system whose first block lies in the bad sector: small, in use, and not needed for its start. */
    private static final String FILE = "/usr/lib/os-release";

    /** Of 512 octets, in a block of the lab's ext4. */
    private static final int BLOCK_SECTORS = 8;

    private FailingDiskScenarios() {}

    static List<Scenario> all() {
        return List.of(source().onlyByName(), target().onlyByName(), health().onlyByName());
    }

    /** With the fault that the PC's traits name, and no other that the disk had before. */
    static Disk failing(Stage stage, PcSpec pc, Disk disk) {
        Optional<String> access = pc.has(Trait.UNREADABLE_SECTOR)
                ? Optional.of("read")
                : pc.has(Trait.UNWRITABLE_SECTOR) ? Optional.of("write") : Optional.empty();
        return new Disk(disk.file(), disk.format(), access.map(kind -> new BadSector(kind, sector(stage))));
    }

    private static long sector(Stage stage) {
        DiskCheck system = new DiskCheck(
                stage.systemDisk(DiskMake.GPT),
                DiskMake.GPT,
                stage.state().folder().resolve("bad-sector"));
        String said = Shell.run(
                "debugfs",
                "-R",
                "blocks " + FILE,
                system.partition(DiskLayout.ROOT).toString());
        String blocks = said.lines()
                .filter(line -> line.matches("[0-9 ]+"))
                .findFirst()
                .orElseThrow(() -> new LabFailure("debugfs does not know the blocks of " + FILE + ": " + said));
        return DiskLayout.ROOT.startSector()
                + BLOCK_SECTORS * Long.parseLong(blocks.strip().split(" ", 2)[0]);
    }

    /** One attempt only: the next boot is to start the PC's own system. */
    private static Scenario source() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS).with(Trait.UNREADABLE_SECTOR);
        PcSpec blank = PcSpec.of("blank", 2, Firmware.BIOS);
        String mac = donor.mac().toString();
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}", "max-attempts: 1"));
        steps.add(Actions.assign(donor, "capture", "room12"));
        steps.add(new PowerOn(donor, Optional.of(DiskKind.SYSTEM)));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workFails(donor, "has unreadable sectors", 300));
        steps.add(Actions.prints("no half image is to be seen", false, "room12", "image", "list"));
        steps.add(Actions.prints(
                "'explain' names disk, serial number, partition, sector and the cure",
                true,
                "serial number DISK-donor.*partition 3 \\(ext4\\) of /dev/vda: 1 sector of the disk.*cannot be read"
                        + "(?s).*--if-unreadable zero",
                "explain",
                mac));
        steps.add(new BootsAgain(180));
        steps.add(Scenarios.localSystem(SystemDisk.COMPUTER_NAME, 1500));
        steps.add(new PowerOff(donor));
        steps.add(Actions.assign(donor, "capture", "room12", "--if-unreadable", "zero"));
        steps.addAll(Scenarios.workAndOff(donor, DiskKind.SYSTEM, 300));
        steps.add(Actions.prints(
                "the image names what it lost",
                true,
                "1 sector of the disk .* could not be read; zeros are in their place.*; lost in part: " + FILE,
                "image",
                "show",
                "room12@1"));
        steps.add(Actions.assign(blank, "restore", "room12"));
        steps.addAll(Scenarios.work(blank, DiskKind.BLANK, 300));
        steps.add(Actions.prints(
                "a restore of it says so",
                true,
                "1 sector of its source could not be read",
                "explain",
                blank.mac().toString()));
        steps.add(new PowerOff(blank));
        return new Scenario(
                "failing-disk",
                "a sector of a PC's disk cannot be read: its capture stops and names it; told to take zeros, it is done, and the image"
                        + " and a restore of it say what is lost",
                SEPARATE,
                steps);
    }

    /** The words on the disk stay over a restart, for whoever finds the PC (docs/adr/0022). */
    private static Scenario target() {
        PcSpec pc = PcSpec.of("blank", 2, Firmware.BIOS).with(Trait.UNWRITABLE_SECTOR);
        List<Step> steps = new ArrayList<>(Openings.restore(pc, List.of("max-attempts: 1")));
        steps.add(Actions.workFails(pc, "cannot be written at offset", 300));
        steps.add(Actions.prints(
                "'explain' names the disk by its serial number",
                true,
                "serial number DISK-blank\\): input/output error",
                "explain",
                pc.mac().toString()));
        steps.add(Actions.prints("the alarm says it", true, "cannot be written at offset", "alarm", "list"));
        steps.add(
                Actions.prints("the work is told to have failed", true, "failed .*cannot be written", "work", "list"));
        steps.add(Actions.hasNoTable(pc));
        steps.add(new BootsAgain(180));
        steps.add(PowerScenarios.notice(pc, "this disk failed", "failed.png"));
        steps.add(new PowerOff(pc));
        return new Scenario(
                "failing-target",
                "a sector of a PC's disk cannot be written: its restore fails, names the disk, and leaves words on it that stay",
                SEPARATE,
                steps);
    }

    /** QEMU's SATA and NVMe disks speak SMART; what the latter warns of can be set. */
    private static Scenario health() {
        PcSpec sound =
                PcSpec.of("sound", 1, Firmware.BIOS).with(DiskDevice.AHCI).with(Trait.MORE_DISKS);
        PcSpec failing = PcSpec.of("failing", 2, Firmware.BIOS).with(DiskDevice.NVME_TO_PULL);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(sound, "inventory"));
        steps.addAll(Scenarios.workAndOff(sound, DiskKind.BLANK, 300));
        steps.add(Actions.prints(
                "a SATA disk says that it is good, VirtIO disks say nothing",
                true,
                "disk-health\\W+sda good(?s).*vda unknown",
                "device",
                "show",
                sound.mac().toString()));
        steps.add(Actions.prints("nobody is alarmed", false, "failing", "alarm", "list"));
        steps.add(Actions.assign(failing, "inventory"));
        steps.add(new PowerOn(failing, Optional.of(DiskKind.BLANK)));
        steps.add(new Act(Phase.ONE_A, "its NVMe disk begins to warn: not reliable any more", stage -> {
            // Bit 2 of the critical warning (NVMe 1.4, 5.14.1.2): the subsystem is less reliable.
            stage.pc(failing.name())
                    .qmp()
                    .execute(
                            "qom-set",
                            Map.of(
                                    "path",
                                    "/machine/peripheral/disk",
                                    "property",
                                    "smart_critical_warning",
                                    "value",
                                    4));
            return "";
        }));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(300));
        steps.add(Actions.prints(
                "an NVMe disk says that it is failing",
                true,
                "disk-health\\W+nvme0n1 failing: it is not reliable any more",
                "device",
                "show",
                failing.mac().toString()));
        steps.add(Actions.prints(
                "an alarm names it",
                true,
                "nvme0n1 \\(QEMU NVMe Ctrl, serial number DISK-failing\\), says that it is failing \\(it is not reliable any"
                        + " more\\); save what is on it",
                "alarm",
                "list"));
        return new Scenario(
                "disk-health",
                "SATA and NVMe disks are asked for their health: it is a fact of the PC, and a failing disk an alarm",
                SEPARATE,
                steps);
    }
}
