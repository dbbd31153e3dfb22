package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.BootsAgain;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** A PC whose power is cut in the middle of its work, and what everybody knows of it until it comes back. */
final class PowerScenarios {
    /** Of the work: so much is on the wire, or on the disk, when the power goes. */
    private static final int ENOUGH_PERCENT = 40;

    private static final long MIB = 1 << 20;

    private PowerScenarios() {}

    static List<Scenario> all() {
        return List.of(restore().onlyByName(), capture().onlyByName());
    }

    private static Scenario restore() {
        PcSpec pc = PcSpec.of("blank", 2, Firmware.BIOS);
        Wire wire = new Wire(pc, "tx_bytes");
        List<Step> steps =
                new ArrayList<>(Openings.restore(pc, List.of(), Actions.nameDevice(pc, Scenarios.RESTORED_NAME)));
        steps.addAll(cut(pc, wire, "restoring"));
        steps.add(wire.lookAtTheDisk());
        steps.add(Actions.hasNoTable(pc));
        steps.add(silence(pc, "restore room12", "partition table is written last"));
        steps.add(new Act(Phase.CHECK, "the server is gone as well", stage -> {
            stage.killServer();
            return "";
        }));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.AS_IT_WAS_LEFT)));
        steps.add(notice(pc));
        steps.add(new Act(Phase.CHECK, "the server is there again", stage -> {
            stage.restart();
            return "";
        }));
        steps.add(new BootsAgain(120));
        steps.add(Scenarios.engineAsks());
        steps.add(wire.mark());
        steps.add(Actions.workEnds(600));
        steps.add(wire.noMoreThanTheDiskLacked());
        steps.add(new BootsAgain(120));
        steps.add(Scenarios.localSystem(Scenarios.RESTORED_NAME, 1500));
        steps.add(new PowerOff(pc));
        steps.add(Actions.diskHoldsTheImage(pc, DiskMake.GPT));
        steps.add(takenBack());
        return new Scenario(
                "power-cut-restore",
                "a PC's power is cut in the middle of a restore, and its server with it; its disk says so until both are back",
                SEPARATE,
                steps);
    }

    private static Scenario capture() {
        PcSpec pc = PcSpec.of("donor", 1, Firmware.BIOS);
        Wire wire = new Wire(pc, "rx_bytes");
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers("menu: {shown: never}"));
        steps.add(Actions.assign(pc, "capture", "room12"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.SYSTEM)));
        steps.add(Scenarios.engineAsks());
        steps.addAll(cut(pc, wire, "capturing"));
        steps.add(Actions.sourceUntouched(pc, DiskMake.GPT));
        steps.add(Actions.prints("no half image is to be seen", false, "room12", "image", "list"));
        steps.add(silence(pc, "capture room12", "There is no image of it yet"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.AS_IT_WAS_LEFT)));
        steps.add(Scenarios.engineAsks());
        steps.add(wire.mark());
        steps.add(Actions.workEnds(600));
        steps.add(wire.noMoreThanTheImage());
        steps.add(new PowerOff(pc));
        steps.add(Actions.sourceUntouched(pc, DiskMake.GPT));
        steps.add(takenBack());
        steps.add(Actions.prints("the image is sound", true, "room12@1 is sound", "image", "verify", "room12"));
        return new Scenario(
                "power-cut-capture",
                "a PC's power is cut in the middle of a capture; no half image is seen, and what was sent is not sent again",
                SEPARATE,
                steps);
    }

    private static List<Step> cut(PcSpec pc, Wire wire, String phase) {
        return List.of(
                wire.mark(),
                Actions.inTheMiddle(
                        "the power is cut in the middle of the work",
                        phase,
                        ENOUGH_PERCENT,
                        stage -> stage.cutPower(pc.name())),
                wire.add(),
                Actions.prints("the work is not said to be done", true, "running", "work", "list"));
    }

    /** What the server says of a PC that does not come back. */
    private static Act silence(PcSpec pc, String work, String words) {
        return new Act(Phase.CHECK, "'explain' says that the PC fell silent, and what that means", stage -> {
            String mac = pc.mac().toString();
            Wait.until(
                    "'explain' to miss the PC",
                    180,
                    () -> stage.server().cli("explain", mac).contains("nothing was heard"));
            String said = stage.server().cli("explain", mac);
            List<String> lines = said.lines()
                    .filter(line -> line.contains("nothing was heard"))
                    .toList();
            if (!said.contains(work) || lines.stream().noneMatch(line -> line.contains(words))) {
                throw new LabFailure("'explain' prints:\n" + said);
            }
            lines.forEach(line -> stage.journal().note(line.strip()));
            // 'explain' reckons when it is asked; the alarm comes with the server's next round.
            Wait.until(
                    "'alarm list' to name the silent PC",
                    90,
                    () -> stage.server().cli("alarm", "list").contains("nothing was heard"));
            return "";
        });
    }

    /** By whatever server there is now: the one that raised it may have been killed. */
    private static Act takenBack() {
        return new Act(Phase.CHECK, "the alarm of the silent PC is taken back", stage -> {
            Wait.until(
                    "the alarm to go",
                    90,
                    () -> !stage.server().cli("alarm", "list").contains("nothing was heard"));
            return "";
        });
    }

    /** What somebody sees who switches the PC on while there is no server. */
    private static Act notice(PcSpec pc) {
        return notice(pc, "was not finished", "unfinished.png");
    }

    /** @param words that stand on the screen */
    static Act notice(PcSpec pc, String words, String file) {
        return new Act(Phase.LOCAL, "the half restored disk says what it is, and starts nothing", stage -> {
            VirtualPc on = stage.pc(pc.name());
            Wait.until(
                    "its words on the screen", 240, () -> on.textScreen().text().contains(words));
            Path picture = stage.logs().resolve(file);
            on.qmp().screenshot(picture);
            on.textScreen().text().lines().forEach(line -> stage.journal().note("  " + line));
            return "picture: " + picture;
        });
    }

    /** What went between a PC's engine and the server, counted at the PC's switch port: nobody's word for it is taken. */
    private static final class Wire {
        private final PcSpec pc;
        private final String counter;
        private long mark;
        private long sum;
        private double held;

        /** @param counter of the tap: {@code tx_bytes} is what the PC receives */
        Wire(PcSpec pc, String counter) {
            this.pc = pc;
            this.counter = counter;
        }

        Act mark() {
            return new Act(Phase.CHECK, "the octets on the wire are counted from here", stage -> {
                mark = count(stage);
                return "";
            });
        }

        Act add() {
            return new Act(Phase.CHECK, "what was on the wire so far", stage -> {
                sum += count(stage) - mark;
                return sum / MIB + " MiB";
            });
        }

        /** A tenth is left for TLS, TCP, and what was in flight when the power went. */
        Act noMoreThanTheImage() {
            return new Act(Phase.CHECK, "both times together moved the image once", stage -> {
                long first = sum;
                long second = count(stage) - mark;
                long image = stored(stage.server().data().resolve("images/packs"));
                String told = first / MIB + " and " + second / MIB + " MiB on the wire; the image is stored in "
                        + image / MIB + " MiB";
                if (first + second > image + image / 10 + 8 * MIB) {
                    throw new LabFailure(told);
                }
                return told;
            });
        }

        Act lookAtTheDisk() {
            return new Act(Phase.CHECK, "what the half restored disk has of the image", stage -> {
                held = HeldShare.of(stage.systemDisk(DiskMake.GPT), stage.diskFile(pc.name()));
                return Math.round(100 * held) + " %";
            });
        }

        /**
         * What a PC fetches ahead (docs/adr/0031: up to 64 MiB, more than this image has) is in its memory when the power goes, and is
         * fetched again: so each time is held to what it wants. A tenth is left because an image is not equally dense.
         */
        Act noMoreThanTheDiskLacked() {
            return new Act(Phase.CHECK, "nothing that was on the disk is fetched again", stage -> {
                long first = sum;
                long second = count(stage) - mark;
                long image = stored(stage.server().data().resolve("images/packs"));
                long lacked = Math.round((1 - held) * image);
                String told = first / MIB + " and " + second / MIB + " MiB on the wire; the image is stored in "
                        + image / MIB + " MiB, of which the disk lacked some " + lacked / MIB;
                long slack = image / 10 + 8 * MIB;
                if (first > image + slack || second > lacked + slack) {
                    throw new LabFailure(told);
                }
                return told;
            });
        }

        private long count(Stage stage) {
            String file = "/sys/class/net/" + pc.tap() + "/statistics/" + counter;
            return Long.parseLong(Shell.run(Shell.inside(stage.lan().wire(), List.of("cat", file)))
                    .strip());
        }

        private static long stored(Path packs) {
            try (Stream<Path> files = Files.list(packs)) {
                long sum = 0;
                for (Path file :
                        files.filter(each -> each.toString().endsWith(".pack")).toList()) {
                    sum += Files.size(file);
                }
                return sum;
            } catch (IOException failure) {
                throw new LabFailure("cannot look into " + packs + ": " + failure.getMessage(), failure);
            }
        }
    }
}
