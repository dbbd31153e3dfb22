package firstlight.netboot.preboot;

import firstlight.model.BootDecisions;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.model.MenuAccess;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.PrebootAnswer;
import firstlight.netboot.files.BootPath;
import firstlight.netboot.files.Finding;
import firstlight.netboot.files.GeneratedEntries;
import firstlight.netboot.files.Requester;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The transaction server's answers: entries of the boot-file namespace that are made per device, and {@code /preboot}. */
public final class Preboot implements GeneratedEntries {
    /** 01 is Ethernet's hardware type (RFC 1700), before the MAC address: pxelinux's and GRUB's way to name a client's file. */
    private static final Pattern PER_DEVICE =
            Pattern.compile("(pxelinux/pxelinux\\.cfg/|grub/grub\\.cfg-)01-(\\p{XDigit}{2}(?:-\\p{XDigit}{2}){5})");

    /**
     * A site's PCs that start at once ask within seconds of each other; what is beyond asks again, iPXE's first script after 2 s, GRUB's
     * after 4.
     */
    private final QuestionLimit questions = new QuestionLimit(1000, 250);

    /** Of the parameter {@code menu}: it was shown, and the automatic way taken. */
    static final String OVER = "over";

    private final BootDecisions decisions;
    private final MenuAccess access;
    private final ScriptSettings site;
    private final BooleanSupplier updates;
    private final Predicate<MacAddress> hotkeyPressed;
    private final InstantSource clock;

    /**
     * @param updates whether there is an updates archive now
     * @param hotkeyPressed whether somebody chose us in this device's firmware menu during this boot
     */
    public Preboot(
            BootDecisions decisions,
            MenuAccess access,
            ScriptSettings site,
            BooleanSupplier updates,
            Predicate<MacAddress> hotkeyPressed,
            InstantSource clock) {
        this.decisions = decisions;
        this.access = access;
        this.site = site;
        this.updates = updates;
        this.hotkeyPressed = hotkeyPressed;
        this.clock = clock;
    }

    /** Those that lead to a decision: all of {@link #script} and {@link #menuScript}. */
    QuestionLimit questions() {
        return questions;
    }

    /**
     * The iPXE script for a client that sent these parameters to {@code /preboot}. Opens a transaction, or goes on with the
     * device's one: {@link BootDecisions#prebootAnswer}.
     */
    public String script(Map<String, String> parameters, Requester requester) {
        Facts facts = facts(parameters, requester);
        PrebootAnswer answer = decisions.prebootAnswer(facts, clock.instant());
        String mac = facts.first(FactName.MAC).orElse("");
        Visit visit = visit(answer, mac, here(requester).forDevice(facts));
        if (parameters.containsKey("prompt")) {
            // A person at the prompt of an environment from a medium: a token that opens nothing until they sign in.
            return IpxeScript.entry(visit, new MenuEntry.Maintenance("img"));
        }
        if (OVER.equals(parameters.get("menu"))) {
            return IpxeScript.answer(
                    visit(
                            answer.with(new MenuSetting.Never()),
                            mac,
                            here(requester).forDevice(facts)),
                    false);
        }
        boolean pressed = parameters.containsKey("menu") // it comes back from an entry of the menu
                || (!mac.isEmpty() && hotkeyPressed.test(MacAddress.parse(mac)));
        return IpxeScript.answer(visit, pressed);
    }

    /** What a client says of itself, and whence it says it. */
    private static Facts facts(Map<String, String> parameters, Requester requester) {
        Facts facts = PrebootFacts.of(parameters);
        return requester.client().isAny()
                ? facts
                : facts.with(FactName.ADDRESS, requester.client().toString());
    }

    /** The iPXE script for a person who typed something at an entry: {@code /preboot/menu}. */
    public String menuScript(Map<String, String> parameters, Requester requester) {
        Facts facts = facts(parameters, requester);
        Instant now = clock.instant();
        PrebootAnswer answer = decisions.prebootAnswer(facts, now);
        String number = parameters.getOrDefault("entry", "");
        int index = number.matches("[0-9]{1,4}") ? Integer.parseInt(number) : -1;
        if (index < 0
                || index >= answer.entries().size()
                // The entry by its number alone could be another than the person saw, where the menu has changed since.
                || !MenuScript.mark(answer.entries().get(index)).equals(parameters.get("was"))) {
            return MenuScript.refused("The menu has changed.", here(requester));
        }
        MenuEntry entry = answer.entries().get(index);
        if (entry instanceof MenuEntry.Locked) {
            String user = parameters.getOrDefault("user", "");
            String password = parameters.getOrDefault("password", "");
            if (access.signIn(
                            answer.transaction(),
                            user,
                            password,
                            entry.title(),
                            requester.client().toString(),
                            now)
                    instanceof MenuAccess.Admission.Refused(String why)) {
                return MenuScript.refused(why, here(requester));
            }
        }
        if (entry.unlocked() instanceof MenuEntry.Register) {
            String name = parameters.getOrDefault("name", "").strip();
            return switch (access.register(answer.transaction(), facts, Optional.of(name), now)) {
                case MenuAccess.Admission.Granted _ -> MenuScript.registered(name, here(requester));
                case MenuAccess.Admission.Refused(String why) -> MenuScript.refused(why, here(requester));
            };
        }
        String mac = facts.first(FactName.MAC).orElse("");
        return IpxeScript.entry(visit(answer, mac, here(requester).forDevice(facts)), entry.unlocked());
    }

    @Override
    public Optional<Finding> find(BootPath path, Requester requester) {
        // iPXE for UEFI looks for autoexec.ipxe beside itself, then in the root.
        if (path.fileName().equals("autoexec.ipxe") || path.toString().equals("boot.ipxe")) {
            return Optional.of(Finding.Generated.text(IpxeScript.first(here(requester))));
        }
        if (path.toString().equals("grub/grub.cfg")) {
            return Optional.of(Finding.Generated.text(GrubConfig.dispatch(here(requester), requester.door())));
        }
        Matcher perDevice = PER_DEVICE.matcher(path.toString());
        return perDevice.matches()
                ? PrebootFacts.mac(perDevice.group(2))
                        .map(mac -> questions
                                .answer(requester.client(), () -> config(perDevice.group(1), mac, requester))
                                .orElseGet(Finding.Busy::new))
                : Optional.empty();
    }

    /** These loaders tell nothing of the device but its MAC, in the name of the file. */
    private Finding config(String kind, MacAddress mac, Requester requester) {
        boolean grub = kind.startsWith("grub");
        Facts facts = Facts.NONE.with(FactName.MAC, mac.toString()).with(FactName.FIRMWARE, grub ? "uefi" : "bios");
        PrebootAnswer answer = decisions.prebootAnswer(facts, clock.instant());
        // Who chose us in the firmware's menu need not press a key again.
        if (answer.menu() instanceof MenuSetting.OnHotkey && hotkeyPressed.test(mac)) {
            answer = answer.with(new MenuSetting.Always());
        }
        Visit visit = visit(answer, mac.toString(), here(requester));
        return Finding.Generated.text(grub ? GrubConfig.render(visit, requester.door()) : SyslinuxConfig.render(visit));
    }

    private Visit visit(PrebootAnswer answer, String mac, ScriptSettings.At here) {
        return new Visit(answer, mac, updates.getAsBoolean(), here);
    }

    private ScriptSettings.At here(Requester requester) {
        return site.at(requester.server().toString());
    }
}
