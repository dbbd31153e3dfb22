package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.DataDiskCheck.Expected;
import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What is captured in a PC besides a system: the {@link DataDisk}, onto another of its size and onto a smaller one. */
final class DataScenarios {
    /** The note of the page files that are left out without being asked for. */
    private static final String LEFT_OUT =
            "\\(ntfs\\) is without the content of /pagefile.sys, /hiberfil.sys, /swapfile.sys: it reads as zeros";

    private DataScenarios() {}

    static List<Scenario> all() {
        return List.of(equal().onlyByName(), smaller().onlyByName());
    }

    /** With the key of LUKS in the vault. */
    private static Scenario equal() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        PcSpec blank = PcSpec.of("blank", 2, Firmware.UEFI);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.keyInTheVault());
        steps.addAll(captured(donor));
        steps.add(usedAtMost(130));
        steps.add(Actions.prints(
                "no other note stands in the image", false, "taken whole|all of its files", "image", "show", "data@1"));
        steps.addAll(restored(donor, blank, DiskKind.BLANK_DATA, new Expected(true, true, false)));
        return new Scenario(
                "capture-restore-data",
                "NTFS with page files, ext4, LVM, F2FS, LUKS and swap are captured, by used blocks, and restored to a disk of that size",
                SEPARATE,
                steps);
    }

    /** Without the key; and the swap file is named, which Linux does not make anew by itself. */
    private static Scenario smaller() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.UEFI);
        PcSpec small = PcSpec.of("small", 2, Firmware.BIOS);
        List<String> leaveOut = new ArrayList<>();
        for (String file : List.of("pagefile.sys", "hiberfil.sys", "swapfile.sys", "swapfile")) {
            leaveOut.addAll(List.of("--leave-out", file));
        }
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.addAll(captured(donor, leaveOut.toArray(String[]::new)));
        for (String note : List.of(
                "\\(ext4\\) is without the content of /swapfile: it reads as zeros",
                "\\(f2fs\\) is without the content of /swapfile: it reads as zeros",
                "\\(luks\\) is taken whole: it is encrypted with LUKS, and no key for it was given")) {
            steps.add(Actions.prints("the image says so: " + note, true, note, "image", "show", "data@1"));
        }
        steps.addAll(restored(donor, small, DiskKind.BLANK_DATA_SMALLER, new Expected(false, false, true)));
        return new Scenario(
                "capture-restore-data-smaller",
                "the same onto a smaller disk: NTFS shrinks, LVM, F2FS, LUKS without its key and swap move",
                SEPARATE,
                steps);
    }

    private static List<Step> captured(PcSpec donor, String... options) {
        List<String> words = new ArrayList<>(List.of("data"));
        words.addAll(List.of(options));
        return List.of(
                Actions.assign(donor, "capture", words.toArray(String[]::new)),
                new PowerOn(donor, Optional.of(DiskKind.DATA)),
                Scenarios.engineAsks(),
                // The PC has this very file for its disk, and no overlay of it.
                new Act(Phase.CHECK, "what the disk is now is kept aside", stage -> {
                    Shell.run(
                            "cp",
                            "--sparse=always",
                            disk(stage, donor),
                            before(stage).toString());
                    return "";
                }),
                Actions.workEnds(300),
                new PowerOff(donor),
                new Act(Phase.CHECK, "nothing was written to the captured disk", stage -> {
                    Shell.run("cmp", disk(stage, donor), before(stage).toString());
                    return "";
                }),
                Actions.prints("the image names the page files", true, LEFT_OUT, "image", "show", "data@1"));
    }

    private static Path before(Stage stage) {
        return stage.state().folder().resolve("donor-before");
    }

    private static String disk(Stage stage, PcSpec pc) {
        return stage.diskFile(pc.name()).toString();
    }

    /** Of 488 MiB in partitions. */
    private static Act usedAtMost(int mib) {
        return new Act(Phase.CHECK, "only what is in use was taken", stage -> {
            Matcher used = Pattern.compile("(\\d+) MiB in use").matcher(String.join(" ", stage.summaries()));
            if (!used.find() || Integer.parseInt(used.group(1)) > mib) {
                throw new LabFailure("the capture says: " + stage.summaries() + "; at most " + mib + " MiB are in use");
            }
            return used.group();
        });
    }

    private static List<Step> restored(PcSpec donor, PcSpec pc, DiskKind disk, Expected expected) {
        return List.of(
                Actions.assign(pc, "restore", "data"),
                new PowerOn(pc, Optional.of(disk)),
                Scenarios.engineAsks(),
                Actions.workEnds(300),
                new PowerOff(pc),
                new Act(
                        Phase.CHECK,
                        "the restored disk holds what was captured",
                        stage -> new DataDiskCheck(
                                        stage.diskFile(donor.name()),
                                        stage.diskFile(pc.name()),
                                        stage.state().folder().resolve("compared"),
                                        expected)
                                .compare()));
    }
}
