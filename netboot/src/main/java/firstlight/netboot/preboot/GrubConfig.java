package firstlight.netboot.preboot;

import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.PrebootAnswer;
import firstlight.netboot.files.Requester.Door;
import firstlight.netboot.preboot.Visit.Purpose;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Configuration files for GRUB behind shim. Debian's signed network image reads {@code grub/grub.cfg} by name, and that file sends it
 * on to the device's own one. All goes through the door by which the firmware came: GRUB (2.12) that was loaded by UEFI HTTP Boot
 * uses the firmware's HTTP and crashes at a TFTP name, and loaded by PXE it has TFTP only.
 */
final class GrubConfig {
    private GrubConfig() {}

    /**
     * The server is named: under proxy DHCP GRUB's own idea of it can be the DHCP server. It goes on behind a file that did not come, or of
     * which no menu came, and would show its prompt then.
     */
    static String dispatch(ScriptSettings.At here, Door door) {
        return """
                # Firstlight: on to the file of this device
                set root=%1$s
                regexp --set=1:a --set=2:b --set=3:c --set=4:d --set=5:e --set=6:f '(..):(..):(..):(..):(..):(..)' "$net_default_mac"
                for try in 1 2 3 4 5; do
                  configfile %1$s/grub/grub.cfg-01-$a-$b-$c-$d-$e-$f
                  echo 'Firstlight did not answer; asking again'
                  sleep 4
                done
                exit 1
                """.formatted(device(here, door));
    }

    private static String device(ScriptSettings.At here, Door door) {
        return switch (door) {
            case TFTP -> "(tftp," + here.host() + ")";
            case HTTP -> "(http," + here.host() + ":" + here.site().httpPort() + ")";
        };
    }

    static String render(Visit visit, Door door) {
        PrebootAnswer answer = visit.answer();
        ScriptSettings.At here = visit.here();
        StringBuilder config = new StringBuilder();
        config.append(Escape.comments(answer, Escape::line));
        config.append("set root=").append(device(here, door)).append("\nset default=automatic\n");
        // GRUB waits for ever at -1, and not at all at 0, which is a site's word for ever.
        int menuSeconds = here.site().menuSeconds() == 0 ? -1 : here.site().menuSeconds();
        switch (answer.menu()) {
            case MenuSetting.Never _ -> config.append("set timeout=0\n");
            case MenuSetting.Always _ ->
                config.append("set timeout=").append(menuSeconds).append('\n');
            case MenuSetting.OnHotkey(int seconds) ->
                config.append("echo 'Press Escape or F4 for the menu'\nset timeout_style=hidden\nset timeout=")
                        .append(seconds)
                        .append('\n');
        }
        boolean menu = !(answer.menu() instanceof MenuSetting.Never);
        List<MenuEntry> entries =
                menu ? answer.entries().stream().filter(GrubConfig::isFetched).toList() : List.of();
        if (entries.stream().noneMatch(MenuEntry.Automatic.class::isInstance)) {
            entry(config, new MenuEntry.Automatic("Automatic"), 0, visit);
        }
        for (int i = 0; i < entries.size(); i++) {
            entry(config, entries.get(i), i, visit);
        }
        return config.toString();
    }

    /** GRUB fetches by the door that it came by, from us, and asks for what is not ASCII by octets that are no URL's. */
    private static boolean isFetched(MenuEntry entry) {
        return switch (entry) {
            case MenuEntry.Kernel kernel ->
                BootNames.isPlain(kernel.kernel()) && kernel.initrds().stream().allMatch(BootNames::isPlain);
            case MenuEntry.EfiProgram program -> BootNames.isPlain(program.path());
            case MenuEntry.Automatic _,
                    MenuEntry.Maintenance _,
                    MenuEntry.LocalDisk _,
                    MenuEntry.Script _,
                    MenuEntry.Register _,
                    MenuEntry.Locked _ -> true;
        };
    }

    private static void entry(StringBuilder config, MenuEntry entry, int index, Visit visit) {
        switch (entry) {
            case MenuEntry.Automatic automatic -> {
                open(config, automatic.title(), "automatic");
                if (visit.answer().imaging()) {
                    environment(config, visit, Purpose.WORK);
                } else {
                    config.append("  exit 1\n");
                }
            }
            case MenuEntry.Maintenance maintenance -> {
                open(config, maintenance.title(), "maintenance");
                environment(config, visit, Purpose.MAINTENANCE);
            }
            case MenuEntry.LocalDisk local -> {
                open(config, local.title(), "local");
                config.append("  exit 1\n");
            }
            case MenuEntry.Kernel kernel -> {
                open(config, kernel.title(), "entry" + index);
                config.append("  linux ").append(Escape.grub("/" + kernel.kernel()));
                config.append(' ').append(words(kernel.arguments())).append('\n');
                initrd(config, kernel.initrds());
            }
            case MenuEntry.EfiProgram program -> {
                open(config, program.title(), "entry" + index);
                config.append("  chainloader ")
                        .append(Escape.grub("/" + program.path()))
                        .append('\n');
            }
            case MenuEntry.Script _, MenuEntry.Register _, MenuEntry.Locked _ -> {
                return; // an iPXE script is nothing for GRUB, and it cannot ask our server for anything
            }
        }
        config.append("}\n");
    }

    private static void open(StringBuilder config, String title, String id) {
        config.append("menuentry ")
                .append(Escape.grub(title))
                .append(" --id ")
                .append(id)
                .append(" {\n");
    }

    /**
     * A server that is restarted just now breaks a transfer. GRUB (2.12) then shows its menu for good, so a PC with work would stand there: it
     * tries again, and goes on to its next boot option in the end.
     */
    private static void environment(StringBuilder config, Visit visit, Purpose purpose) {
        String arguments = visit.kernelArguments(purpose, visit.answer().kernelArguments());
        config.append("""
                  for try in 1 2 3 4 5; do
                    if linux %s %s; then
                      if initrd%s; then
                        boot
                      fi
                    fi
                    echo 'Firstlight did not send all of it; asking again'
                    sleep 4
                  done
                  exit 1
                """.formatted(Escape.grub("/" + BootNames.KERNEL), words(arguments), files(visit.initrds())));
    }

    private static String files(List<String> names) {
        return names.stream().map(name -> " " + Escape.grub("/" + name)).collect(Collectors.joining());
    }

    private static void initrd(StringBuilder config, List<String> names) {
        if (!names.isEmpty()) {
            config.append("  initrd").append(files(names)).append('\n');
        }
    }

    /** Each argument in quotes of its own. */
    private static String words(String arguments) {
        return String.join(
                " ",
                List.of(arguments.strip().split("\\s+")).stream()
                        .filter(word -> !word.isEmpty())
                        .map(Escape::grub)
                        .toList());
    }
}
