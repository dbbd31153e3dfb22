package firstlight.netboot.preboot;

import firstlight.model.PrebootAnswer;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * One client's asking: all that its script or configuration file is written from.
 *
 * @param mac of the card that it asks through; empty where it does not tell
 * @param updates whether there is an updates archive, which may well not be. GRUB and pxelinux give up when one of several initrds is
 *     missing; iPXE does not tell one that is not there from a transfer that broke, and a PC may need the drivers in it
 */
record Visit(PrebootAnswer answer, String mac, boolean updates, ScriptSettings.At here) {
    /** What the imaging environment is started for. */
    enum Purpose {
        WORK,
        MAINTENANCE
    }

    /** What the environment's kernel is given. */
    List<String> initrds() {
        return updates ? List.of(BootNames.INITRAMFS, BootNames.UPDATES) : List.of(BootNames.INITRAMFS);
    }

    /**
     * What the engine reads from its kernel command line: docs/protocol/engine.md.
     *
     * @param ofTheSite the answer's kernel arguments, with what this loader would not pass on taken out
     */
    String kernelArguments(Purpose purpose, String ofTheSite) {
        return Stream.of(
                        // Until the environment's start says so itself. An
                        // argument of the site's own comes behind it, and counts.
                        "panic=60",
                        ofTheSite.strip(),
                        "firstlight.server=https://" + here.host() + ":"
                                + here.site().enginePort(),
                        "firstlight.token=" + answer.token(),
                        "firstlight.pin=sha256:" + here.site().pin(),
                        mac.isEmpty() ? "" : "firstlight.mac=" + mac,
                        switch (purpose) {
                            case WORK -> "";
                            case MAINTENANCE -> "firstlight.maintenance=1";
                        })
                .filter(argument -> !argument.isEmpty())
                .collect(Collectors.joining(" "));
    }
}
