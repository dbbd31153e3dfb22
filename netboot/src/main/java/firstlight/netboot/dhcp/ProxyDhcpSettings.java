package firstlight.netboot.dhcp;

import firstlight.model.BiosClient;
import firstlight.model.ClientChoice;
import firstlight.model.FirstAnswer;
import firstlight.model.UefiClient;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/**
 * What an operator can choose about the proxy's answers.
 *
 * @param httpPort where boot files and scripts are served by HTTP
 * @param biosClient what BIOS PCs load
 * @param uefiClient what UEFI PCs load by PXE or HTTP Boot
 * @param kinds choices per kind of client
 * @param withoutQuirks rows of the quirk table that are not applied
 * @param holdDhcpPort take the DHCP port as other servers do; usually it is heard without having it, and any DHCP server may
 */
public record ProxyDhcpSettings(
        int httpPort,
        BiosClient biosClient,
        UefiClient uefiClient,
        Kinds kinds,
        Set<Quirk> withoutQuirks,
        boolean holdDhcpPort) {
    /**
     * Kinds of client that are not treated as usual.
     *
     * @param withoutFirstAnswerLocalBoot get the preboot client where the first packet could already say "local disk"
     * @param withoutFirmwareMenu their own prompt and menu are not used for the hotkey; the preboot client asks instead
     * @param throughPort4011 get an offer without boot file and fetch its name on 4011 ("BINL"), for firmware that ignores an offer
     *     which names the file at once
     */
    public record Kinds(
            Set<ClientKind> withoutFirstAnswerLocalBoot,
            Set<ClientKind> withoutFirmwareMenu,
            Set<ClientKind> throughPort4011) {
        public static final Kinds USUAL = new Kinds(Set.of(), Set.of(), Set.of());

        public Kinds {
            withoutFirstAnswerLocalBoot = Set.copyOf(withoutFirstAnswerLocalBoot);
            withoutFirmwareMenu = Set.copyOf(withoutFirmwareMenu);
            throughPort4011 = Set.copyOf(throughPort4011);
        }
    }

    public static final ProxyDhcpSettings DEFAULT =
            new ProxyDhcpSettings(8080, BiosClient.IPXE, UefiClient.IPXE, Kinds.USUAL, Set.of(), false);

    public ProxyDhcpSettings {
        withoutQuirks = Set.copyOf(withoutQuirks);
    }

    public ProxyDhcpSettings withHttpPort(int port) {
        return new ProxyDhcpSettings(port, biosClient, uefiClient, kinds, withoutQuirks, holdDhcpPort);
    }

    public ProxyDhcpSettings withClients(BiosClient bios, UefiClient uefi) {
        return biosClient == bios && uefiClient == uefi
                ? this
                : new ProxyDhcpSettings(httpPort, bios, uefi, kinds, withoutQuirks, holdDhcpPort);
    }

    /** With the preboot client that {@code answer} gives its device, where it names one. */
    ProxyDhcpSettings withClientsOf(FirstAnswer answer) {
        Optional<ClientChoice> clients = switch (answer) {
            case FirstAnswer.LoadPrebootClient load -> load.clients();
            case FirstAnswer.Hotkey hotkey -> hotkey.clients();
            case FirstAnswer.LocalBoot _, FirstAnswer.NoAnswer _ -> Optional.empty();
        };
        return clients.map(choice -> withClients(choice.bios(), choice.uefi())).orElse(this);
    }

    public ProxyDhcpSettings withKinds(Kinds chosen) {
        return new ProxyDhcpSettings(httpPort, biosClient, uefiClient, chosen, withoutQuirks, holdDhcpPort);
    }

    /**
     * For one of several servers with one database. Which of them handed a PC its boot program is known to that one alone: the others would
     * give an iPXE that has just been loaded the firmware's menu once more, and 175.1 puts all of them first. The script has a prompt as well.
     */
    public ProxyDhcpSettings besideOthers() {
        Set<ClientKind> without = EnumSet.of(ClientKind.IPXE_BIOS);
        without.addAll(kinds.withoutFirmwareMenu());
        return withKinds(new Kinds(kinds.withoutFirstAnswerLocalBoot(), without, kinds.throughPort4011()));
    }

    public ProxyDhcpSettings withoutQuirks(Set<Quirk> quirks) {
        return new ProxyDhcpSettings(httpPort, biosClient, uefiClient, kinds, quirks, holdDhcpPort);
    }

    public ProxyDhcpSettings withHoldDhcpPort(boolean hold) {
        return new ProxyDhcpSettings(httpPort, biosClient, uefiClient, kinds, withoutQuirks, hold);
    }
}
