package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
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

/** Work other than images: a script, and a wipe of what it wrote. */
final class WorkScenarios {
    private static final String WRITTEN = "the script of ";
    /** Of 512 octets: far behind a partition table. */
    private static final int SECTOR = 4000;
    /** The disk's last sector too: a wipe that stops short leaves it. */
    private static final String SCRIPT = """
            set -e
            last=$(($(cat /sys/block/vda/size) - 1))
            for sector in %d $last; do
              printf '%s%%s' "$FL_SERIAL" | dd of=/dev/vda bs=512 seek=$sector conv=notrunc 2>/dev/null
            done
            sync
            echo "wrote for $FL_DEVICE"
            """.formatted(SECTOR, WRITTEN);

    private WorkScenarios() {}

    static List<Scenario> all() {
        return List.of(scriptAndWipe().onlyByName(), xfs().onlyByName());
    }

    /** The wipe is judged on all octets of the disk, and the script at two places that a table does not reach. */
    private static Scenario scriptAndWipe() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.script(pc, "write.sh", SCRIPT));
        steps.addAll(workIsDone(pc));
        steps.add(new Act(Phase.CHECK, "the script has written to the disk, first sectors and last", stage -> {
            List<String> found = written(stage.diskFile(pc.name()));
            if (!found.equals(List.of(WRITTEN + "LAB-pc1", WRITTEN + "LAB-pc1"))) {
                throw new LabFailure("the disk holds " + found);
            }
            return "'" + found.getFirst() + "'";
        }));
        steps.add(Actions.assign(pc, "wipe"));
        steps.addAll(workIsDone(pc));
        steps.add(new Act(Phase.CHECK, "every octet of the disk is zero", stage -> {
            String disk = stage.diskFile(pc.name()).toString();
            Shell.run("sh", "-c", "cmp -n \"$(stat -c %s \"$1\")\" \"$1\" /dev/zero", "sh", disk);
            return "";
        }));
        return new Scenario(
                "work-script-wipe",
                "a script writes to a PC's disk; a wipe takes it away again, to the last sector",
                SEPARATE,
                steps);
    }

    private static Scenario xfs() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS);
        PcSpec blank = PcSpec.of("blank", 2, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(donor, "capture", "data", "--leave-out", "swapfile", "--leave-out", "folder/*.cache"));
        steps.addAll(Scenarios.workAndOff(donor, DiskKind.XFS, 300));
        steps.add(Actions.prints(
                "the image names what it does without",
                true,
                "\\(xfs\\) is without the content of /swapfile, /folder/old.cache: it reads as zeros",
                "image",
                "show",
                "data@1"));
        steps.add(Actions.assign(blank, "restore", "data"));
        steps.addAll(Scenarios.workAndOff(blank, DiskKind.BLANK, 300));
        steps.add(new Act(
                Phase.CHECK,
                "the restored disk holds what was in use, without what was to be left out",
                stage -> new XfsDisk(stage.diskFile(donor.name()))
                        .compareWithoutSpare(
                                stage.diskFile(blank.name()),
                                stage.state().folder().resolve("compared"))));
        return new Scenario(
                "capture-restore-xfs",
                "an XFS is captured by its used blocks, without its swap file and a cache, and restored; what lay in its free space is left"
                        + " behind",
                SEPARATE,
                steps);
    }

    /** The boot afterwards shows that the work is not given twice. */
    private static List<Step> workIsDone(PcSpec pc) {
        return List.of(
                new PowerOn(pc, Optional.of(DiskKind.BLANK)),
                Scenarios.engineAsks(),
                Actions.workEnds(300),
                new BootsAgain(120),
                new Expect(Phase.ONE_A, "nothing is left to do: local boot", Sight.localBootAnswer(), 60),
                new PowerOff(pc));
    }

    /** What stands at the beginning of the two sectors, as text. */
    private static List<String> written(Path disk) {
        List<String> found = new ArrayList<>();
        try (RandomAccessFile file = new RandomAccessFile(disk.toFile(), "r")) {
            for (long place : List.of(SECTOR * 512L, file.length() - 512)) {
                byte[] octets = new byte[64];
                file.seek(place);
                file.readFully(octets);
                found.add(new String(octets, StandardCharsets.ISO_8859_1).replaceFirst("(?s)\\x00.*", ""));
            }
            return found;
        } catch (IOException failure) {
            throw new LabFailure("cannot read " + disk + ": " + failure.getMessage(), failure);
        }
    }
}
