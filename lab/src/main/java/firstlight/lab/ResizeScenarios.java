package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One image on disks of other sizes: its system starts from each on which it fits, and the others stay as they are. */
final class ResizeScenarios {
    private ResizeScenarios() {}

    static List<Scenario> all() {
        return List.of(
                largerAndSmaller().onlyByName(),
                xfs().onlyByName(),
                lvm().onlyByName(),
                onLvm(DiskKind.SYSTEM_LVM).onlyByName(),
                onLvm(DiskKind.SYSTEM_LUKS).onlyByName(),
                onBtrfs().onlyByName(),
                f2fs().onlyByName(),
                luks().onlyByName());
    }

    /** The lab's system starts under both firmwares, so that one image serves a BIOS PC and a UEFI PC. */
    private static Scenario largerAndSmaller() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        PcSpec larger = PcSpec.of("larger", 2, Firmware.BIOS);
        PcSpec smaller = PcSpec.of("smaller", 3, Firmware.UEFI);
        PcSpec tooSmall = PcSpec.of("too-small", 4, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.addAll(Scenarios.captured(donor, DiskKind.SYSTEM, "room12", 600));
        steps.addAll(restored(larger, DiskKind.BLANK_LARGER, "room12-larger"));
        steps.addAll(restored(smaller, DiskKind.BLANK_SMALLER, "room12-smaller"));
        steps.add(Actions.assign(tooSmall, "restore", "room12"));
        steps.add(new PowerOn(tooSmall, Optional.of(DiskKind.TOO_SMALL)));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workFails(tooSmall, "too few", 600));
        steps.add(Actions.prints(
                "'explain' says by how much the disk is too small",
                true,
                "it needs \\S+ \\S+ at least, the disk has \\S+ \\S+: \\S+ \\S+ too few",
                "explain",
                tooSmall.mac().toString()));
        steps.add(new PowerOff(tooSmall));
        steps.add(new Act(Phase.CHECK, "nothing was written to the disk that is too small", stage -> {
            Shell.run("sh", "-c", Stage.SOMEBODYS_DATA + " | cmp - \"$1\"", "sh", file(stage, tooSmall));
            return "";
        }));
        return new Scenario(
                "restore-larger-and-smaller",
                "a captured system is restored to a larger disk (BIOS) and a smaller one (UEFI) and starts from both;"
                        + " onto one that is too small nothing is written",
                SEPARATE,
                steps);
    }

    /** XFS cannot shrink: on a smaller disk it is made anew, and each file is copied into it. */
    private static Scenario xfs() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        PcSpec smaller = PcSpec.of("smaller", 2, Firmware.UEFI);
        List<Step> steps = new ArrayList<>();
        steps.addAll(Scenarios.captured(donor, DiskKind.XFS, "data", 300));
        steps.add(Actions.assign(smaller, "restore", "data"));
        steps.addAll(Scenarios.workAndOff(smaller, DiskKind.BLANK_SMALLER, 300));
        steps.add(new Act(
                Phase.CHECK,
                "the smaller XFS holds every file",
                stage -> new XfsDisk(stage.diskFile(donor.name()))
                        .compareFiles(
                                stage.diskFile(smaller.name()),
                                stage.state().folder().resolve("compared"))));
        return new Scenario(
                "restore-xfs-smaller",
                "an XFS, which cannot shrink, is made anew on a smaller disk, file by file",
                SEPARATE,
                steps);
    }

    /** By its own tool, which the environment has; its kernel knows no F2FS. */
    private static Scenario f2fs() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.addAll(Scenarios.captured(donor, DiskKind.F2FS, "data", 300));
        for (DiskKind disk : List.of(DiskKind.BLANK_LARGER, DiskKind.BLANK_SMALLER)) {
            boolean larger = disk == DiskKind.BLANK_LARGER;
            PcSpec pc = larger ? PcSpec.of("larger", 2, Firmware.UEFI) : PcSpec.of("smaller", 3, Firmware.BIOS);
            steps.add(Actions.assign(pc, "restore", "data"));
            steps.addAll(Scenarios.workAndOff(pc, disk, 300));
            steps.add(new Act(
                    Phase.CHECK,
                    "the F2FS of '" + pc.name() + "' holds every file",
                    stage -> new F2fsDisk(stage.diskFile(donor.name()))
                            .compare(
                                    stage.diskFile(pc.name()),
                                    larger,
                                    stage.state().folder().resolve("compared-" + pc.name()))));
        }
        return new Scenario(
                "restore-f2fs-larger-and-smaller",
                "an F2FS grows on a larger disk and shrinks on a smaller one, by its own tool, with every file",
                SEPARATE,
                steps);
    }

    /** What is encrypted is reached through the vault's key, without the device mapper. */
    private static Scenario luks() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.keyInTheVault());
        steps.add(Actions.assign(donor, "capture", "laptop"));
        steps.addAll(Scenarios.workAndOff(donor, DiskKind.LUKS, 300));
        for (DiskKind disk : List.of(DiskKind.BLANK_LARGER, DiskKind.BLANK_SMALLER)) {
            boolean larger = disk == DiskKind.BLANK_LARGER;
            PcSpec pc = larger ? PcSpec.of("larger", 2, Firmware.UEFI) : PcSpec.of("smaller", 3, Firmware.BIOS);
            String computerName = "room12-" + pc.name();
            steps.add(Actions.assign(pc, "restore", "laptop"));
            steps.add(Actions.nameDevice(pc, computerName));
            steps.addAll(Scenarios.workAndOff(pc, disk, 300));
            steps.add(new Act(
                    Phase.CHECK,
                    "what is encrypted on '" + pc.name() + "' holds every file",
                    stage -> new LuksDisk(stage.diskFile(donor.name()))
                            .compare(
                                    stage.diskFile(pc.name()),
                                    larger,
                                    computerName,
                                    stage.state().folder().resolve("compared-" + pc.name()))));
        }
        return new Scenario(
                "restore-luks-larger-and-smaller",
                "an encrypted partition and the ext4 in it grow on a larger disk and shrink on a smaller one, and the system in it gets its name",
                SEPARATE,
                steps);
    }

    /** Volumes follow their partition, and move when there are holes between them. */
    private static Scenario lvm() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.addAll(Scenarios.captured(donor, DiskKind.LVM, "data", 300));
        steps.addAll(volumes(donor, PcSpec.of("larger", 2, Firmware.BIOS), DiskKind.BLANK_LARGER));
        steps.addAll(volumes(donor, PcSpec.of("smaller", 3, Firmware.UEFI), DiskKind.BLANK_SMALLER));
        return new Scenario(
                "restore-lvm-larger-and-smaller",
                "LVM on a larger disk grows with its root volume; on a smaller one volumes move together, and the root shrinks",
                SEPARATE,
                steps);
    }

    /** Data only: nothing starts from it, so that the files are compared on this host. */
    private static List<Step> volumes(PcSpec donor, PcSpec pc, DiskKind disk) {
        return List.of(
                Actions.assign(pc, "restore", "data"),
                new PowerOn(pc, Optional.of(disk)),
                Scenarios.engineAsks(),
                Actions.workEnds(300),
                new PowerOff(pc),
                new Act(
                        Phase.CHECK,
                        "the volumes of '" + pc.name() + "' hold every file",
                        stage -> new LvmDisk(stage.diskFile(donor.name()))
                                .compare(
                                        stage.diskFile(pc.name()),
                                        disk == DiskKind.BLANK_LARGER,
                                        stage.state().folder().resolve("compared-" + pc.name()))));
    }

    /** As most servers have it, and most laptops, encrypted: the system's own LVM makes its volumes out of what stands on the restored disk. */
    private static Scenario onLvm(DiskKind system) {
        boolean encrypted = system == DiskKind.SYSTEM_LUKS;
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        if (encrypted) {
            steps.add(Actions.keyInTheVault());
        }
        steps.add(Actions.assign(donor, "capture", "room12"));
        steps.addAll(Scenarios.workAndOff(donor, system, 600));
        steps.addAll(fromVolumes(PcSpec.of("larger", 2, Firmware.BIOS), DiskKind.BLANK_LARGER, encrypted));
        steps.addAll(fromVolumes(PcSpec.of("smaller", 3, Firmware.UEFI), DiskKind.BLANK_SMALLER, encrypted));
        return new Scenario(
                encrypted ? "restore-luks-system" : "restore-lvm-system",
                "a system on LVM" + (encrypted ? " in LUKS" : "")
                        + " is restored to a larger disk (BIOS) and a smaller one (UEFI) and starts from both, by its own name",
                SEPARATE,
                steps);
    }

    private static List<Step> fromVolumes(PcSpec pc, DiskKind disk, boolean encrypted) {
        String computerName = "room12-" + pc.name();
        boolean larger = disk == DiskKind.BLANK_LARGER;
        List<Step> steps = new ArrayList<>(restarts(pc, disk, computerName));
        if (encrypted) {
            Sight question = Sight.console("Please unlock disk");
            steps.add(new Expect(Phase.LOCAL, "the system asks for its passphrase", question, 300));
            steps.add(Actions.type(pc, Luks.PASSPHRASE));
        }
        steps.add(Scenarios.localSystem(computerName, 1500));
        steps.add(
                new Expect(Phase.LOCAL, "the system has its volumes", Sight.console(LvmSystem.reportOf(larger)), 120));
        steps.add(new PowerOff(pc));
        steps.add(new Act(Phase.CHECK, "the volumes of '" + pc.name() + "' are sound", stage -> {
            Path cache = stage.home().cache();
            Path source = encrypted
                    ? SystemDisk.inLuks(cache, stage.journal()::note)
                    : SystemDisk.onLvm(cache, stage.journal()::note);
            Path work = stage.state().folder().resolve("compared-" + pc.name());
            return LvmSystem.compare(source, stage.diskFile(pc.name()), encrypted, work);
        }));
        return steps;
    }

    /** As Fedora, openSUSE and whoever chooses it have it: the root is a subvolume. */
    private static Scenario onBtrfs() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(donor, "capture", "room12", "--leave-out", BtrfsSystem.SWAP_FILE));
        steps.addAll(Scenarios.workAndOff(donor, DiskKind.SYSTEM_BTRFS, 600));
        String note = "\\(btrfs\\) is without the content of /@rootfs/swapfile: it reads as zeros";
        steps.add(Actions.prints("the image says so: " + note, true, note, "image", "show", "room12@1"));
        steps.addAll(fromSubvolume(PcSpec.of("larger", 2, Firmware.UEFI), DiskKind.BLANK_LARGER));
        steps.addAll(fromSubvolume(PcSpec.of("smaller", 3, Firmware.BIOS), DiskKind.BLANK_SMALLER));
        return new Scenario(
                "restore-btrfs-system",
                "a system in a subvolume of Btrfs is restored to a larger disk (UEFI) and a smaller one (BIOS) and starts from both, by its own name",
                SEPARATE,
                steps);
    }

    private static List<Step> fromSubvolume(PcSpec pc, DiskKind disk) {
        String report = BtrfsSystem.reportOf(disk == DiskKind.BLANK_LARGER);
        List<Step> steps = new ArrayList<>(starts(pc, disk, "room12-" + pc.name()));
        steps.add(new Expect(Phase.LOCAL, "the system has its subvolumes", Sight.console(report), 120));
        steps.add(new PowerOff(pc));
        steps.add(new Act(
                Phase.CHECK,
                "the subvolumes of '" + pc.name() + "' hold every file",
                stage -> BtrfsSystem.compare(
                        SystemDisk.onBtrfs(stage.home().cache(), stage.journal()::note),
                        stage.diskFile(pc.name()),
                        stage.state().folder().resolve("compared-" + pc.name()))));
        return steps;
    }

    private static List<Step> starts(PcSpec pc, DiskKind disk, String computerName) {
        List<Step> steps = new ArrayList<>(restarts(pc, disk, computerName));
        steps.add(Scenarios.localSystem(computerName, 1500));
        return steps;
    }

    private static List<Step> restarts(PcSpec pc, DiskKind disk, String computerName) {
        return List.of(
                Actions.assign(pc, "restore", "room12"),
                Actions.nameDevice(pc, computerName),
                new PowerOn(pc, Optional.of(disk)),
                Scenarios.engineAsks(),
                Actions.workEnds(600),
                new BootsAgain(120));
    }

    private static List<Step> restored(PcSpec pc, DiskKind disk, String computerName) {
        List<Step> steps = new ArrayList<>(starts(pc, disk, computerName));
        steps.add(new PowerOff(pc));
        steps.add(new Act(Phase.CHECK, "the disk of '" + pc.name() + "' holds the image, resized", stage -> {
            Path work = stage.state().folder();
            ResizedDisk source = new ResizedDisk(stage.systemDisk(DiskMake.GPT), work.resolve("source"));
            ResizedDisk target = new ResizedDisk(stage.diskFile(pc.name()), work.resolve("target"));
            String compared = target.compare(source, disk == DiskKind.BLANK_LARGER);
            List<String> told = target.mustBeTold(source);
            told.forEach(words -> mustHaveSaid(stage, pc, words));
            return compared + "; the engine said so: " + String.join(", ", told);
        }));
        return steps;
    }

    /** The engine's words hold the file system's name besides, which the table does not tell. */
    private static void mustHaveSaid(Stage stage, PcSpec pc, String words) {
        Path console = stage.logs().resolve(pc.name()).resolve("console.log");
        String pattern = words.replaceFirst("^(partition \\d) ", "$1 ([a-z0-9]*) ");
        if (Shell.attempt(List.of("grep", "-qa", pattern, console.toString())).status() != 0) {
            throw new LabFailure("the disk tells '" + words + "', the PC's console did not");
        }
    }

    private static String file(Stage stage, PcSpec pc) {
        return stage.diskFile(pc.name()).toString();
    }
}
