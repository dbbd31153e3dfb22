package firstlight.lab;

import firstlight.lab.Step.Act;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/** What scenarios do, besides switching PCs on and watching them: an operator's commands and a person's fingers. */
final class Actions {
    /** The first lines of each server's configuration. The serial line is what the lab reads of an imaging environment. */
    static final String CONFIGURATION =
            "kernel-arguments: console=tty0 console=ttyS0,115200 quiet " + SystemDisk.EMULATED + "\n";

    private Actions() {}

    /**
     * The DHCP server is there first, as in life; on Firstlight's own host it has port 67 by then.
     *
     * @param settings lines of YAML behind {@link #CONFIGURATION}
     */
    static Act startServers(String... settings) {
        return new Act(Phase.CHECK, "the DHCP server and Firstlight run", stage -> {
            stage.startForeignDhcp();
            stage.startFirstlight(CONFIGURATION + String.join("\n", settings));
            return "";
        });
    }

    /** For scenarios that begin without Firstlight. */
    static Act startForeignDhcp() {
        return new Act(Phase.CHECK, "the DHCP server runs, and nothing else", stage -> {
            stage.startForeignDhcp();
            return "";
        });
    }

    static Act startFirstlight(String... settings) {
        return new Act(Phase.CHECK, "Firstlight runs", stage -> {
            stage.startFirstlight(CONFIGURATION + String.join("\n", settings));
            return "";
        });
    }

    /** {@code firstlight work WORK DEVICE ...}, for a PC that was never seen: its MAC address names it. */
    static Act assign(PcSpec pc, String work, String... more) {
        List<String> words = new ArrayList<>(List.of("work", work, pc.mac().toString()));
        words.addAll(Arrays.asList(more));
        return command("'" + String.join(" ", words) + "'", words);
    }

    /**
     * {@code firstlight work script}, of a script with that text.
     *
     * @param name the file's, which the work and its messages tell
     */
    static Act script(PcSpec pc, String name, String text) {
        return new Act(Phase.CHECK, "'work script " + pc.mac() + " " + name + "'", stage -> {
            Path file = stage.state().folder().resolve(name);
            try {
                Files.writeString(file, text);
            } catch (IOException failure) {
                throw new LabFailure("cannot write " + file + ": " + failure.getMessage(), failure);
            }
            stage.server().cli("work", "script", pc.mac().toString(), file.toString());
            return "";
        });
    }

    /** Of a device that need not be known yet; a restore gives the system this name. */
    static Act nameDevice(PcSpec pc, String computerName) {
        return command(
                "the device's computer name is " + computerName,
                List.of("device", "name", pc.mac().toString(), computerName));
    }

    /** An updates archive beside the environment. Without one pxelinux is not told of any: it gives up a boot for a missing file. */
    static Act addUpdates() {
        return new Act(Phase.CHECK, "there is an updates archive", stage -> {
            Path folder = Stage.freshFolder(stage.state().folder().resolve("updates"));
            Path archive = stage.server().data().resolve("boot/environment/updates.cpio.zst");
            Shell.run(
                    "sh",
                    "-c",
                    "cd '" + folder
                            + "' && date > lab-updates && echo lab-updates | cpio -o -H newc --quiet | zstd -q -o '"
                            + archive + "'");
            return "";
        });
    }

    /** {@code firstlight WORDS}, as an operator types it. */
    static Act operator(String... words) {
        return command("'" + String.join(" ", words) + "'", List.of(words));
    }

    private static Act command(String what, List<String> words) {
        return new Act(Phase.CHECK, what, stage -> {
            stage.server().cli(words.toArray(String[]::new));
            return "";
        });
    }

    /** The server has the engine's result, and the result is good. Its progress is told on the way. */
    static Act workEnds(int seconds) {
        return new Act(Phase.EIGHT, "the work is done", stage -> new WorkWatch(stage).result(seconds));
    }

    /** {@code what} happens to the PC when {@code percent} of the work's {@code phase}, as its progress calls it, is done. */
    static Act inTheMiddle(String says, String phase, int percent, Consumer<Stage> what) {
        return new Act(Phase.EIGHT, says, stage -> {
            int reached = new WorkWatch(stage).reaches(phase, percent, 300);
            what.accept(stage);
            return "at " + reached + " % or more";
        });
    }

    /** A work that was over by then shows nothing, and fails the scenario. The server starts again on the same data. */
    static Act killServerInTheMiddle() {
        return new Act(Phase.EIGHT, "the server is killed in the middle of the work, and started again", stage -> {
            WorkWatch watch = new WorkWatch(stage);
            watch.inTheMiddle(300);
            stage.killServer();
            if (watch.isOver()) {
                throw new LabFailure("the work was over before the server was killed: nothing is shown by that");
            }
            stage.restart();
            return "";
        });
    }

    /** The work ends with a failure whose words hold {@code words}, and the PC's own screen says so too. */
    static Act workFails(PcSpec pc, String words, int seconds) {
        return new Act(Phase.EIGHT, "the work fails, and says why", stage -> {
            String why = new WorkWatch(stage).failure(seconds);
            if (!why.contains(words)) {
                throw new LabFailure("the engine says: " + why);
            }
            Sight atThePc = Sight.console(Pattern.quote(words));
            boolean told = stage.evidence()
                    // From the scenario's beginning on: the PC may have said it before the server's log had the result.
                    .await(0, seen -> atThePc.is(pc, seen), Duration.ofSeconds(10), () -> true)
                    .isPresent();
            if (!told) {
                throw new LabFailure("the PC's console does not say '" + words + "'");
            }
            return why;
        });
    }

    /**
     * {@code firstlight WORDS} prints what matches {@code regex}, or must not.
     * Asked once, at this step: what comes later must be waited for before.
     *
     * @param wanted whether it must match
     */
    static Act prints(String what, boolean wanted, String regex, String... words) {
        return new Act(Phase.CHECK, what, stage -> {
            String output = stage.server().cli(words);
            if (Pattern.compile(regex).matcher(output).find() != wanted) {
                throw new LabFailure("'firstlight " + String.join(" ", words) + "' prints:\n" + output);
            }
            return "";
        });
    }

    /** Sent at once, whether or not somebody reads there: a scenario waits for the prompt first. ASCII only. */
    static Act type(PcSpec pc, String line) {
        return new Act(Phase.EIGHT, "somebody types '" + line + "' at the serial console", stage -> {
            stage.pc(pc.name()).type(line);
            return "";
        });
    }

    /** Of the sight that was seen last, from the PC's power-on. */
    static Act keepTime(String name) {
        return new Act(Phase.CHECK, "time taken: " + name, stage -> {
            stage.keepTime(name);
            return seconds(stage.time(name));
        });
    }

    /** Says which was faster; fails nothing, since the neighbours of a busy machine are in both times. */
    static Act compareTimes(String ours, String theirs) {
        return new Act(Phase.CHECK, ours + " against " + theirs, stage -> {
            boolean sooner = stage.time(ours).compareTo(stage.time(theirs)) < 0;
            return seconds(stage.time(ours)) + " against " + seconds(stage.time(theirs))
                    + (sooner ? ": sooner" : ": NOT sooner");
        });
    }

    private static String seconds(Duration time) {
        return String.format(Locale.ROOT, "%.1f s", time.toMillis() / 1000.0);
    }

    /** By content: the PC's disk is an overlay of the system disk. Only for a PC whose own system did not run. */
    static Act sourceUntouched(PcSpec pc, DiskMake make) {
        return new Act(Phase.CHECK, "nothing was written to the captured disk", stage -> {
            Path base = stage.systemDisk(make);
            Shell.run(
                    "qemu-img",
                    "compare",
                    "-f",
                    "qcow2",
                    "-F",
                    "raw",
                    stage.diskFile(pc.name()).toString(),
                    base.toString());
            return "";
        });
    }

    /** Makes room12@1 without a PC's capture, for scenarios of restores: minutes shorter. */
    static Act importSystemDisk() {
        return new Act(Phase.CHECK, "an image is made from the system disk's file", stage -> {
            String disk = stage.systemDisk(DiskMake.GPT).toString();
            return stage.server()
                    .cli("image", "import", disk, "--as", "room12", "--format", "raw")
                    .strip();
        });
    }

    /**
     * A restore writes it last: whoever starts from a half restored disk must find none. Of an empty disk, or one with a table of
     * no rows, it holds as well.
     */
    static Act hasNoTable(PcSpec pc) {
        return new Act(Phase.CHECK, "the half restored disk has no partition table", stage -> {
            Shell.Outcome table = Shell.attempt(
                    List.of("sfdisk", "-d", stage.diskFile(pc.name()).toString()));
            if (table.status() == 0 && table.output().contains("start=")) {
                throw new LabFailure("it has one:\n" + table.output());
            }
            return "";
        });
    }

    /** Leaves a picture and the screen's text in the logs: what a person would see. BIOS only, since the screen is read as text. */
    static Act openMenu(PcSpec pc) {
        return new Act(Phase.MENU, "the hotkey is pressed and the boot menu shows", stage -> {
            MenuFingers fingers = new MenuFingers(stage.pc(pc.name()));
            fingers.openMenu();
            Path png = stage.logs().resolve("menu.png");
            fingers.screenshot(png);
            stage.journal().note("the screen reads:");
            fingers.screen().text().lines().forEach(line -> stage.journal().note("  " + line));
            return "picture: " + png;
        });
    }

    static Act chooseFromMenu(PcSpec pc, String item) {
        return new Act(Phase.MENU, "'" + item + "' is chosen", stage -> {
            new MenuFingers(stage.pc(pc.name())).choose(item);
            return "";
        });
    }

    /**
     * The restored disk against the captured one: everything is the same, but what makes it a computer of its own. The PC is off
     * by then: its disk's file is read.
     */
    static Act diskHoldsTheImage(PcSpec pc, DiskMake make) {
        return new Act(Phase.CHECK, "the restored disk holds what was captured", stage -> {
            Path work = stage.state().folder();
            DiskCheck source = new DiskCheck(stage.systemDisk(make), make, work.resolve("source"));
            DiskCheck target = new DiskCheck(stage.diskFile(pc.name()), make, work.resolve("target"));
            return DiskCheck.compare(source, target);
        });
    }

    /**
     * What opens {@link Luks} partitions. Without --for it goes to every capture, and to each restore of an image with a LUKS partition.
     */
    static Act keyInTheVault() {
        return new Act(Phase.CHECK, "'vault add lab --file KEY'", stage -> {
            Path key = stage.state().folder().resolve("passphrase");
            try {
                Files.writeString(key, Luks.PASSPHRASE + "\n");
            } catch (IOException failure) {
                throw new LabFailure("cannot write " + key + ": " + failure.getMessage(), failure);
            }
            return stage.server()
                    .cli("vault", "add", "lab", "--file", key.toString())
                    .strip();
        });
    }
}
