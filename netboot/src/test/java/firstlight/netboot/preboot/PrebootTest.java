package firstlight.netboot.preboot;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.BootDecisions;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.model.MenuAccess;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.PrebootAnswer;
import firstlight.netboot.files.BootPath;
import firstlight.netboot.files.Finding;
import firstlight.netboot.files.Requester;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class PrebootTest {
    private static final MacAddress MAC = MacAddress.parse("52:54:00:12:34:56");
    private static final Requester CLIENT =
            new Requester(Ipv4Address.parse("192.168.1.77"), Ipv4Address.parse("192.168.1.10"), Requester.Door.TFTP);

    private final List<Facts> asked = Collections.synchronizedList(new ArrayList<>());
    private final Semaphore deciding = new Semaphore(0);
    private final Semaphore decided = new Semaphore(1);
    private final List<MacAddress> pressed = new ArrayList<>();
    private final List<String> registered = new ArrayList<>();
    private boolean updates;
    private List<MenuEntry> entries = List.of(new MenuEntry.Automatic("Automatic"));

    private final Preboot preboot = new Preboot(
            new BootDecisions() {
                @Override
                public FirstAnswer firstAnswer(Facts facts, Instant now) {
                    throw new AssertionError("not asked at the second step");
                }

                @Override
                public PrebootAnswer prebootAnswer(Facts facts, Instant now) {
                    deciding.release();
                    decided.acquireUninterruptibly();
                    decided.release();
                    asked.add(facts);
                    return new PrebootAnswer(3, "TOKEN", new MenuSetting.OnHotkey(5), entries, true, "", List.of());
                }
            },
            new MenuAccess() {
                @Override
                public Admission signIn(
                        long transaction, String user, String password, String entry, String address, Instant now) {
                    assertThat(address).isEqualTo("192.168.1.77");
                    return user.equals("anna") && password.equals("secret & long")
                            ? new Admission.Granted(false)
                            : new Admission.Refused("wrong name or password");
                }

                @Override
                public Admission register(long transaction, Facts facts, Optional<String> typed, Instant now) {
                    String name = typed.orElseThrow();
                    registered.add(name);
                    return name.isEmpty() ? new Admission.Refused("a PC needs a name") : new Admission.Granted(false);
                }
            },
            new ScriptSettings("Firstlight", 0, 8080, 8443, "ff"),
            () -> updates,
            pressed::contains,
            InstantSource.fixed(Instant.EPOCH));

    @Test
    void theFactsOfTheQuestionReachTheDecision() {
        preboot.script(
                Map.of(
                        "mac", "52:54:00:12:34:56",
                        "uuid", "aaaaaaaa-0000-0000-0000-000000000001",
                        "serial", "",
                        "product", "OptiPlex 7040",
                        "platform", "pcbios",
                        "buildarch", "i386",
                        "pci", "01:80:86:10:0e",
                        "moon", "full"),
                CLIENT);

        assertThat(asked)
                .containsExactly(Facts.NONE
                        .with(FactName.MAC, "52:54:00:12:34:56")
                        .with(FactName.UUID, "aaaaaaaa-0000-0000-0000-000000000001")
                        .with(FactName.MODEL, "OptiPlex 7040")
                        .with(FactName.FIRMWARE, "bios")
                        .with(FactName.ARCHITECTURE, "i386")
                        .with(FactName.NIC_PCI_ID, "8086:100e")
                        .with(FactName.ADDRESS, "192.168.1.77"));
    }

    @Test
    void aCardThatLosesBurstsLoadsTheEnvironmentAPacketAtATime() {
        Map<String, String> pcnet = Map.of("mac", "52:54:00:12:34:56", "pci", "01:10:22:20:00");
        assertThat(preboot.script(pcnet, CLIENT))
                .contains(
                        "initrd tftp://192.168.1.10/environment/initramfs.zst ",
                        "kernel tftp://192.168.1.10/environment/")
                .doesNotContain("http://192.168.1.10:8080/environment");
        Map<String, String> e1000 = Map.of("mac", "52:54:00:12:34:56", "pci", "01:80:86:10:0e");
        assertThat(preboot.script(e1000, CLIENT)).doesNotContain("tftp://");
    }

    /** iPXE cannot tell a transfer that broke from a file that is not there, and the driver of the PC's card may be in it. */
    @Test
    void anUpdatesArchiveThatIsThereIsAskedForAgainAndOneThatIsNotIsNotAskedFor() {
        Map<String, String> device = Map.of("mac", "52:54:00:12:34:56");
        assertThat(preboot.script(device, CLIENT)).doesNotContain("updates");
        updates = true;
        assertThat(preboot.script(device, CLIENT))
                .contains(
                        "\ninitrd http://192.168.1.10:8080/environment/updates.cpio.zst || goto load-again\n",
                        " initrd=initramfs.zst initrd=updates.cpio.zst ");
    }

    /** iPXE ends a command at each of these where it stands alone; a command that is not found ends the script. */
    @Test
    void whatSomebodyWroteIsNoCommandOfIpxes() {
        assertThat(Escape.ipxe("Rescue ; Wipe || a && b ;")).isEqualTo("Rescue - Wipe - a - b -");
        assertThat(Escape.ipxe("a;b c; ;d")).isEqualTo("a;b c; ;d");
    }

    @Test
    void aQuestionWithoutAMacIsNoMistakeOfOurs() {
        preboot.script(Map.of("mac", "none", "serial", "x".repeat(5000)), CLIENT);

        assertThat(asked.getFirst().first(FactName.MAC)).isEmpty();
        assertThat(asked.getFirst().first(FactName.SERIAL)).hasValue("x".repeat(200));
    }

    @Test
    void theHotkeyIsAskedForUnlessItWasPressedInTheFirmware() {
        Map<String, String> question = Map.of("mac", MAC.toString());

        assertThat(preboot.script(question, CLIENT)).contains("prompt --key");
        pressed.add(MAC);
        assertThat(preboot.script(question, CLIENT))
                .doesNotContain("prompt --key")
                .contains("goto menu");
    }

    @Test
    void grubAsksForNoKeyEitherOnceItWasPressedInTheFirmware() {
        String name = "grub/grub.cfg-01-52-54-00-12-34-56";

        assertThat(text(name)).contains("echo 'Press Escape or F4 for the menu'");
        pressed.add(MAC);
        assertThat(text(name)).doesNotContain("Press Escape").contains("set timeout=-1\n");
    }

    @Test
    void aLockedEntryIsNotInTheScriptUntilSomebodySignedIn() {
        entries = List.of(
                new MenuEntry.Automatic("Automatic"), new MenuEntry.Locked(new MenuEntry.Maintenance("A shell")));

        assertThat(preboot.script(Map.of("mac", MAC.toString()), CLIENT))
                .contains("item entry1 A shell", ":entry1\necho Sign in for: A shell\nlogin || goto menu\n")
                .contains(
                        "&entry=1&was=fb0ce165&user=${username:uristring}&password=${password:uristring} || goto failed")
                .doesNotContain("firstlight.maintenance");
        assertThat(preboot.menuScript(
                        Map.of("entry", "1", "was", "fb0ce165", "user", "anna", "password", "guess"), CLIENT))
                .contains("echo wrong name or password", "&menu=1")
                .doesNotContain("TOKEN");
        Map<String, String> right =
                Map.of("entry", "1", "was", "fb0ce165", "user", "anna", "password", "secret & long");
        assertThat(preboot.menuScript(right, CLIENT))
                .contains("clear password", "goto maintenance\n:maintenance\n", "firstlight.maintenance=1");
        assertThat(preboot.menuScript(Map.of("entry", "7"), CLIENT)).contains("echo The menu has changed.");
    }

    /** A menu stands on a screen for hours; meanwhile an entry was put before the one that is chosen, or the PC was approved. */
    @Test
    void whatAPersonChoosesIsTheEntryThatTheySaw() {
        entries = List.of(new MenuEntry.Locked(new MenuEntry.Kernel("Inventory", "i/vmlinuz", List.of(), "")));
        String shown = preboot.script(Map.of("mac", MAC.toString()), CLIENT);
        String was = shown.replaceAll("(?s).*&entry=0&was=([0-9a-f]{8})&user=.*", "$1");
        Map<String, String> chosen = Map.of("entry", "0", "was", was, "user", "anna", "password", "secret & long");
        assertThat(preboot.menuScript(chosen, CLIENT)).contains("/i/vmlinuz");

        entries = List.of(
                new MenuEntry.Locked(new MenuEntry.Kernel("Wipe", "wipe/vmlinuz", List.of(), "")), entries.getFirst());
        assertThat(preboot.menuScript(chosen, CLIENT))
                .contains("echo The menu has changed.")
                .doesNotContain("wipe");
        entries = List.of(new MenuEntry.Automatic("Automatic"));
        assertThat(preboot.menuScript(Map.of("entry", "0", "name", "pc3"), CLIENT))
                .contains("echo The menu has changed.")
                .doesNotContain("TOKEN");
    }

    @Test
    void aPersonAtAMediumsPromptGetsATokenWhateverThePcIsToDo() {
        entries = List.of();

        assertThat(preboot.script(Map.of("mac", MAC.toString(), "prompt", "1"), CLIENT))
                .contains("# transaction 3\ngoto maintenance\n")
                .contains("firstlight.token=TOKEN firstlight.pin=sha256:ff firstlight.mac=" + MAC)
                .contains(" panic=60 ")
                .contains("firstlight.maintenance=1");
    }

    @Test
    void aPcIsRegisteredUnderTheNameThatIsTypedAtIt() {
        entries = List.of(new MenuEntry.Register("Register"), new MenuEntry.LocalDisk("Local disk"));

        assertThat(preboot.script(Map.of("mac", MAC.toString()), CLIENT))
                .contains(
                        "item entry0 Register",
                        "read name || goto menu",
                        "&entry=0&was=a68f2242&name=${name:uristring}");
        assertThat(preboot.menuScript(Map.of("entry", "0", "was", "a68f2242", "name", " room12-pc3 "), CLIENT))
                .contains("echo This PC is registered as room12-pc3.")
                .contains("chain --replace --autofree http://192.168.1.10:8080/preboot?mac=${netX/mac}");
        assertThat(registered).containsExactly("room12-pc3");
        assertThat(preboot.menuScript(Map.of("entry", "0", "was", "a68f2242"), CLIENT))
                .contains("echo a PC needs a name");
    }

    @Test
    void whoComesBackFromAnEntrySeesTheMenuAgain() {
        assertThat(preboot.script(Map.of("mac", MAC.toString(), "menu", "1"), CLIENT))
                .doesNotContain("prompt --key");
    }

    /** It asks again when its menu is left the automatic way: what it is to do may have come meanwhile. */
    @Test
    void whoLeavesTheMenuTheAutomaticWayDoesWhatThereIsToDoNow() {
        String script = preboot.script(Map.of("mac", MAC.toString(), "menu", "over"), CLIENT);
        assertThat(script).contains("goto automatic\n:automatic\n", "firstlight.token=TOKEN");
        assertThat(script).doesNotContain("prompt --key", "choose ");
    }

    @Test
    void scriptsLieWhereTheirLoadersLook() {
        assertThat(text("boot.ipxe")).contains("http://192.168.1.10:8080/preboot?mac=");
        assertThat(text("ipxe/x64/autoexec.ipxe")).isEqualTo(text("boot.ipxe")).isEqualTo(text("autoexec.ipxe"));
        assertThat(text("grub/grub.cfg")).contains("(tftp,192.168.1.10)/grub/grub.cfg-01-");
        assertThat(text("grub/grub.cfg-01-52-54-00-12-34-56")).contains("firstlight.token=TOKEN");
        assertThat(text("pxelinux/pxelinux.cfg/01-52-54-00-12-34-56")).contains("firstlight.mac=52:54:00:12:34:56");
        assertThat(asked)
                .containsExactly(
                        Facts.NONE.with(FactName.MAC, MAC.toString()).with(FactName.FIRMWARE, "uefi"),
                        Facts.NONE.with(FactName.MAC, MAC.toString()).with(FactName.FIRMWARE, "bios"));
    }

    @Test
    void grubStaysAtTheDoorByWhichItCame() {
        Requester http = new Requester(CLIENT.client(), CLIENT.server(), Requester.Door.HTTP);

        assertThat(text("grub/grub.cfg", http)).contains("configfile (http,192.168.1.10:8080)/grub/grub.cfg-01-");
        assertThat(text("grub/grub.cfg-01-52-54-00-12-34-56", http)).contains("set root=(http,192.168.1.10:8080)\n");
        assertThat(text("grub/grub.cfg-01-52-54-00-12-34-56")).contains("set root=(tftp,192.168.1.10)\n");
    }

    /** Each opens a transaction: a flood of them stands in the way of the PCs that load their boot files. */
    @Test
    void ofOneAddressSoManyConfigurationFilesAreMadeAtATime() throws Exception {
        BootPath name = BootPath.parse("grub/grub.cfg-01-52-54-00-12-34-56").orElseThrow();
        decided.acquire();
        try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
            try {
                for (int i = 0; i < 250; i++) {
                    many.execute(() -> preboot.find(name, CLIENT));
                }
                deciding.acquire(250);
                assertThat(many.submit(() -> preboot.find(name, CLIENT)).get(30, TimeUnit.SECONDS))
                        .contains(new Finding.Busy());
                assertThat(preboot.find(BootPath.parse("grub/grub.cfg").orElseThrow(), CLIENT))
                        .as("asks for nothing")
                        .isPresent();
            } finally {
                decided.release();
            }
        }
        assertThat(text(name.toString())).contains("firstlight.token=TOKEN");
    }

    @Test
    void otherNamesAreSomebodyElses() {
        assertThat(preboot.find(BootPath.parse("pxelinux/pxelinux.cfg/default").orElseThrow(), CLIENT))
                .isEmpty();
        assertThat(preboot.find(BootPath.parse("environment/vmlinuz").orElseThrow(), CLIENT))
                .isEmpty();
    }

    private String text(String name) {
        return text(name, CLIENT);
    }

    private String text(String name, Requester requester) {
        Optional<Finding> found = preboot.find(BootPath.parse(name).orElseThrow(), requester);
        return new String(((Finding.Generated) found.orElseThrow()).content().toArray(), StandardCharsets.UTF_8);
    }
}
