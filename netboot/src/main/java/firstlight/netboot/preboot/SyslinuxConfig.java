package firstlight.netboot.preboot;

import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.PrebootAnswer;
import firstlight.netboot.preboot.Visit.Purpose;
import java.util.List;
import java.util.stream.Stream;

/**
 * The configuration file of one device for pxelinux.0. {@code ::} makes a name start at the TFTP root
 * and not where pxelinux.0 lies.
 */
final class SyslinuxConfig {
    private SyslinuxConfig() {}

    static String render(Visit visit) {
        PrebootAnswer answer = visit.answer();
        ScriptSettings.At here = visit.here();
        StringBuilder config = new StringBuilder();
        config.append(Escape.comments(answer, Escape::line));
        switch (answer.menu()) {
            // The time is for its endless prompt, where it stands when a file breaks off: it tries again then.
            case MenuSetting.Never _ -> config.append("PROMPT 0\nDEFAULT automatic\nTIMEOUT 100\n");
            case MenuSetting.Always _ -> {
                config.append("UI menu.c32\nDEFAULT automatic\n");
                title(config, here.site());
                // In tenths of a second; 0 waits for ever, as the site means it.
                config.append("TIMEOUT ").append(here.site().menuSeconds() * 10).append('\n');
            }
            case MenuSetting.OnHotkey(int seconds) -> {
                // menu.c32 takes any key here
                config.append("UI menu.c32\nDEFAULT automatic\nMENU HIDDEN\n");
                title(config, here.site());
                config.append("MENU AUTOBOOT Press a key for the menu (# s)\nTIMEOUT ")
                        .append(seconds * 10)
                        .append('\n');
            }
        }
        if (answer.menu() instanceof MenuSetting.Never) {
            automatic(config, "Automatic", visit);
            return config.toString();
        }
        boolean seen = false;
        for (int i = 0; i < answer.entries().size(); i++) {
            MenuEntry entry = answer.entries().get(i);
            seen |= entry instanceof MenuEntry.Automatic;
            entry(config, entry, i, visit);
        }
        if (!seen) {
            automatic(config, "Automatic", visit);
        }
        return config.toString();
    }

    private static void title(StringBuilder config, ScriptSettings site) {
        config.append("MENU TITLE ").append(Escape.syslinux(site.title())).append('\n');
    }

    private static void entry(StringBuilder config, MenuEntry entry, int index, Visit visit) {
        switch (entry) {
            case MenuEntry.Automatic automatic -> automatic(config, automatic.title(), visit);
            case MenuEntry.Maintenance maintenance -> {
                label(config, "maintenance", maintenance.title());
                environment(config, visit, Purpose.MAINTENANCE);
            }
            case MenuEntry.LocalDisk local -> {
                label(config, "local", local.title());
                config.append("  LOCALBOOT -1\n");
            }
            case MenuEntry.Kernel kernel -> {
                if (!isFetched(kernel)) {
                    return;
                }
                label(config, "entry" + index, kernel.title());
                kernel(config, name(kernel.kernel()), kernel.initrds(), Escape.line(kernel.arguments()));
            }
            // iPXE scripts and EFI programs are nothing for pxelinux.0, and it cannot ask for a name or a sign-in
            case MenuEntry.EfiProgram _, MenuEntry.Script _, MenuEntry.Register _, MenuEntry.Locked _ -> {}
        }
    }

    private static void automatic(StringBuilder config, String title, Visit visit) {
        label(config, "automatic", title);
        if (visit.answer().imaging()) {
            environment(config, visit, Purpose.WORK);
        } else {
            config.append("  LOCALBOOT -1\n");
        }
    }

    private static void environment(StringBuilder config, Visit visit, Purpose purpose) {
        kernel(
                config,
                name(BootNames.KERNEL),
                visit.initrds(),
                Escape.line(visit.kernelArguments(purpose, visit.answer().kernelArguments())));
    }

    private static void kernel(StringBuilder config, String kernel, List<String> initrds, String arguments) {
        config.append("  KERNEL ").append(kernel).append('\n');
        String initrd =
                String.join(",", initrds.stream().map(SyslinuxConfig::name).toList());
        config.append("  APPEND ")
                .append(initrd.isEmpty() ? "" : "initrd=" + initrd + " ")
                .append(arguments)
                .append('\n');
    }

    private static void label(StringBuilder config, String label, String title) {
        config.append("LABEL ")
                .append(label)
                .append("\n  MENU LABEL ")
                .append(Escape.syslinux(title))
                .append('\n');
    }

    private static String name(String name) {
        return "::" + name;
    }

    /** Words end at blanks here, and nothing quotes them. */
    private static boolean isFetched(MenuEntry.Kernel kernel) {
        return Stream.concat(Stream.of(kernel.kernel()), kernel.initrds().stream())
                .allMatch(name -> BootNames.isPlain(name) && name.indexOf(' ') < 0 && name.indexOf(',') < 0);
    }
}
