package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.model.FirstAnswer;
import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpOption.BootFileName;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.ClientArchitectures;
import firstlight.wire.dhcp.DhcpOption.ClientIdentifier;
import firstlight.wire.dhcp.DhcpOption.ClientMachineIdentifier;
import firstlight.wire.dhcp.DhcpOption.MaximumMessageSize;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.RelayAgentInformation;
import firstlight.wire.dhcp.DhcpOption.TftpServerName;
import firstlight.wire.dhcp.DhcpOption.UserClass;
import firstlight.wire.dhcp.DhcpPacket;
import firstlight.wire.dhcp.SubOption;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What clients, switches and relays put into packets besides what they should; octets go through the codec both ways. */
class OddPacketsTest {
    private static final FirstAnswer LOAD = new FirstAnswer.LoadPrebootClient(List.of());
    private static final DhcpPacket DISCOVER = Packets.packet(Firmware.BIOS, Message.DISCOVER, 1);
    /** 576 octets (RFC 2131 2, the least that a client must take) without the headers of IPv4 and UDP. */
    private static final int LEAST_THAT_ALL_TAKE = 576 - 20 - 8;

    private final ProxyDhcp engine = new ProxyDhcp(ProxyDhcpSettings.DEFAULT);

    private static DhcpPacket with(DhcpPacket packet, DhcpOption option) {
        List<DhcpOption> options = new ArrayList<>(packet.options());
        options.removeIf(present -> present.code() == option.code());
        options.add(option);
        return packet.with(options);
    }

    private ProxyDhcp.Reply answer(byte[] octets, FirstAnswer decision) {
        Request request = (Request) engine.read(DhcpCodec.decode(octets), Packets.arrival(Door.DHCP));
        return (ProxyDhcp.Reply) engine.answer(request, decision, Instant.EPOCH).outcome();
    }

    private ProxyDhcp.Reply answer(DhcpPacket packet) {
        return answer(DhcpCodec.encode(packet), LOAD);
    }

    @Test
    void aSwitchThatInsertsOption82AndIsNoRelayHasItBackInABroadcast() {
        RelayAgentInformation inserted = new RelayAgentInformation(
                List.of(new SubOption(1, Bytes.ofHex("0004000a0102")), new SubOption(2, Bytes.ofHex("aabbccddeeff"))));
        ProxyDhcp.Reply reply = answer(with(DISCOVER, inserted));
        assertThat(reply.to()).isEqualTo(Ipv4Address.BROADCAST);
        assertThat(reply.port()).isEqualTo(68);
        assertThat(reply.packet().options().getLast()).isEqualTo(inserted);
    }

    /** The second one leaves giaddr as it is (RFC 1542 4.1.1). */
    @Test
    void behindTwoRelaysTheFirstIsAnswered() {
        byte[] octets = DhcpCodec.encode(DISCOVER);
        octets[3] = 2; // hops
        System.arraycopy(Bytes.ofHex("0a020001").toArray(), 0, octets, 24, 4);
        assertThat(answer(octets, LOAD).to()).isEqualTo(Ipv4Address.parse("10.2.0.1"));
    }

    @Test
    void whoHasNoMachineIdentifierIsToldNone() {
        List<DhcpOption> options = new ArrayList<>(DISCOVER.options());
        options.removeIf(ClientMachineIdentifier.class::isInstance);
        ProxyDhcp.Reply reply = answer(DISCOVER.with(options));
        assertThat(reply.packet().find(ClientMachineIdentifier.class)).isEmpty();
        assertThat(reply.packet().file()).isEqualTo("ipxe/undionly.kpxe");
    }

    @Test
    void classesThatGoOverSeveralPiecesAreRead() {
        DhcpPacket packet = with(DISCOVER, new ClassIdentifier("PXEClient:" + "x".repeat(400)));
        assertThat(answer(with(packet, UserClass.raw("y".repeat(300)))).packet().file())
                .isEqualTo("ipxe/undionly.kpxe");
        DhcpPacket ipxe = with(Packets.packet(Firmware.IPXE_BIOS, Message.DISCOVER, 2), UserClass.raw("y".repeat(300)));
        assertThat(answer(ipxe).packet().file()).endsWith("/boot.ipxe");
    }

    @Test
    void optionsInTheFieldsOfFileAndServerNameAreRead() {
        byte[] octets = DhcpCodec.encode(DISCOVER.with(List.of(new MessageType(MessageType.DISCOVER))));
        byte[] overload = Bytes.ofHex("350101" + "340103" + "ff").toArray();
        Arrays.fill(octets, 240, octets.length, (byte) 0);
        System.arraycopy(overload, 0, octets, 240, overload.length);
        byte[] vendorClass = Bytes.ofHex("3c09505845436c69656e74" + "ff").toArray();
        System.arraycopy(vendorClass, 0, octets, 108, vendorClass.length);
        byte[] uefi = Bytes.ofHex("5d020007" + "ff").toArray();
        System.arraycopy(uefi, 0, octets, 44, uefi.length);
        assertThat(answer(octets, LOAD).packet().file()).isEqualTo("ipxe/x64/snponly.efi");
    }

    @Test
    void noAnswerIsLongerThanEveryClientMustTake() {
        List<FirstAnswer> decisions = List.of(
                LOAD, new FirstAnswer.LocalBoot(List.of()), new FirstAnswer.Hotkey("F".repeat(300), 254, List.of()));
        for (Firmware firmware : Firmware.values()) {
            DhcpPacket packet = Packets.packet(firmware, Message.DISCOVER, 3);
            if (!(engine.read(packet, Packets.arrival(Door.DHCP)) instanceof Request request)) {
                continue;
            }
            for (FirstAnswer decision : decisions) {
                if (engine.answer(request, decision, Instant.EPOCH).outcome() instanceof ProxyDhcp.Reply reply) {
                    assertThat(DhcpCodec.encode(reply.packet()))
                            .as("%s, %s", firmware, decision)
                            .hasSizeLessThanOrEqualTo(LEAST_THAT_ALL_TAKE);
                }
            }
        }
    }

    /** RFC 6842 3: octet for octet, whoever asks, wherever, and in a refusal too. */
    @Test
    void eachAnswerTellsTheClientItsIdentifier() {
        ClientIdentifier identifier = new ClientIdentifier(Bytes.ofHex("01525400123456"));
        for (Firmware firmware : List.of(Firmware.BIOS, Firmware.UEFI_X64, Firmware.HTTP_X64, Firmware.IPXE_X64)) {
            assertThat(answer(with(Packets.packet(firmware, Message.DISCOVER, 1), identifier))
                            .packet()
                            .find(ClientIdentifier.class))
                    .contains(identifier);
            DhcpPacket request = with(Packets.packet(firmware, Message.REQUEST, 1), identifier);
            Request asked = (Request) engine.read(request, Packets.arrival(Door.PROXY));
            assertThat(engine.answer(asked, LOAD, Instant.EPOCH).outcome())
                    .isInstanceOfSatisfying(
                            ProxyDhcp.Reply.class,
                            reply -> assertThat(reply.packet().find(ClientIdentifier.class))
                                    .contains(identifier));
        }
        Refusal refusal = new Refusal(with(DISCOVER, identifier), Packets.arrival(Door.DHCP));
        assertThat(refusal.reply().packet().find(ClientIdentifier.class)).contains(identifier);
        assertThat(answer(DISCOVER).packet().find(ClientIdentifier.class)).isEmpty();
    }

    @Test
    void ofAnAnswerThatWouldBeTooLongWhatItsHeaderSaysTooGoesFirst() {
        ClientIdentifier identifier = new ClientIdentifier(Bytes.ofHex("ff" + "07".repeat(230)));
        DhcpPacket answer = answer(with(DISCOVER, identifier)).packet();
        assertThat(DhcpCodec.encode(answer)).hasSizeLessThanOrEqualTo(LEAST_THAT_ALL_TAKE);
        assertThat(answer.find(ClientIdentifier.class)).contains(identifier);
        assertThat(answer.find(TftpServerName.class)).isEmpty();
        assertThat(answer.nextServer()).isEqualTo(Packets.SERVER);
        assertThat(answer.find(BootFileName.class)).isPresent();
    }

    @Test
    void whoTakesMoreIsToldAll() {
        ClientIdentifier identifier = new ClientIdentifier(Bytes.ofHex("ff" + "07".repeat(230)));
        DhcpPacket answer = answer(with(with(DISCOVER, identifier), new MaximumMessageSize(1260)))
                .packet();
        assertThat(answer.find(ClientIdentifier.class)).contains(identifier);
        assertThat(answer.find(TftpServerName.class)).isPresent();
    }

    /** No firmware does: somebody invents them. */
    @Test
    void identifiersThatLeaveNoRoomForTheAnswerAreNotTold() {
        DhcpPacket packet = with(DISCOVER, new ClientIdentifier(Bytes.ofHex("ff".repeat(400))));
        packet = with(packet, new ClientMachineIdentifier(0, Bytes.ofHex("ee".repeat(400))));
        DhcpPacket answer = answer(packet).packet();
        assertThat(DhcpCodec.encode(answer)).hasSizeLessThanOrEqualTo(LEAST_THAT_ALL_TAKE);
        assertThat(answer.file()).isEqualTo("ipxe/undionly.kpxe");
        assertThat(answer.find(ClassIdentifier.class)).isPresent();
    }

    /** RFC 4390: hlen is 0, and only the client identifier tells one PC from another. */
    private Request onInfiniBand(String identifier, int transactionId) {
        byte[] octets = DhcpCodec.encode(Packets.packet(Firmware.IPXE_BIOS_POOR, Message.DISCOVER, transactionId));
        octets[1] = 32; // htype
        octets[2] = 0; // hlen
        Arrays.fill(octets, 28, 44, (byte) 0); // chaddr
        DhcpPacket packet = with(DhcpCodec.decode(octets), new ClientIdentifier(Bytes.ofHex(identifier)));
        return (Request) engine.read(packet, Packets.arrival(Door.DHCP));
    }

    @Test
    void pcsOnInfiniBandAreToldApartByTheirIdentifiers() {
        String one = "ff00000001" + "0002c90300a1b2c3";
        String other = "ff00000001" + "0002c90300a1b2c4";
        assertThat(List.of(onInfiniBand(one, 1), onInfiniBand(other, 1)))
                .extracting(request -> request.device().toString())
                .containsExactly("c9:03:00:a1:b2:c3", "c9:03:00:a1:b2:c4");
        for (int start = 1; start < ClientMemory.CIRCLE; start++) {
            for (Request request : List.of(onInfiniBand(one, start), onInfiniBand(other, start))) {
                assertThat(engine.answer(request, LOAD, Instant.EPOCH).events())
                        .extracting(ProxyDhcp.Event::kind)
                        .containsExactly("offer"); // neither goes in a circle
            }
        }
    }

    /** As VMware's and VirtualBox' BIOS, Hyper-V's generation 2 and HP's and Dell's HTTP Boot write them. */
    @Test
    void theClassesOfVirtualMachinesAndHttpBootLeadToTheirProgram() {
        assertThat(program("PXEClient:Arch:00000:UNDI:002001", 0)).isEqualTo("ipxe/undionly.kpxe");
        assertThat(program("PXEClient:Arch:00007:UNDI:003000", 7)).isEqualTo("ipxe/x64/snponly.efi");
        assertThat(program("PXEClient:Arch:00009:UNDI:003016", 9)).isEqualTo("ipxe/x64/snponly.efi");
        assertThat(program("HTTPClient:Arch:00016:UNDI:003001", 16))
                .isEqualTo("http://192.168.1.10:8080/ipxe/x64/snponly.efi");
        DhcpPacket netBoot =
                with(Packets.packet(Firmware.BIOS, Message.INFORM, 4), new ClassIdentifier("AAPLBSDPC/i386/iMac20,1"));
        assertThat(engine.read(netBoot, Packets.arrival(Door.DHCP)))
                .isInstanceOfSatisfying(
                        Silence.class, silence -> assertThat(silence.reason()).isEqualTo(Silence.Reason.NOT_PXE));
    }

    private String program(String vendorClass, int architecture) {
        DhcpPacket packet = with(DISCOVER, new ClassIdentifier(vendorClass));
        return answer(with(packet, new ClientArchitectures(List.of(architecture))))
                .packet()
                .file();
    }
}
