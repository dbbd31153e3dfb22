package firstlight.netboot.preboot;

import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.PrebootAnswer;
import firstlight.netboot.preboot.Visit.Purpose;
import java.util.List;
import java.util.stream.Collectors;

/** Scripts for iPXE. Written for the 2019 builds in NIC ROMs as well: no {@code params}, no {@code imgextract}. */
final class IpxeScript {
    /** F8, as iPXE numbers keys that come as an escape sequence ({@code ipxe/keys.h}). */
    private static final String F8 = "0x147e";

    private static final String FAILED = """
            :failed
            echo That did not work. Going on to the local disk in 10 seconds.
            sleep 10
            """;

    private IpxeScript() {}

    /**
     * The small first script: asks the transaction server with the facts that every build can see. An unset setting expands to
     * nothing, which the server takes as unknown.
     *
     * <p>It speaks for {@code netX}, the card that was opened last: that is the one that booted, where iPXE in a ROM has opened it. Where
     * none is open yet (our own build, which is handed the firmware's lease), the card with the lease is. An {@code ifopen} without a
     * name opens all, and the last one stands for the PC.
     */
    static String first(ScriptSettings.At here) {
        return """
                #!ipxe
                # Firstlight: facts to the transaction server, its answer in the place of this script
                set tries:int32 0
                isset ${netX/ip} && goto ask ||
                set card:int32 0
                :card
                isset ${net${card}/ip} && ifopen net${card} && goto ask ||
                inc card
                iseq ${card} 8 || goto card
                dhcp || goto local
                :ask
                chain --replace --autofree %s?%s ||
                inc tries
                iseq ${tries} 5 && goto local ||
                echo Firstlight did not answer; asking again
                sleep 2
                goto ask
                %s""".formatted(here.url("preboot"), MenuScript.FACTS, local());
    }

    /**
     * Menu and work in one answer.
     *
     * @param pressed the hotkey was pressed in the firmware's own prompt already
     */
    static String answer(Visit visit, boolean pressed) {
        PrebootAnswer answer = visit.answer();
        ScriptSettings.At here = visit.here();
        StringBuilder script = new StringBuilder("#!ipxe\n");
        script.append(Escape.comments(answer, Escape::ipxe));
        boolean menu = !(answer.menu() instanceof MenuSetting.Never);
        switch (answer.menu()) {
            case MenuSetting.Never _ -> script.append("goto automatic\n");
            case MenuSetting.Always _ -> script.append("goto menu\n");
            case MenuSetting.OnHotkey(int seconds) ->
                script.append(
                        pressed
                                ? "goto menu\n"
                                : "prompt --key %s --timeout %d Press F8 for %s (%d s) && goto menu || goto %s\n"
                                        .formatted(
                                                F8,
                                                seconds * 1000,
                                                Escape.ipxe(here.site().title()),
                                                seconds,
                                                answer.imaging() ? "automatic" : "local"));
        }
        if (menu) {
            menu(script, answer.entries(), here.site());
        }
        script.append(":automatic\n");
        if (answer.imaging()) {
            environment(script, visit, Purpose.WORK);
        } else {
            if (menu) {
                // It may stand for hours, and somebody gives the PC work meanwhile.
                script.append("chain --replace --autofree %s?%s&menu=%s ||\n"
                        .formatted(here.url("preboot"), MenuScript.FACTS, Preboot.OVER));
            }
            script.append("goto local\n");
        }
        if (menu && answer.entries().stream().anyMatch(MenuEntry.Maintenance.class::isInstance)) {
            script.append(":maintenance\n");
            environment(script, visit, Purpose.MAINTENANCE);
        }
        if (menu) {
            own(script, answer.entries(), here);
        }
        return script.append(FAILED).append(local()).toString();
    }

    /** One entry at once, for somebody who signed in for it. */
    static String entry(Visit visit, MenuEntry entry) {
        PrebootAnswer answer = visit.answer();
        List<MenuEntry> one = List.of(entry);
        StringBuilder script = new StringBuilder("#!ipxe\nclear password\n");
        script.append("# transaction ").append(answer.transaction()).append('\n');
        script.append("goto ").append(label(entry, 0)).append('\n');
        if (entry instanceof MenuEntry.Maintenance) {
            script.append(":maintenance\n");
            environment(script, visit, Purpose.MAINTENANCE);
        }
        if (entry instanceof MenuEntry.Automatic) {
            script.append(":automatic\n");
            if (answer.imaging()) {
                environment(script, visit, Purpose.WORK);
            } else {
                script.append("goto local\n");
            }
        }
        own(script, one, visit.here());
        return script.append(FAILED).append(local()).toString();
    }

    private static void menu(StringBuilder script, List<MenuEntry> entries, ScriptSettings site) {
        script.append(":menu\nmenu -- ").append(Escape.ipxe(site.title())).append('\n');
        if (entries.stream().noneMatch(MenuEntry.Automatic.class::isInstance)) {
            script.append("item automatic Automatic\n"); // where the menu goes when its time is over
        }
        for (int i = 0; i < entries.size(); i++) {
            MenuEntry entry = entries.get(i);
            script.append("item %s %s\n".formatted(label(entry, i), Escape.ipxe(entry.title())));
        }
        String timeout = site.menuSeconds() == 0 ? "" : "--timeout %d ".formatted(site.menuSeconds() * 1000);
        // Escape at the menu is the automatic way as well.
        script.append("choose --default automatic ")
                .append(timeout)
                .append("chosen && goto ${chosen} || goto automatic\n");
    }

    private static String label(MenuEntry entry, int index) {
        return switch (entry) {
            case MenuEntry.Automatic _ -> "automatic";
            case MenuEntry.Maintenance _ -> "maintenance";
            case MenuEntry.LocalDisk _ -> "local";
            case MenuEntry.Kernel _,
                    MenuEntry.EfiProgram _,
                    MenuEntry.Script _,
                    MenuEntry.Register _,
                    MenuEntry.Locked _ -> "entry" + index;
        };
    }

    private static void environment(StringBuilder script, Visit visit, Purpose purpose) {
        ScriptSettings.At here = visit.here();
        String arguments =
                visit.kernelArguments(purpose, Escape.ipxe(visit.answer().kernelArguments()));
        String load = switch (purpose) {
            case WORK -> "load";
            case MAINTENANCE -> "load-maintenance";
        };
        List<String> initrds = visit.initrds();
        // A server that is restarted just now (an update) breaks a transfer, and is back within seconds.
        script.append("set loads:int32 0\n:%s\nimgfree\n".formatted(load));
        initrds.forEach(name -> script.append("initrd %s || goto %s-again\n".formatted(here.largeFile(name), load)));
        script.append("""
                kernel %2$s%3$s %4$s || goto %1$s-again
                boot || goto failed
                :%1$s-again
                inc loads
                iseq ${loads} 5 && goto failed ||
                echo Firstlight did not send all of it; asking again
                sleep 4
                goto %1$s
                """.formatted(load, here.largeFile(BootNames.KERNEL), named(initrds), arguments));
    }

    private static String named(List<String> initrds) {
        return initrds.stream().map(name -> " initrd=" + lastName(name)).collect(Collectors.joining());
    }

    /**
     * What iPXE calls a file. A UEFI kernel opens its initrds by these names: the iPXE of 2019 in UEFI cards' ROMs has no
     * {@code initrd.magic}, the name that stands for all of them in later ones, and a kernel that does not find its initrd does not start.
     */
    private static String lastName(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    private static void own(StringBuilder script, List<MenuEntry> entries, ScriptSettings.At here) {
        for (int i = 0; i < entries.size(); i++) {
            MenuEntry entry = entries.get(i);
            switch (entry) {
                case MenuEntry.Automatic _, MenuEntry.Maintenance _, MenuEntry.LocalDisk _ -> {}
                case MenuEntry.Register _, MenuEntry.Locked _ -> MenuScript.ask(script, entry, i, here);
                case MenuEntry.Kernel kernel -> {
                    script.append(":%s\nimgfree\n".formatted(label(entry, i)));
                    script.append("kernel %s%s %s || goto failed\n"
                            .formatted(
                                    here.url(kernel.kernel()),
                                    named(kernel.initrds()),
                                    Escape.line(kernel.arguments())));
                    kernel.initrds()
                            .forEach(name -> script.append("initrd %s || goto failed\n".formatted(here.url(name))));
                    script.append("boot || goto failed\n");
                }
                case MenuEntry.EfiProgram program ->
                    script.append(":%s\nchain %s || goto failed\ngoto local\n"
                            .formatted(label(entry, i), here.url(program.path())));
                case MenuEntry.Script other ->
                    script.append(":%s\nchain --replace --autofree %s || goto failed\n"
                            .formatted(label(entry, i), here.url(other.path())));
            }
        }
    }

    /**
     * To the local disk. A UEFI firmware takes its next boot option after a program that failed, but enters its set-up after
     * one that succeeded (Dell PowerEdge R730, Lenovo ThinkSystem): hence exit 1.
     */
    static String local() {
        return """
                :local
                iseq ${platform} efi && exit 1 ||
                sanboot --no-describe --drive 0x80 || exit 1
                """;
    }
}
