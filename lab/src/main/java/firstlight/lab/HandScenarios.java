package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Trait;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** A person at the maintenance prompt. */
final class HandScenarios {
    private HandScenarios() {}

    static List<Scenario> all() {
        return List.of(byHand().onlyByName());
    }

    /** vdb is the stick, vdc the blank disk ({@link OtherDrives}). */
    private static Scenario byHand() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS).with(Trait.MORE_DISKS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(pc, "maintenance"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.SYSTEM)));
        steps.add(new Expect(Phase.EIGHT, "the shell reads", Sight.console("Enter 'help' for a list"), 400));
        steps.addAll(types(pc, "img info", "^serial +LAB-pc1", 120));
        steps.addAll(types(pc, "img dump", "ext4", 120));
        steps.addAll(types(pc, "img safe", "no image-safe data on /dev/vda", 60));
        steps.addAll(types(pc, "img make /dev/vdb1 room12", "made room12@1", 600));
        steps.addAll(types(pc, "img list /dev/vdb1", "^room12@1 +\\d+ MiB", 60));
        steps.addAll(types(pc, "img restore /dev/vdb1 room12 --disk vdc --yes", "restored room12@1", 600));
        steps.addAll(types(pc, "img partition vdc", "/dev/vdc5", 60));
        steps.addAll(types(pc, "img safe --disk vdc --set computer-name=by-hand", "^computer-name +by-hand", 60));
        steps.addAll(types(pc, "img info --shell", "^FL_SAFE_NAME='by-hand'", 60));
        steps.add(Actions.type(pc, "exit"));
        steps.add(new BootsAgain(120));
        steps.add(new PowerOff(pc));
        steps.add(Actions.sourceUntouched(pc, DiskMake.GPT));
        steps.add(new Act(Phase.CHECK, "the disk that was restored by hand holds the image", stage -> {
            Path work = stage.state().folder();
            Path blank = OtherDrives.blank(stage, pc);
            DiskCheck source = new DiskCheck(stage.systemDisk(DiskMake.GPT), DiskMake.GPT, work.resolve("source"));
            String compared = DiskCheck.compare(source, new DiskCheck(blank, DiskMake.GPT, work.resolve("target")));
            return compared + "; image-safe data before its first partition: " + safe(blank);
        }));
        return new Scenario(
                "img-by-hand",
                "at the maintenance prompt a person looks, images the disk to a stick and lays it down on another one",
                SEPARATE,
                steps);
    }

    /** Typed at the serial console, and what the PC says to it. */
    static List<Step> types(PcSpec pc, String line, String regex, int seconds) {
        return List.of(
                Actions.type(pc, line),
                new Expect(Phase.EIGHT, "it says /" + regex + "/", Sight.console(regex), seconds));
    }

    /** The text of the copy nearest to the first partition, as docs/format/image-safe-data.md tells where it lies. */
    private static String safe(Path disk) {
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "r")) {
            byte[] block = new byte[4096];
            // One copy lies 8 KiB before 1 MiB, where the first partition begins; its text from octet 28 on.
            file.seek((1 << 20) - (8 << 10));
            file.readFully(block);
            String text = new String(block, StandardCharsets.ISO_8859_1);
            if (!text.startsWith("FLSAFE") || !text.contains("computer-name=by-hand\n")) {
                throw new LabFailure("no image-safe data lie before the first partition of " + disk);
            }
            return text.substring(28, text.indexOf('\0', 28)).strip().replace('\n', ' ');
        } catch (IOException failure) {
            throw new LabFailure("cannot read " + disk + ": " + failure.getMessage(), failure);
        }
    }
}
