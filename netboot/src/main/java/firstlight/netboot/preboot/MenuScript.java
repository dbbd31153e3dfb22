package firstlight.netboot.preboot;

import firstlight.model.MenuEntry;
import java.nio.charset.StandardCharsets;
import java.util.zip.CRC32;

/** The entries of the iPXE menu at which a person types something, and what they get in return. */
final class MenuScript {
    /** What every build can see of a PC. An unset setting expands to nothing, which the server takes as unknown. */
    static final String FACTS = "mac=${netX/mac}&uuid=${uuid}&serial=${serial:uristring}&asset=${asset:uristring}"
            + "&board=${board-serial:uristring}&manufacturer=${manufacturer:uristring}&product=${product:uristring}"
            + "&platform=${platform}&buildarch=${buildarch}&pci=${netX/busid}";

    private MenuScript() {}

    /** Asks for a sign-in, a name or both, and hands them to the server, whose answer replaces this script. */
    static void ask(StringBuilder script, MenuEntry entry, int index, ScriptSettings.At here) {
        script.append(":entry").append(index).append('\n');
        String typed = "&entry=" + index + "&was=" + mark(entry);
        if (entry instanceof MenuEntry.Locked) {
            script.append("echo Sign in for: ")
                    .append(Escape.ipxe(entry.title()))
                    .append("\nlogin || goto menu\n");
            typed += "&user=${username:uristring}&password=${password:uristring}";
        }
        if (entry.unlocked() instanceof MenuEntry.Register) {
            // On a line of its own: iPXE drops a space at the end of
            // what it echoes. What was typed before can be edited.
            script.append("echo Name of this PC:\nread name || goto menu\n");
            typed += "&name=${name:uristring}";
        }
        script.append("chain --replace --autofree %s?%s%s || goto failed\n"
                .formatted(here.url("preboot/menu"), FACTS, typed));
    }

    /** A password that was typed is forgotten, why it was no good is shown, and the menu comes again. */
    static String refused(String why, ScriptSettings.At here) {
        return """
                #!ipxe
                clear password
                echo
                echo %s
                prompt --timeout 20000 Press a key for the menu. ||
                chain --replace --autofree %s?%s&menu=1 ||
                %s""".formatted(Escape.ipxe(why), here.url("preboot"), FACTS, IpxeScript.local());
    }

    /** The PC is known now; it asks again as what it has become. */
    static String registered(String name, ScriptSettings.At here) {
        return """
                #!ipxe
                clear password
                echo This PC is registered as %s.
                sleep 2
                chain --replace --autofree %s?%s ||
                %s""".formatted(Escape.ipxe(name), here.url("preboot"), FACTS, IpxeScript.local());
    }

    /**
     * Tells the entry that a person saw from another that has come to its place since. No title by itself: before 2020 iPXE sent an
     * encoded {@code &} decoded.
     */
    static String mark(MenuEntry entry) {
        CRC32 sum = new CRC32();
        sum.update(entry.title().getBytes(StandardCharsets.UTF_8));
        return "%08x".formatted(sum.getValue());
    }
}
