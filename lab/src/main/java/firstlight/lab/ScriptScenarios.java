package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Scripts before and after work, in the imaging environment of a PC. */
final class ScriptScenarios {
    /** Ends with 8 where the disk is not the one of {@link Stage#SOMEBODYS_DATA}: its octets are counted. */
    private static final String BEFORE = """
            echo "before $FL_WORK on $FL_DISKS of $FL_SERIAL, $FL_MODEL"
            test "$(blockdev --getsize64 "$FL_DISKS")" = 262144000 || exit 8
            """;

    private static final String AFTER = """
            echo "after: $FL_RESULT"
            left=$(dd if="$FL_DISKS" bs=512 count=1 2>/dev/null | tr -d '\\000' | wc -c)
            echo "$left octets are left in the first sector"
            """;

    /** The last words of both its outputs are the reason that is told. */
    private static final String REFUSES = """
            echo "this PC has $(grep -c ^processor /proc/cpuinfo) processors"
            echo "that is not enough" >&2
            exit 7
            """;

    private ScriptScenarios() {}

    static List<Scenario> all() {
        return List.of(around().onlyByName());
    }

    /** One attempt: a script that refuses would be asked again. */
    private static Scenario around() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}", "max-attempts: 1"));
        steps.add(wipe(pc, "--before", "refuses.sh", REFUSES));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.TOO_SMALL)));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workFails(
                pc, "ended with status 7; its last words: this PC has 2 processors | that is not enough", 300));
        steps.add(told("script-before, .*this PC has 2 processors", "script-before, .*that is not enough"));
        steps.add(Actions.prints(
                "'work list' has its reason",
                true,
                "failed.*refuses.sh.*status 7.*that is not enough",
                "work",
                "list"));
        steps.add(new PowerOff(pc));
        steps.add(new Act(Phase.CHECK, "nothing was touched", stage -> {
            Shell.run("sh", "-c", Stage.SOMEBODYS_DATA + " | cmp - \"$1\"", "sh", disk(stage, pc));
            return "";
        }));
        steps.add(wipe(pc, "--before", "before.sh", BEFORE, "--after", "after.sh", AFTER));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.AS_IT_WAS_LEFT)));
        steps.add(Scenarios.engineAsks());
        steps.add(new Act(Phase.EIGHT, "the work is done", stage -> {
            String summary = new WorkWatch(stage).result(300);
            if (!summary.contains("script 'after.sh' after the work ended with status 0, 2 lines of output")) {
                throw new LabFailure("the engine says: " + summary);
            }
            return summary;
        }));
        steps.add(told(
                "script-before, .*before wipe on /dev/vda of LAB-pc1, Lab PC",
                "script-before, script 'before.sh' before the work ended with status 0, 1 lines of output",
                "script-after, after: wiped /dev/vda",
                "script-after, .*0 octets are left in the first sector"));
        steps.add(new PowerOff(pc));
        return new Scenario(
                "work-scripts-around",
                "scripts run before and after work in a PC, with its facts; one that fails before it ends the work, and nothing is touched",
                SEPARATE,
                steps);
    }

    /** @param scripts option, name and text of each */
    private static Act wipe(PcSpec pc, String... scripts) {
        return new Act(Phase.CHECK, "'work wipe' with scripts around it", stage -> {
            List<String> words =
                    new ArrayList<>(List.of("work", "wipe", pc.mac().toString(), "--method", "signatures"));
            try {
                for (int i = 0; i < scripts.length; i += 3) {
                    Path file = stage.state().folder().resolve(scripts[i + 1]);
                    Files.writeString(file, scripts[i + 2]);
                    words.addAll(List.of(scripts[i], file.toString()));
                }
            } catch (IOException failure) {
                throw new LabFailure("cannot write a script: " + failure.getMessage(), failure);
            }
            stage.server().cli(words.toArray(String[]::new));
            return String.join(" ", words);
        });
    }

    /** The transaction of the PC that was switched on last has events that match. */
    private static Act told(String... patterns) {
        return new Act(Phase.CHECK, "the transaction holds what the scripts said", stage -> {
            String events = stage.server().log().substring(stage.logMark());
            for (String pattern : patterns) {
                if (!Pattern.compile("phase 8 progress: " + pattern)
                        .matcher(events)
                        .find()) {
                    throw new LabFailure("no event of it matches '" + pattern + "'");
                }
            }
            return patterns.length + " lines";
        });
    }

    private static String disk(Stage stage, PcSpec pc) {
        return stage.diskFile(pc.name()).toString();
    }
}
