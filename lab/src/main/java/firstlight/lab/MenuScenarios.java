package firstlight.lab;

import static firstlight.lab.Lan.Topology.SEPARATE;

import firstlight.lab.PcSpec.Firmware;
import firstlight.lab.Step.Act;
import firstlight.lab.Step.DiskKind;
import firstlight.lab.Step.Expect;
import firstlight.lab.Step.PowerOn;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A person at the boot menu who types: a name for the PC, a sign-in. */
final class MenuScenarios {
    private static final String NAME = "room12-pc09";
    private static final String PASSWORD = "a long way Home";
    private static final String TOOLS_OPEN = "The tools are open";
    /** Lines of YAML. A time of 0: the menu waits for the person. */
    private static final String ENTRIES = """
            new-devices: approve
            menu:
              shown: always
              timeout-seconds: 0
              entries:
                - {title: Local disk, local-disk: true}
                - {title: Register this PC, register: true}
                - {title: Tools, script: tools.ipxe, locked: true}
            """;

    private MenuScenarios() {}

    static List<Scenario> all() {
        return List.of(registerAndSignIn().onlyByName());
    }

    /** One boot from the first to the last step: the preboot client must come back to its menu after every answer. */
    private static Scenario registerAndSignIn() {
        PcSpec pc = PcSpec.of("pc1", 1, Firmware.BIOS);
        List<Step> steps = new ArrayList<>();
        steps.add(Actions.startServers(ENTRIES));
        steps.add(new Act(Phase.CHECK, "there is a user 'anna', and a script behind the locked entry", stage -> {
            Path data = stage.server().data();
            Path password = write(stage.state().folder().resolve("password"), PASSWORD + "\n");
            write(data.resolve("boot/tools.ipxe"), "#!ipxe\necho " + TOOLS_OPEN + "\nprompt\n");
            stage.server().cli("user", "add", "anna", "--role=administrator", "--password-file=" + password);
            return "";
        }));
        steps.add(new PowerOn(pc, Optional.of(DiskKind.BLANK)));
        steps.add(new Expect(Phase.THREE, "its facts are told", Sight.requestFor("/preboot\\?.*mac="), 120));
        steps.add(atTheMenu(pc, "a stranger sees its local disk and the register entry", "stranger", fingers -> {
            fingers.waitFor("Register this PC");
            mustNotShow(fingers, "Tools");
        }));
        steps.add(atTheMenu(pc, "a name that is none is refused, and why is on the screen", "bad-name", fingers -> {
            fingers.choose("Register this PC");
            fingers.waitFor("Name of this PC");
            fingers.type("room 12");
            fingers.waitFor("is no computer name");
        }));
        steps.add(atTheMenu(pc, "the PC is registered as " + NAME, "registered", fingers -> {
            fingers.press("spc", 1);
            fingers.choose("Register this PC");
            fingers.waitFor("room 12"); // to be edited
            fingers.press("backspace", "room 12".length());
            fingers.type(NAME);
            fingers.waitFor("registered as " + NAME);
        }));
        steps.add(Actions.prints("the server knows it by that name", true, NAME, "device", "list"));
        steps.add(atTheMenu(pc, "the menu is the one of a registered PC now", "menu", fingers -> {
            fingers.waitFor("Tools");
            mustNotShow(fingers, "Register");
        }));
        steps.add(atTheMenu(pc, "a wrong password opens nothing", "refused", fingers -> {
            signIn(fingers, "a long way off");
            fingers.waitFor("wrong");
        }));
        steps.add(atTheMenu(pc, "the sign-in asks again, and remembers the user", "sign-in", fingers -> {
            fingers.press("spc", 1);
            fingers.choose("Tools");
            fingers.waitFor("anna");
        }));
        steps.add(atTheMenu(pc, "the right one opens the entry", "tools", fingers -> {
            fingers.press("ret", 1);
            fingers.type(PASSWORD);
            fingers.waitFor(TOOLS_OPEN);
        }));
        steps.add(Actions.prints("the sign-in is in the audit", true, "menu.sign-in", "audit"));
        steps.add(new Act(Phase.CHECK, "the password is in no log of the server's", stage -> {
            // As the preboot client's URL has it, and as it was typed.
            if (stage.server().log().contains("way%20Home")
                    || stage.server().log().contains(PASSWORD)) {
                throw new LabFailure("it is");
            }
            return "";
        }));
        return new Scenario(
                "bios-menu-sign-in",
                "a person registers a PC at its boot menu, and signs in there for a locked entry",
                SEPARATE,
                steps);
    }

    /** The user's name is asked for first, and kept for the next time. */
    private static void signIn(MenuFingers fingers, String password) {
        fingers.choose("Tools");
        fingers.waitFor("Password");
        fingers.type("anna");
        fingers.type(password);
    }

    private static void mustNotShow(MenuFingers fingers, String words) {
        if (fingers.screen().shows(words)) {
            throw new LabFailure(
                    "the menu shows '" + words + "':\n" + fingers.screen().text());
        }
    }

    /** What a person does at the PC; a picture {@code name}.png is taken of what it shows then. */
    private static Act atTheMenu(PcSpec pc, String what, String name, Consumer<MenuFingers> fingers) {
        return new Act(Phase.MENU, what, stage -> {
            MenuFingers person = new MenuFingers(stage.pc(pc.name()));
            fingers.accept(person);
            Path picture = stage.logs().resolve(name + ".png");
            person.screenshot(picture);
            return "picture: " + picture;
        });
    }

    static Path write(Path file, String text) {
        try {
            Files.createDirectories(file.getParent());
            return Files.writeString(file, text);
        } catch (IOException failure) {
            throw new LabFailure("cannot write " + file + ": " + failure.getMessage(), failure);
        }
    }
}
