package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.BiosClient;
import firstlight.model.FirstAnswer;
import firstlight.model.Ipv4Address;
import firstlight.model.UefiClient;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.ProxyDhcpSettings.Kinds;
import firstlight.testkit.CodecLaws;
import firstlight.testkit.Golden;
import firstlight.testkit.VirtualClock;
import firstlight.wire.DecodeException;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpOption.ClientIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpPacket;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Conversations captured in the lab, each of which the firmware took as it was meant: QEMU's iPXE ROM (1.0.0+git-20190125) on SeaBIOS
 * 1.16.2, OVMF 2022.11, dnsmasq 2.90 as the foreign DHCP server. The engine must still say every word that it said then, and the client's
 * identifier besides (RFC 6842), which it did not tell then.
 */
class RealConversationsTest {
    private static final FirstAnswer LOCAL = new FirstAnswer.LocalBoot(List.of());
    private static final FirstAnswer HOTKEY = new FirstAnswer.Hotkey("Press F8 for Firstlight", 5, List.of());
    private static final FirstAnswer LOAD = new FirstAnswer.LoadPrebootClient(List.of());
    private static final CodecLaws<DhcpPacket> LAWS =
            new CodecLaws<>(DhcpCodec::decode, DhcpCodec::encode, DecodeException.class);

    /** Capture, decision, how many answers are in it. */
    @SuppressWarnings("ImmutableEnumChecker") // decisions are records
    enum Conversation {
        IPXE_ROM_LOCAL_BOOT("ipxe-rom-local-boot", LOCAL, 1),
        IPXE_ROM_HOTKEY("ipxe-rom-hotkey", HOTKEY, 2),
        IPXE_ROM_SAME_HOST("ipxe-rom-same-host", LOCAL, 2),
        IPXE_ROM_PXELINUX("ipxe-rom-pxelinux", LOAD, 1),
        IPXE_EFI_ROM_LOCAL_BOOT("ipxe-efi-rom-local-boot", LOCAL, 2),
        OVMF_HOTKEY("ovmf-hotkey", HOTKEY, 3),
        OVMF_SAME_HOST_LOCAL_BOOT("ovmf-same-host-local-boot", LOCAL, 1),
        OVMF_THROUGH_4011("ovmf-through-4011", LOAD, 2),
        OVMF_HTTP_BOOT("ovmf-http-boot", LOAD, 2),
        IPXE_ROM_FORGOTTEN_BOOT_FILE("ipxe-rom-forgotten-boot-file", LOAD, 2);

        private final String capture;
        private final FirstAnswer decision;
        private final int answers;

        Conversation(String capture, FirstAnswer decision, int answers) {
            this.capture = capture;
            this.decision = decision;
            this.answers = answers;
        }

        private ProxyDhcpSettings settings() {
            return switch (this) {
                case IPXE_ROM_PXELINUX -> ProxyDhcpSettings.DEFAULT.withClients(BiosClient.PXELINUX, UefiClient.IPXE);
                case OVMF_THROUGH_4011 ->
                    ProxyDhcpSettings.DEFAULT.withKinds(new Kinds(Set.of(), Set.of(), Set.of(ClientKind.UEFI_PXE)));
                case IPXE_ROM_LOCAL_BOOT,
                        IPXE_ROM_HOTKEY,
                        IPXE_ROM_SAME_HOST,
                        IPXE_EFI_ROM_LOCAL_BOOT,
                        OVMF_HOTKEY,
                        OVMF_SAME_HOST_LOCAL_BOOT,
                        OVMF_HTTP_BOOT,
                        IPXE_ROM_FORGOTTEN_BOOT_FILE -> ProxyDhcpSettings.DEFAULT;
            };
        }

        /** All others were captured before this row was in the table. */
        private Set<Quirk> withoutQuirks() {
            return this == IPXE_ROM_FORGOTTEN_BOOT_FILE ? Set.of() : Set.of(Quirk.IPXE_TAKES_THE_DHCP_SERVERS_FILE);
        }

        private Ipv4Address server() {
            return Ipv4Address.parse(this == IPXE_ROM_FORGOTTEN_BOOT_FILE ? "10.88.0.1" : "10.77.0.1");
        }
    }

    @ParameterizedTest
    @EnumSource
    void theFirmwareHearsWhatItTookInTheLab(Conversation conversation) {
        ProxyDhcp engine = new ProxyDhcp(conversation.settings().withoutQuirks(conversation.withoutQuirks()));
        VirtualClock clock = new VirtualClock();
        boolean sameHost = conversation.name().contains("SAME_HOST");
        List<String> said = new ArrayList<>();
        List<String> captured = new ArrayList<>();
        for (Golden.Datagram datagram : Golden.pcap("dhcp/" + conversation.capture + ".pcap")) {
            DhcpPacket packet = DhcpCodec.decode(datagram.payload().toArray());
            boolean toProxy = datagram.destinationPort() == 4011 && packet.op() == DhcpPacket.BOOTREQUEST;
            if (isOurs(datagram, packet, sameHost, conversation.server())) {
                captured.add(datagram.payload().toHex());
            } else if (packet.op() == DhcpPacket.BOOTREQUEST && (toProxy || !sameHost)) {
                Arrival arrival = new Arrival(
                        toProxy ? Door.PROXY : Door.DHCP,
                        packet.clientAddress(),
                        datagram.sourcePort(),
                        conversation.server(),
                        "10.77.0.0/24");
                if (engine.read(packet, arrival) instanceof Request request
                        && engine.answer(request, conversation.decision, clock.instant())
                                        .outcome()
                                instanceof ProxyDhcp.Reply reply) {
                    assertThat(reply.packet().find(ClientIdentifier.class))
                            .isEqualTo(packet.find(ClientIdentifier.class));
                    said.add(HexFormat.of().formatHex(DhcpCodec.encode(withoutIdentifier(reply.packet()))));
                }
            }
        }
        assertThat(said).hasSize(conversation.answers).isEqualTo(captured);
    }

    private static DhcpPacket withoutIdentifier(DhcpPacket reply) {
        List<DhcpOption> options = new ArrayList<>(reply.options());
        options.removeIf(ClientIdentifier.class::isInstance);
        return reply.with(options);
    }

    /** On the same host the DHCP server's packets have our address as well, but not our port. */
    private static boolean isOurs(Golden.Datagram datagram, DhcpPacket packet, boolean sameHost, Ipv4Address server) {
        return packet.op() == DhcpPacket.BOOTREPLY
                && (sameHost
                        ? datagram.sourcePort() == 4011
                        : packet.find(ServerIdentifier.class)
                                .filter(identifier -> identifier.address().equals(server))
                                .isPresent());
    }

    @ParameterizedTest
    @EnumSource
    void everyPacketOfTheConversationKeepsTheLaws(Conversation conversation) {
        for (Golden.Datagram datagram : Golden.pcap("dhcp/" + conversation.capture + ".pcap")) {
            byte[] octets = datagram.payload().toArray();
            assertThat(DhcpCodec.decode(octets).find(MessageType.class)).isPresent();
            LAWS.roundTrip(DhcpCodec.decode(octets));
            LAWS.truncation(octets);
            LAWS.mutation(octets, 200);
        }
    }
}
