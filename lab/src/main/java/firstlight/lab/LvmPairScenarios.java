package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.PcSpec.Trait;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.DiskKind;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** A group of LVM on two disks, in PCs whose disks have other lengths, each for itself. */
final class LvmPairScenarios {
    /** In the order in which the image has them. */
    private static final List<String> DISKS = List.of("--disk", "/dev/vda", "--disk", "/dev/vdb");

    private LvmPairScenarios() {}

    static List<Scenario> all() {
        return List.of(twoDisks().onlyByName());
    }

    private static Scenario twoDisks() {
        PcSpec donor = PcSpec.of("donor", 1, Firmware.BIOS).with(Trait.SECOND_DISK);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(new Act(Phase.CHECK, "two disks have one group of LVM", stage -> {
            disks(stage, donor).make(stage.state().folder().resolve("lvm"));
            return "";
        }));
        Untouched source = new Untouched(donor);
        steps.add(source.look());
        steps.add(work(donor, "capture"));
        steps.addAll(Scenarios.workAndOff(donor, DiskKind.MADE, 300));
        steps.add(source.isUntouched());
        steps.addAll(restored(
                donor,
                PcSpec.of("over", 2, Firmware.BIOS),
                new Target(97, 320, 280),
                List.of("92 MiB of labdata/root go from partition 2 of disk 1 to disk 2")));
        steps.addAll(restored(
                donor,
                PcSpec.of("smaller", 3, Firmware.UEFI),
                new Target(97, 160, 136),
                List.of(
                        "labdata/root \\(ext4\\) shrinks from 160 MiB to 136 MiB",
                        "MiB of labdata/root go from partition 2 of disk 1 to disk 2")));
        steps.add(doesNotFit());
        return new Scenario(
                "restore-lvm-two-disks",
                "of a group of LVM on two disks extents go to the second where the first is too small; where both are, its root shrinks",
                SEPARATE,
                steps);
    }

    /**
     * Two disks, in MiB.
     *
     * @param rootMib the length that the root volume must get on them
     */
    private record Target(int firstMib, int secondMib, int rootMib) {
        String[] fit() {
            return new String[] {"image", "fit", "data", "--disk", firstMib + "M", "--disk", secondMib + "M"};
        }
    }

    private static List<Step> restored(PcSpec donor, PcSpec target, Target sizes, List<String> told) {
        PcSpec pc = target.with(Trait.SECOND_DISK);
        List<Step> steps = new ArrayList<>();
        Fit fit = new Fit(sizes);
        steps.add(fit.isTold(told));
        steps.add(new Act(Phase.CHECK, "'" + pc.name() + "' has two blank disks", stage -> {
            LvmPair disks = disks(stage, pc);
            Shell.run("truncate", "-s", sizes.firstMib + "M", disks.first().toString());
            Shell.run("truncate", "-s", sizes.secondMib + "M", disks.second().toString());
            return sizes.firstMib + " and " + sizes.secondMib + " MiB";
        }));
        steps.add(work(pc, "restore"));
        steps.addAll(Scenarios.workAndOff(pc, DiskKind.MADE, 300));
        steps.add(fit.isSaidBy(pc));
        steps.add(new Act(
                Phase.CHECK,
                "the volumes of '" + pc.name() + "' hold every file",
                stage -> disks(stage, donor)
                        .compare(
                                disks(stage, pc),
                                sizes.rootMib,
                                stage.state().folder().resolve("compared-" + pc.name()))));
        return steps;
    }

    private static Act work(PcSpec pc, String what) {
        List<String> words = new ArrayList<>(List.of("data"));
        words.addAll(DISKS);
        return Actions.assign(pc, what, words.toArray(String[]::new));
    }

    private static LvmPair disks(Stage stage, PcSpec pc) {
        return new LvmPair(stage.diskFile(pc.name()), OtherDrives.second(stage, pc));
    }

    /** What {@code image fit} says beforehand: the PC must say the same. */
    private static final class Fit {
        private final Target sizes;
        private List<String> words = List.of();

        Fit(Target sizes) {
            this.sizes = sizes;
        }

        Act isTold(List<String> wanted) {
            return new Act(Phase.CHECK, "'" + String.join(" ", sizes.fit()) + "' names what moves", stage -> {
                String all = stage.server().cli(sizes.fit());
                for (String regex : wanted) {
                    if (!Pattern.compile(regex).matcher(all).find()) {
                        throw new LabFailure("it does not say /" + regex + "/:\n" + all);
                    }
                }
                words = all.lines()
                        .filter(line -> line.contains(DataDisk.GROUP))
                        .toList();
                return String.join("; ", all.lines().toList());
            });
        }

        Act isSaidBy(PcSpec pc) {
            return new Act(Phase.CHECK, "the engine of '" + pc.name() + "' said the same", stage -> {
                String console =
                        stage.logs().resolve(pc.name()).resolve("console.log").toString();
                for (String line : words) {
                    if (Shell.attempt(List.of("grep", "-qaF", line, console)).status() != 0) {
                        throw new LabFailure("'image fit' says '" + line + "', the PC's console did not");
                    }
                }
                return words.size() + " lines of the group";
            });
        }
    }

    private static Act doesNotFit() {
        Target sizes = new Target(85, 50, 0);
        return new Act(
                Phase.CHECK, "'" + String.join(" ", sizes.fit()) + "' says by how much it is too small", stage -> {
                    try {
                        throw new LabFailure("it fits:\n" + stage.server().cli(sizes.fit()));
                    } catch (LabFailure refused) {
                        String why = String.valueOf(refused.getMessage());
                        if (!why.contains("too few") || !why.contains("of the group labdata (LVM)")) {
                            throw refused;
                        }
                        return why.lines().skip(1).map(String::strip).toList().toString();
                    }
                });
    }

    /** Both disks of a PC, and what was on them. */
    private static final class Untouched {
        private final PcSpec pc;
        private String before = "";

        Untouched(PcSpec pc) {
            this.pc = pc;
        }

        Act look() {
            return new Act(Phase.CHECK, "what is on both is known", stage -> {
                before = digests(stage);
                return "";
            });
        }

        Act isUntouched() {
            return new Act(Phase.CHECK, "nothing was written to the captured disks", stage -> {
                String after = digests(stage);
                if (!after.equals(before)) {
                    throw new LabFailure("they had\n" + before + "they have\n" + after);
                }
                return "";
            });
        }

        private String digests(Stage stage) {
            LvmPair disks = disks(stage, pc);
            return Shell.run(
                    "sha256sum", disks.first().toString(), disks.second().toString());
        }
    }
}
