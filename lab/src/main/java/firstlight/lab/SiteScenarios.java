package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.PowerOff;
import firstlight.lab.Step.PowerOn;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Several servers with an image store each. */
final class SiteScenarios {
    /** Of what a server says at its start: its certificate's fingerprint, by which a peer knows it. */
    private static final Pattern PIN = Pattern.compile("pin ([0-9a-f]{64})");

    private static final Pattern COMES = Pattern.compile("image: (room12@1 comes from main.*)");

    /** The line between the sites is slow enough for the PC to be there before its image. */
    private static final int MEGABITS = 4;

    private SiteScenarios() {}

    static List<Scenario> all() {
        return List.of(oneImage().onlyByName());
    }

    /** Main runs beside the DHCP server and answers no PC. */
    private static Scenario oneImage() {
        PcSpec pc = PcSpec.of("blank", 2, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startForeignDhcp());
        steps.add(new Act(Phase.CHECK, "server main has room12; server B has none, and names main", stage -> {
            StormServer main = StormServer.begin(
                    stage,
                    stage.lan().dhcpSide(),
                    "main",
                    "new-devices: ignore\napi: {listen: " + Lan.SEPARATE_DHCP + "}\n");
            main.awaitReady();
            String imported = onMain(
                    stage,
                    "image",
                    "import",
                    stage.systemDisk(DiskMake.GPT).toString(),
                    "--as",
                    "room12",
                    "--format",
                    "raw");
            onMain(stage, "user", "add", "site-b", "--role", "peer");
            String token =
                    onMain(stage, "token", "add", "b", "--user", "site-b").strip();
            stage.startFirstlight(Actions.CONFIGURATION + "menu: {shown: never}\n" + peer(stage, main, token));
            return imported.strip();
        }));
        steps.add(Actions.assign(pc, "restore", "room12"));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.addAll(Scenarios.phasesOneToSeven(pc, SEPARATE));
        steps.add(Scenarios.engineAsks());
        steps.add(Actions.workEnds(900));
        steps.add(new PowerOff(pc));
        steps.add(new Act(Phase.CHECK, "the transaction told where the image came from", SiteScenarios::told));
        steps.add(Actions.diskHoldsTheImage(pc, DiskMake.GPT));
        steps.add(new Act(Phase.CHECK, "a bit of B's store is flipped", SiteScenarios::flip));
        steps.add(Actions.prints(
                "'image verify room12' heals it from main",
                true,
                "1 damaged chunks, all healed from main",
                "image",
                "verify",
                "room12"));
        return new Scenario(
                "two-servers-one-image",
                "a PC of server B restores an image that only server main has; B pulls it, and heals its copy from there",
                SEPARATE,
                steps);
    }

    private static String onMain(Stage stage, String... words) {
        List<String> command = new ArrayList<>(stage.home().firstlight());
        command.addAll(List.of(words));
        command.addAll(List.of("--data", stage.state().folder().resolve("main").toString()));
        return Shell.run(Shell.inside(stage.lan().dhcpSide(), command));
    }

    private static String peer(Stage stage, StormServer main, String token) {
        Matcher pin = PIN.matcher(main.said());
        if (!pin.find()) {
            throw new LabFailure("the start of " + main.name() + " tells no pin");
        }
        Path file = stage.state().folder().resolve("main.token");
        try {
            Files.writeString(file, token);
        } catch (IOException failure) {
            throw new LabFailure("cannot write " + file + ": " + failure.getMessage(), failure);
        }
        return "images:\n  peers:\n    - {name: main, url: \"https://" + Lan.SEPARATE_DHCP + ":8444\", pin: "
                + pin.group(1) + ", token-file: " + file + ", mbit: " + MEGABITS + "}\n";
    }

    /** That it came during the restore is the point: an image that is there already proves nothing. */
    private static String told(Stage stage) {
        Matcher line = COMES.matcher(stage.server().log());
        String last = "";
        int lines = 0;
        while (line.find()) {
            last = line.group(1);
            lines++;
        }
        if (lines == 0) {
            throw new LabFailure("the PC did not wait: its image was there before it asked");
        }
        return lines + " events; the last: " + last;
    }

    private static String flip(Stage stage) {
        Path pack = stage.server().data().resolve("images/packs/00000001.pack");
        try (RandomAccessFile file = new RandomAccessFile(pack.toFile(), "rw")) {
            // In the midst of some frame: headers are 36 octets of many thousand.
            long place = file.length() / 2;
            file.seek(place);
            int octet = file.read();
            file.seek(place);
            file.write(octet ^ 1);
            return "octet " + place + " of " + pack.getFileName();
        } catch (IOException failure) {
            throw new LabFailure("cannot change " + pack + ": " + failure.getMessage(), failure);
        }
    }
}
