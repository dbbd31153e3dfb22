package firstlight.netboot.dhcp;

import firstlight.model.Architecture;
import firstlight.model.BiosClient;
import firstlight.model.FirstAnswer;
import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Request.Question;
import firstlight.netboot.dhcp.Silence.Reason;

/** What the client is to be told: the decision table of proxy DHCP. */
sealed interface Plan {
    /** Load this and start it: a name for TFTP, or a URL. {@code program} is false for iPXE's script. */
    record Load(String file, boolean program) implements Plan {}

    /** Ask again on 4011, where the file is named. */
    record AskOn4011() implements Plan {}

    /** The local disk, by a menu of one item. */
    record LocalDisk() implements Plan {}

    /** The firmware's own prompt; its menu has the local disk first and us second. */
    record Menu(String prompt, int seconds) implements Plan {}

    /** No answer at all, and why. */
    record Quiet(Silence silence) implements Plan {}

    /**
     * @param answer what policy decided
     * @param known what is remembered of this client's boot
     */
    static Plan of(Request request, FirstAnswer answer, ClientMemory.Known known, ProxyDhcpSettings settings) {
        Treatment treatment = request.treatment();
        Question question = request.question();
        if (answer instanceof FirstAnswer.NoAnswer(var reasons)) {
            return quiet(Reason.DECIDED, String.join("; ", reasons));
        }
        Plan load = load(request, known, settings);
        // Whoever chose our item, or already runs our boot program, is past the first answer.
        if (question instanceof Question.ChosenItem || known.inOurBoot()) {
            return load;
        }
        return switch (answer) {
            case FirstAnswer.NoAnswer _ -> throw new AssertionError("handled above");
            case FirstAnswer.LoadPrebootClient _ -> load;
            case FirstAnswer.Hotkey hotkey ->
                treatment.firmwareMenu() ? new Menu(hotkey.prompt(), hotkey.seconds()) : load;
            case FirstAnswer.LocalBoot(var reasons) ->
                switch (treatment.localBoot()) {
                    case MENU -> new LocalDisk();
                    case MISSING_FILE ->
                        new Load(BootPrograms.missing(request.arrival().server(), settings), false);
                    case PREBOOT_CLIENT -> load;
                    case SILENCE -> quiet(Reason.GOES_ON_BY_ITSELF, String.join("; ", reasons));
                };
        };
    }

    private static Plan quiet(Reason reason, String detail) {
        return new Quiet(new Silence(reason, detail));
    }

    private static Plan load(Request request, ClientMemory.Known known, ProxyDhcpSettings settings) {
        Treatment treatment = request.treatment();
        Ipv4Address server = request.arrival().server();
        Architecture architecture = treatment.architecture().orElseThrow();
        if (treatment.through4011() && request.question() instanceof Question.Discover) {
            return new AskOn4011();
        }
        String program = BootPrograms.name(architecture, settings);
        return switch (treatment.kind()) {
            case BIOS_ROM, UEFI_PXE, RASPBERRY_PI -> new Load(program, true);
            case HTTP_BOOT -> new Load(BootPrograms.http(server, settings, program), true);
            case IPXE_BIOS, IPXE_UEFI -> {
                if (treatment.kind() == ClientKind.IPXE_BIOS && settings.biosClient() == BiosClient.PXELINUX) {
                    yield new Load(program, true);
                }
                String build = treatment.kind() == ClientKind.IPXE_BIOS ? BootPrograms.IPXE_WITH_DRIVERS : program;
                // Never in a circle: an iPXE that already got our build gets the script, whatever it can do.
                yield treatment.runsScripts() || known.inOurBoot() || known.inACircle()
                        ? new Load(BootPrograms.script(server, settings), false)
                        : new Load(BootPrograms.tftp(server, build), true);
            }
        };
    }
}
