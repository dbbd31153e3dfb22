package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.PowerOff;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Files laid over a restored system: on its root with the image, on its other partitions when the image is there already. */
final class AddOnScenarios {
    private static final String GREETING = "laid over by Firstlight";
    private static final String NOTE = "also by Firstlight";

    private AddOnScenarios() {}

    static List<Scenario> all() {
        return List.of(addOnRestore().onlyByName());
    }

    /**
     * The second restore names the base image that the disk has: only the add-ons that are new may be laid down. ESP and NTFS
     * keep neither owners nor modes; one name has an umlaut.
     */
    private static Scenario addOnRestore() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        PcSpec blank = PcSpec.of("blank", 2, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.addAll(Scenarios.captured(donor, DiskKind.SYSTEM, "room12", 600));

        steps.add(make("greeting", "etc/issue", GREETING + " \\n \\l\n", "system"));
        steps.add(Actions.assign(blank, "restore", "room12", "--add-on", "greeting"));
        steps.add(Actions.nameDevice(blank, Scenarios.RESTORED_NAME));
        steps.addAll(Scenarios.work(blank, DiskKind.BLANK, 600));
        steps.add(new BootsAgain(120));
        steps.add(
                new Expect(Phase.LOCAL, "the add-on's greeting on the serial console", Sight.console(GREETING), 1500));
        steps.add(Scenarios.localSystem(Scenarios.RESTORED_NAME, 600));
        steps.add(new PowerOff(blank));

        steps.add(make("esp-note", "Firstlight/Note.txt", NOTE + "\n", "esp"));
        steps.add(make("data-note", "Länger/Note.txt", NOTE + "\n", "label=DATA"));
        steps.add(Actions.assign(
                blank, "restore", "room12", "--add-on", "greeting", "--add-on", "esp-note", "--add-on", "data-note"));
        steps.addAll(Scenarios.work(blank, DiskKind.BLANK, 300));
        steps.add(Actions.prints(
                "only the new ones were laid down",
                true,
                "room12 version 1 was there; add-on esp-note@1.*; add-on data-note@1",
                "work",
                "list"));
        steps.add(new PowerOff(blank));
        steps.add(new Act(Phase.CHECK, "the ESP (FAT) and the data partition (NTFS) hold their files", stage -> {
            DiskCheck disk = new DiskCheck(
                    stage.diskFile(blank.name()),
                    DiskKind.SYSTEM.make(),
                    stage.state().folder().resolve("target"));
            String esp = disk.partition(DiskLayout.ESP).toString();
            String data = disk.partition(DiskLayout.DATA).toString();
            Shell.run("fsck.vfat", "-n", esp);
            Shell.run("ntfsfix", "-n", data);
            String found = Shell.run("mtype", "-i", esp, "::Firstlight/Note.txt")
                    + Shell.run("ntfscat", "-f", data, "Länger/Note.txt");
            if (!found.equals((NOTE + "\n").repeat(2))) {
                throw new LabFailure("they hold: " + found);
            }
            DiskCheck.checkExt4(disk.partition(DiskLayout.ROOT));
            return "by mtools and ntfsprogs";
        }));
        return new Scenario(
                "add-on-restore",
                "a PC is restored with an add-on; two more are laid over it later without the image",
                SEPARATE,
                steps);
    }

    /** {@code firstlight image add-on NAME --folder ...} of one file. */
    private static Act make(String name, String path, String text, String partition) {
        return new Act(Phase.CHECK, "'image add-on " + name + "' is made", stage -> {
            Path folder = Stage.freshFolder(stage.state().folder().resolve(name));
            Path file = folder.resolve(path);
            try {
                Files.createDirectories(file.getParent());
                Files.writeString(file, text);
            } catch (IOException failure) {
                throw new LabFailure("cannot write " + file + ": " + failure.getMessage(), failure);
            }
            return stage.server()
                    .cli(
                            "image",
                            "add-on",
                            name,
                            "--folder",
                            folder.toString(),
                            "--partition",
                            partition,
                            "--owner",
                            "0:0")
                    .strip();
        });
    }
}
