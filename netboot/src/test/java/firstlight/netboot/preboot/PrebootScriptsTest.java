package firstlight.netboot.preboot;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.PrebootAnswer;
import firstlight.netboot.files.Requester.Door;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;

/** Whole files, kept in src/test/resources/golden/preboot; {@code -Dgolden=rewrite} writes them anew and fails all the same. */
class PrebootScriptsTest {
    private static final Path GOLDEN = Path.of("src/test/resources/golden/preboot");
    private static final String MAC = "52:54:00:12:34:56";
    private static final MenuSetting NEVER = new MenuSetting.Never();
    private static final MenuSetting HOTKEY = new MenuSetting.OnHotkey(4);
    private static final MenuSetting ALWAYS = new MenuSetting.Always();
    private static final List<MenuEntry> ENTRIES = List.of(
            new MenuEntry.Automatic("Automatic"),
            new MenuEntry.Maintenance("Maintenance"),
            new MenuEntry.LocalDisk("Local disk"),
            new MenuEntry.Kernel("Memory test", "tools/memtest86+x64.bin", List.of(), ""),
            new MenuEntry.Kernel("Rescue #2", "rescue/vmlinuz", List.of("rescue/a.img", "rescue/b.img"), "ro quiet"),
            new MenuEntry.EfiProgram("UEFI shell", "tools/shell x64.efi"),
            new MenuEntry.Script("Other site", "http://10.0.0.9/menu.ipxe"));
    private static final ScriptSettings.At HERE =
            new ScriptSettings("Firstlight", 60, 8080, 8443, "ab".repeat(32)).at("192.168.1.10");

    record Case(String name, MenuSetting menu, boolean imaging, boolean pressed) {}

    static final List<Case> CASES = List.of(
            new Case("nothing", NEVER, false, false),
            new Case("work", NEVER, true, false),
            new Case("hotkey-work", HOTKEY, true, false),
            new Case("hotkey-pressed", HOTKEY, false, true),
            new Case("menu", ALWAYS, false, false));

    /** There is an updates archive where there is work. */
    private static Visit visit(Case one) {
        List<String> reasons = List.of("because ${of} that\nnewline", "größer");
        return new Visit(
                new PrebootAnswer(17, "TOKEN", one.menu, ENTRIES, one.imaging, "quiet", reasons),
                MAC,
                one.imaging,
                HERE);
    }

    private static Visit visit(PrebootAnswer answer) {
        return new Visit(answer, MAC, false, HERE);
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void ipxeGetsItsScript(Case one) throws IOException {
        assertGolden("ipxe-" + one.name + ".ipxe", IpxeScript.answer(visit(one), one.pressed));
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void pxelinuxGetsItsConfiguration(Case one) throws IOException {
        assertGolden("pxelinux-" + one.name + ".cfg", SyslinuxConfig.render(visit(one)));
    }

    @ParameterizedTest
    @FieldSource("CASES")
    void grubGetsItsConfiguration(Case one) throws IOException {
        assertGolden("grub-" + one.name + ".cfg", GrubConfig.render(visit(one), Door.TFTP));
    }

    @Test
    void theFirstScriptSendsTheFacts() throws IOException {
        assertGolden("boot.ipxe", IpxeScript.first(HERE));
    }

    @Test
    void grubIsSentOnToTheDevicesOwnFile() throws IOException {
        assertGolden("grub.cfg", GrubConfig.dispatch(HERE, Door.TFTP));
    }

    @Test
    void noTextFromOutsideBreaksOutOfALine() {
        PrebootAnswer hostile = new PrebootAnswer(
                1,
                "T",
                ALWAYS,
                List.of(new MenuEntry.Automatic("x\nshell ${a} && reboot || poweroff # '; }")),
                false,
                "",
                List.of("a\nshell", "b\rshell"));

        assertThat(IpxeScript.answer(visit(hostile), false).lines())
                .contains("item automatic x?shell $(a} - reboot - poweroff -# '; }", "# a?shell", "# b?shell")
                .doesNotContain("shell");
        assertThat(GrubConfig.render(visit(hostile), Door.TFTP).lines())
                .contains("menuentry 'x?shell ${a} && reboot || poweroff # '\\''; }' --id automatic {")
                .doesNotContain("shell");
        assertThat(SyslinuxConfig.render(visit(hostile)).lines()).doesNotContain("shell");
    }

    /** iPXE joins a line that ends in a backslash with the next. */
    @Test
    void aTitleOrReasonThatEndsInABackslashSwallowsNothing() {
        PrebootAnswer windows = new PrebootAnswer(
                1,
                "T",
                ALWAYS,
                List.of(new MenuEntry.Automatic("Automatic"), new MenuEntry.LocalDisk("Windows C:\\")),
                false,
                "",
                List.of("its model is 'C:\\\\"));

        assertThat(IpxeScript.answer(visit(windows), false).lines())
                .contains("item local Windows C:/", "# its model is 'C:/")
                .noneMatch(line -> line.endsWith("\\"));
    }

    /** A room that is switched on in the morning must do what it would without a menu. */
    @Test
    void aMenuWhoseTimeIsOverGoesTheAutomaticWayWhicheverEntryIsTheFirst() {
        PrebootAnswer pending = new PrebootAnswer(
                1,
                "T",
                ALWAYS,
                List.of(new MenuEntry.Register("Register this PC"), new MenuEntry.LocalDisk("Local disk")),
                false,
                "",
                List.of());

        assertThat(IpxeScript.answer(visit(pending), false))
                .contains("item automatic Automatic\nitem entry0 Register this PC\nitem local Local disk\n")
                .contains("\nchoose --default automatic --timeout 60000 chosen && ");
    }

    /** Nobody looked at the menu: nothing is asked twice at each start of a PC. */
    @Test
    void aPromptWhoseTimeIsOverGoesToTheLocalDiskAtOnce() {
        PrebootAnswer nothing = new PrebootAnswer(1, "T", HOTKEY, ENTRIES, false, "", List.of());

        assertThat(IpxeScript.answer(visit(nothing), false)).contains(" && goto menu || goto local\n");
        assertThat(IpxeScript.answer(visit(nothing.with(NEVER)), false)).contains(":automatic\ngoto local\n");
    }

    /** Neither loader fetches from elsewhere, and neither gets a name through whose octets are not ASCII. */
    @Test
    void anEntryThatALoaderCannotFetchIsNotInItsMenu() {
        List<MenuEntry> entries = List.of(
                new MenuEntry.Kernel("Elsewhere", "http://10.0.0.9/vmlinuz", List.of(), ""),
                new MenuEntry.Kernel("Half here", "rescue/vmlinuz", List.of("http://10.0.0.9/initrd.img"), ""),
                new MenuEntry.Kernel("Hilfe", "größer/vmlinuz", List.of(), ""),
                new MenuEntry.Kernel("A blank", "my tools/vmlinuz", List.of(), ""),
                new MenuEntry.EfiProgram("Shell", "http://10.0.0.9/shell.efi"),
                new MenuEntry.Kernel("Here", "rescue/vmlinuz", List.of("rescue/initrd.img"), ""));
        PrebootAnswer answer = new PrebootAnswer(1, "T", ALWAYS, entries, false, "", List.of());

        assertThat(GrubConfig.render(visit(answer), Door.TFTP))
                .contains("menuentry 'Here'", "menuentry 'A blank'")
                .doesNotContain("Elsewhere", "Half here", "Hilfe", "Shell", "10.0.0.9");
        assertThat(SyslinuxConfig.render(visit(answer)))
                .contains("MENU LABEL Here")
                .doesNotContain("Elsewhere", "Half here", "Hilfe", "A blank", "10.0.0.9");
        assertThat(IpxeScript.answer(visit(answer), false))
                .contains("kernel http://10.0.0.9/vmlinuz ", "initrd http://10.0.0.9/initrd.img ");
    }

    private static void assertGolden(String name, String actual) throws IOException {
        Path file = GOLDEN.resolve(name);
        if ("rewrite".equals(System.getProperty("golden"))) {
            Files.writeString(file, actual);
            fail("wrote " + file + "; look at it and run again");
        }
        assertThat(actual).isEqualTo(Files.readString(file));
    }
}
