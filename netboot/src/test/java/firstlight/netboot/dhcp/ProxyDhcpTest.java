package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.BiosClient;
import firstlight.model.Bytes;
import firstlight.model.ClientChoice;
import firstlight.model.FactName;
import firstlight.model.FirstAnswer;
import firstlight.model.Ipv4Address;
import firstlight.model.UefiClient;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.netboot.dhcp.ProxyDhcpSettings.Kinds;
import firstlight.netboot.dhcp.Silence.Reason;
import firstlight.testkit.Golden;
import firstlight.testkit.VirtualClock;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpOption.*;
import firstlight.wire.dhcp.DhcpPacket;
import firstlight.wire.dhcp.PxeOption.BootItem;
import firstlight.wire.dhcp.PxeOption.BootServers;
import firstlight.wire.dhcp.PxeOption.MenuPrompt;
import firstlight.wire.dhcp.SubOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ProxyDhcpTest {
    private static final FirstAnswer LOAD = new FirstAnswer.LoadPrebootClient(List.of("assigned work: capture"));
    private static final FirstAnswer LOCAL = new FirstAnswer.LocalBoot(List.of("no work"));
    private static final FirstAnswer HOTKEY = new FirstAnswer.Hotkey("Press F8 for Firstlight", 3, List.of());

    private final VirtualClock clock = new VirtualClock();
    private ProxyDhcpSettings settings = ProxyDhcpSettings.DEFAULT;
    private ProxyDhcp engine = new ProxyDhcp(settings);
    private int transactionId = 100;

    private void use(ProxyDhcpSettings changed) {
        settings = changed;
        engine = new ProxyDhcp(changed);
    }

    private ProxyDhcp.Answered answer(DhcpPacket packet, Arrival arrival, FirstAnswer decision) {
        return switch (engine.read(packet, arrival)) {
            case Silence silence -> new ProxyDhcp.Answered(silence, List.of());
            case Refusal refusal -> new ProxyDhcp.Answered(refusal.reply(), List.of());
            case Request request -> engine.answer(request, decision, clock.instant());
        };
    }

    private ProxyDhcp.Reply reply(DhcpPacket packet, Arrival arrival, FirstAnswer decision) {
        return (ProxyDhcp.Reply) answer(packet, arrival, decision).outcome();
    }

    private ProxyDhcp.Reply reply(Firmware firmware, Message message, Door door, FirstAnswer decision) {
        return reply(Packets.packet(firmware, message, transactionId++), Packets.arrival(door), decision);
    }

    private String file(Firmware firmware, FirstAnswer decision) {
        return reply(firmware, Message.DISCOVER, Door.DHCP, decision).packet().file();
    }

    private Reason silence(DhcpPacket packet, Door door) {
        return ((Silence) answer(packet, Packets.arrival(door), LOAD).outcome()).reason();
    }

    private Reason silence(DhcpPacket discover, FirstAnswer decision) {
        return ((Silence) answer(discover, Packets.arrival(Door.DHCP), decision).outcome()).reason();
    }

    private static DhcpPacket with(DhcpPacket packet, DhcpOption... added) {
        List<DhcpOption> options = new ArrayList<>(packet.options());
        for (DhcpOption option : added) {
            options.removeIf(present -> present.code() == option.code());
            options.add(option);
        }
        return packet.with(options);
    }

    private static DhcpPacket relayed(DhcpPacket packet) {
        return new DhcpPacket(
                packet.op(),
                packet.hardwareType(),
                packet.hardwareLength(),
                1,
                packet.transactionId(),
                packet.seconds(),
                0,
                packet.clientAddress(),
                packet.yourAddress(),
                packet.nextServer(),
                Ipv4Address.parse("10.2.0.1"),
                packet.clientHardwareAddress(),
                packet.sname(),
                packet.file(),
                packet.options());
    }

    @Test
    void theGoldenDiscoverIsAnsweredOctetForOctet() {
        DhcpPacket discover = DhcpCodec.decode(Golden.hex("dhcp/bios-rom-discover.hex"));
        ProxyDhcp.Reply reply = reply(discover, Packets.arrival(Door.DHCP), LOAD);
        assertThat(HexFormat.of().formatHex(DhcpCodec.encode(reply.packet())))
                .isEqualTo(HexFormat.of().formatHex(Golden.hex("dhcp/offer-to-bios-rom.hex")));
        assertThat(reply.to()).isEqualTo(Ipv4Address.BROADCAST);
        assertThat(reply.port()).isEqualTo(68);
        assertThat(reply.from()).isEqualTo(Packets.SERVER);
    }

    @Test
    void whoNeverAsksOnPort4011IsSentThereByNoSetting() {
        DhcpPacket http =
                reply(Firmware.HTTP_X64, Message.DISCOVER, Door.DHCP, LOAD).packet();
        DhcpPacket pi =
                reply(Firmware.RASPBERRY_PI, Message.DISCOVER, Door.DHCP, LOAD).packet();
        use(ProxyDhcpSettings.DEFAULT.withKinds(new Kinds(Set.of(), Set.of(), EnumSet.allOf(ClientKind.class))));
        assertThat(file(Firmware.UEFI_X64, LOAD)).isEmpty();
        assertThat(reply(Firmware.HTTP_X64, Message.DISCOVER, Door.DHCP, LOAD)
                        .packet()
                        .options())
                .isEqualTo(http.options());
        assertThat(reply(Firmware.RASPBERRY_PI, Message.DISCOVER, Door.DHCP, LOAD)
                        .packet()
                        .options())
                .isEqualTo(pi.options());
    }

    @Test
    void theFactsAreThoseOfThePacket() {
        DhcpPacket discover = DhcpCodec.decode(Golden.hex("dhcp/ipxe-efi-discover.hex"));
        Request request = (Request) engine.read(discover, Packets.arrival(Door.DHCP));
        assertThat(request.facts().byKey())
                .containsEntry(FactName.MAC.key(), List.of("52:54:00:12:34:56"))
                .containsEntry(FactName.UUID.key(), List.of("b0e6344f-d2c1-4ba3-b5c6-d7e8f9a0b1c2"))
                .containsEntry(FactName.FIRMWARE.key(), List.of("uefi"))
                .containsEntry(FactName.ARCHITECTURE.key(), List.of("x86_64"))
                .containsEntry(FactName.NIC_PCI_ID.key(), List.of("8086:1521"))
                .containsEntry(FactName.SUBNET.key(), List.of("192.168.1.0/24"));
    }

    @Test
    void onPort4011TheAnswerGoesToWhereTheQuestionCameFrom() {
        ProxyDhcp.Reply edk2 = reply(Firmware.UEFI_X64, Message.REQUEST, Door.PROXY, LOAD);
        assertThat(edk2.to()).isEqualTo(Packets.LEASED);
        assertThat(edk2.port()).isEqualTo(4011);
        Arrival from68 = new Arrival(Door.PROXY, Packets.LEASED, 68, Packets.SERVER, "192.168.1.0/24");
        ProxyDhcp.Reply ipxe = reply(Packets.packet(Firmware.IPXE_BIOS, Message.REQUEST, 1), from68, LOAD);
        assertThat(ipxe.port()).isEqualTo(68);
        assertThat(ipxe.packet().messageType()).contains(MessageType.ACK);
        assertThat(ipxe.packet().clientAddress()).isEqualTo(Packets.LEASED);
    }

    @Test
    void whyUBootsOwnDhcpIsNotAnsweredIsTold() {
        DhcpPacket discover = with(
                Packets.packet(Firmware.UEFI_ARM64, Message.DISCOVER, 1),
                new ClassIdentifier("U-Boot.armv8"),
                new ClientArchitectures(List.of(22)));
        Silence silence =
                (Silence) answer(discover, Packets.arrival(Door.DHCP), LOAD).outcome();
        assertThat(silence.reason()).isEqualTo(Reason.NO_BOOT_PROGRAM);
        assertThat(silence.toString()).contains("must name Firstlight (siaddr, next-server)");
    }

    @Test
    void aFirmwareThatTakesOurOfferForALeaseIsRefusedAtOnce() {
        DhcpPacket asked = DhcpCodec.decode(Golden.hex("dhcp/edk2-request-to-the-proxy.hex"));
        Ipv4Address ours = Ipv4Address.parse("10.77.0.1");
        Arrival arrival = new Arrival(Door.DHCP, Ipv4Address.ANY, 68, ours, "10.77.0.0/24");
        ProxyDhcp.Reply reply = reply(asked, arrival, LOAD);
        assertThat(reply.to()).isEqualTo(Ipv4Address.BROADCAST);
        assertThat(reply.packet().messageType()).contains(MessageType.NAK);
        assertThat(reply.packet().find(ServerIdentifier.class)).contains(new ServerIdentifier(ours));
        assertThat(reply.packet().transactionId()).isEqualTo(asked.transactionId());
        assertThat(reply.packet().find(ClassIdentifier.class)).isEmpty();
    }

    @Test
    void aLeaseOfADhcpServerAtOurAddressIsItsBusiness() {
        DhcpPacket asked = DhcpCodec.decode(Golden.hex("dhcp/edk2-request-to-the-proxy.hex"));
        Arrival ours = new Arrival(Door.DHCP, Ipv4Address.ANY, 68, Ipv4Address.parse("10.77.0.1"), "10.77.0.0/24");
        DhcpPacket takes = with(asked, new RequestedAddress(Ipv4Address.parse("10.77.0.101")));
        assertThat(answer(takes, ours, LOAD).outcome()).isInstanceOf(Silence.class);
        Arrival another = new Arrival(Door.DHCP, Ipv4Address.ANY, 68, Packets.SERVER, "10.77.0.0/24");
        assertThat(answer(asked, another, LOAD).outcome()).isInstanceOf(Silence.class);
    }

    @Test
    void whoAsksOnPort4011WithoutAnAddressIsAnsweredByBroadcast() {
        Arrival nowhere = new Arrival(Door.PROXY, Ipv4Address.ANY, 68, Packets.SERVER, "192.168.1.0/24");
        DhcpPacket inform = Packets.packet(Firmware.BIOS, Message.INFORM, 1);
        assertThat(reply(inform, nowhere, LOAD).to()).isEqualTo(Packets.LEASED);
        DhcpPacket unaddressed = DhcpCodec.decode(withoutClientAddress(inform));
        ProxyDhcp.Reply reply = reply(unaddressed, nowhere, LOAD);
        assertThat(reply.to()).isEqualTo(Ipv4Address.BROADCAST);
        assertThat(reply.port()).isEqualTo(68);
    }

    private static byte[] withoutClientAddress(DhcpPacket packet) {
        byte[] octets = DhcpCodec.encode(packet);
        Arrays.fill(octets, 12, 16, (byte) 0);
        return octets;
    }

    @Test
    void aMenuNamesOneBootServerAndCountsDown() {
        var pxe = reply(Firmware.UEFI_X64, Message.DISCOVER, Door.DHCP, HOTKEY)
                .packet()
                .find(PxeVendorOptions.class)
                .orElseThrow();
        assertThat(pxe.find(MenuPrompt.class)).contains(new MenuPrompt(3, "Press F8 for Firstlight"));
        assertThat(pxe.find(BootServers.class))
                .contains(new BootServers(List.of(new BootServers.Servers(0x8001, List.of(Packets.SERVER)))));
    }

    @Test
    void aChosenItemIsEchoedAndGetsTheBootProgram() {
        DhcpPacket asked = DhcpCodec.decode(Golden.hex("dhcp/edk2-boot-item-request.hex"));
        DhcpPacket ack = reply(asked, Packets.arrival(Door.PROXY), HOTKEY).packet();
        assertThat(ack.file()).isEqualTo("ipxe/x64/snponly.efi");
        assertThat(ack.find(PxeVendorOptions.class).flatMap(pxe -> pxe.find(BootItem.class)))
                .contains(new BootItem(0x8001, 0));
    }

    @Test
    void afterTheHotkeyTheChainloadedIpxeGetsItsScriptAndNotTheMenuAgain() {
        assertThat(reply(Firmware.BIOS, Message.ITEM, Door.PROXY, HOTKEY)
                        .packet()
                        .file())
                .isEqualTo("ipxe/undionly.kpxe");
        clock.advance(Duration.ofSeconds(5));
        assertThat(file(Firmware.IPXE_BIOS, HOTKEY)).isEqualTo("http://192.168.1.10:8080/boot.ipxe");
        assertThat(file(Firmware.IPXE_BIOS, LOCAL)).isEqualTo("http://192.168.1.10:8080/boot.ipxe");
    }

    /** The one that did not hand out its boot program takes it for the iPXE of a ROM. */
    @Test
    void ofSeveralServersNoneGivesAnIpxeTheFirmwaresMenu() {
        assertThat(file(Firmware.IPXE_BIOS, HOTKEY))
                .as("of one alone: its menu")
                .isEmpty();
        use(settings.besideOthers());
        assertThat(file(Firmware.IPXE_BIOS, HOTKEY)).isEqualTo("http://192.168.1.10:8080/boot.ipxe");
        assertThat(file(Firmware.BIOS, HOTKEY)).isEmpty();
    }

    @Test
    void longAfterwardsAnIpxeRomIsAFirmwareAgain() {
        reply(Firmware.BIOS, Message.ITEM, Door.PROXY, HOTKEY);
        clock.advance(Duration.ofMinutes(4));
        assertThat(file(Firmware.IPXE_BIOS, LOCAL)).isEmpty();
    }

    @Test
    void anIpxeRomWithoutEnoughFeaturesIsGivenOurBuildOnceAndThenTheScript() {
        assertThat(file(Firmware.IPXE_BIOS_POOR, LOAD)).isEqualTo("tftp://192.168.1.10/ipxe/ipxe.pxe");
        clock.advance(Duration.ofSeconds(5));
        assertThat(file(Firmware.IPXE_BIOS, LOAD)).isEqualTo("http://192.168.1.10:8080/boot.ipxe");
        // Restarted within the window: the ROM shows the same features as at first.
        clock.advance(Duration.ofSeconds(20));
        assertThat(file(Firmware.IPXE_BIOS_POOR, LOAD)).isEqualTo("tftp://192.168.1.10/ipxe/ipxe.pxe");
    }

    @Test
    void anIpxeThatIsPoorHoweverOftenItIsReplacedGetsTheScriptAtLast() {
        List<String> files = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            files.add(file(Firmware.IPXE_BIOS_POOR, LOAD));
            clock.advance(Duration.ofSeconds(8));
        }
        assertThat(files)
                .containsExactly(
                        "tftp://192.168.1.10/ipxe/ipxe.pxe",
                        "tftp://192.168.1.10/ipxe/ipxe.pxe",
                        "http://192.168.1.10:8080/boot.ipxe");
    }

    @Test
    void theSameFileThreeTimesInAMinuteIsToldAsALoop() {
        List<String> kinds = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            DhcpPacket packet = Packets.packet(Firmware.BIOS, Message.DISCOVER, transactionId++);
            // Each is sent twice: a repeated packet is no new attempt.
            for (int repeat = 0; repeat < 2; repeat++) {
                answer(packet, Packets.arrival(Door.DHCP), LOAD).events().forEach(event -> kinds.add(event.kind()));
            }
            clock.advance(Duration.ofSeconds(15));
        }
        assertThat(kinds).containsOnlyOnce("loop").contains("offer");
        kinds.clear();
        clock.advance(Duration.ofMinutes(2));
        answer(Packets.packet(Firmware.BIOS, Message.DISCOVER, 1), Packets.arrival(Door.DHCP), LOAD)
                .events()
                .forEach(event -> kinds.add(event.kind()));
        assertThat(kinds).containsExactly("offer");
    }

    /** Management and data on one switch, or Wi-Fi and cable. */
    @Test
    void aServerThatHearsEachQuestionByTwoCardsNoticesACircleToo() {
        Arrival other =
                new Arrival(Door.DHCP, Ipv4Address.ANY, 68, Ipv4Address.parse("192.168.1.11"), "192.168.1.0/24");
        List<String> files = new ArrayList<>();
        List<String> kinds = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            DhcpPacket packet = Packets.packet(Firmware.IPXE_BIOS_NO_MENU, Message.DISCOVER, transactionId++);
            for (Arrival arrival : List.of(Packets.arrival(Door.DHCP), other)) {
                ProxyDhcp.Answered answered = answer(packet, arrival, LOAD);
                files.add(((ProxyDhcp.Reply) answered.outcome()).packet().file());
                answered.events().forEach(event -> kinds.add(event.kind()));
            }
            clock.advance(Duration.ofSeconds(8));
        }
        assertThat(files.subList(4, 6))
                .containsExactly("http://192.168.1.10:8080/boot.ipxe", "http://192.168.1.11:8080/boot.ipxe");
        assertThat(files.subList(0, 4)).allMatch(file -> file.startsWith("tftp://192.168.1.1"));
        kinds.clear();
        for (int i = 0; i < 3; i++) {
            DhcpPacket packet = Packets.packet(Firmware.IPXE_X64, Message.DISCOVER, transactionId++);
            for (Arrival arrival : List.of(Packets.arrival(Door.DHCP), other)) {
                answer(packet, arrival, LOAD).events().forEach(event -> kinds.add(event.kind()));
            }
            clock.advance(Duration.ofSeconds(8));
        }
        assertThat(kinds).containsOnlyOnce("loop");
    }

    /** gPXE and old ROMs make it of their MAC address. */
    @Test
    void anIdThatIsTheSameAfterEachRestartHidesNoCircle() {
        DhcpPacket packet = Packets.packet(Firmware.IPXE_BIOS_POOR, Message.DISCOVER, 0x00123456);
        List<String> files = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            for (int repeat = 0; repeat < 2; repeat++) {
                files.add(
                        reply(packet, Packets.arrival(Door.DHCP), LOAD).packet().file());
                clock.advance(Duration.ofSeconds(4));
            }
            clock.advance(Duration.ofSeconds(17));
        }
        String program = "tftp://192.168.1.10/ipxe/ipxe.pxe";
        String script = "http://192.168.1.10:8080/boot.ipxe";
        assertThat(files).containsExactly(program, program, program, program, script, script);
        List<String> kinds = new ArrayList<>();
        DhcpPacket rom = Packets.packet(Firmware.BIOS, Message.DISCOVER, 0x00123457);
        for (int i = 0; i < 3; i++) {
            answer(rom, Packets.arrival(Door.DHCP), LOAD).events().forEach(event -> kinds.add(event.kind()));
            clock.advance(Duration.ofSeconds(22));
        }
        assertThat(kinds).containsOnlyOnce("loop");
    }

    /** EDK2 asks after 0, 4, 12 and 28 s until a DHCP server answers. */
    @Test
    void aPacketThatIsRepeatedForAMinuteIsNoCircle() {
        DhcpPacket packet = Packets.packet(Firmware.UEFI_X64, Message.DISCOVER, 1);
        List<String> kinds = new ArrayList<>();
        for (int pause : new int[] {4, 8, 16, 16, 16}) {
            answer(packet, Packets.arrival(Door.DHCP), LOAD).events().forEach(event -> kinds.add(event.kind()));
            clock.advance(Duration.ofSeconds(pause));
        }
        assertThat(kinds).containsOnly("offer");
    }

    @Test
    void aLoopOfARaspberryPiNamesWhatItWasSent() {
        List<String> texts = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
            answer(Packets.packet(Firmware.RASPBERRY_PI, Message.DISCOVER, i), Packets.arrival(Door.DHCP), LOAD)
                    .events()
                    .forEach(event -> texts.add(event.text()));
        }
        assertThat(texts).anySatisfy(text -> assertThat(text).startsWith("was sent our address 3 times within 60 s"));
    }

    @Test
    void whoTakesOurOfferAndAsksOn4011AsWellGoesInNoCircle() {
        List<String> kinds = new ArrayList<>();
        for (int boot = 0; boot < 2; boot++) {
            answer(
                            Packets.packet(Firmware.UEFI_X64, Message.DISCOVER, transactionId++),
                            Packets.arrival(Door.DHCP),
                            LOAD)
                    .events()
                    .forEach(event -> kinds.add(event.kind()));
            answer(
                            Packets.packet(Firmware.UEFI_X64, Message.REQUEST, transactionId++),
                            Packets.arrival(Door.PROXY),
                            LOAD)
                    .events()
                    .forEach(event -> kinds.add(event.kind()));
            clock.advance(Duration.ofSeconds(15));
        }
        assertThat(kinds).as("two boots within a minute").containsOnly("offer");
        answer(Packets.packet(Firmware.UEFI_X64, Message.DISCOVER, transactionId++), Packets.arrival(Door.DHCP), LOAD)
                .events()
                .forEach(event -> kinds.add(event.kind()));
        assertThat(kinds).as("three are a circle").contains("loop");
    }

    @Test
    void anOfferTellsWhatWhyAndToWhom() {
        var events = answer(Packets.packet(Firmware.BIOS, Message.DISCOVER, 1), Packets.arrival(Door.DHCP), LOCAL)
                .events();
        assertThat(events)
                .containsExactly(new ProxyDhcp.Event("offer", "local disk to BIOS_ROM at 192.168.1.10 (no work)"));
    }

    @Test
    void aClientWithoutAddressIsReachedByBroadcastAlsoWhenItDoesNotAskForIt() {
        DhcpPacket packet = relayed(Packets.packet(Firmware.IPXE_X64, Message.DISCOVER, 1));
        assertThat(reply(packet, Packets.arrival(Door.DHCP), LOAD).packet().flags())
                .isEqualTo(DhcpPacket.BROADCAST_FLAG);
    }

    @Test
    void throughARelayTheAnswerGoesBackToItWithItsOptionUnchangedAndLast() {
        RelayAgentInformation information = new RelayAgentInformation(List.of(new SubOption(1, Bytes.ofHex("0a0b"))));
        DhcpPacket packet = with(relayed(Packets.packet(Firmware.BIOS, Message.DISCOVER, 1)), information);
        Arrival arrival =
                new Arrival(Door.DHCP, Ipv4Address.parse("10.2.0.1"), 50_000, Packets.SERVER, "192.168.1.0/24");
        ProxyDhcp.Reply reply = reply(packet, arrival, LOAD);
        assertThat(reply.to()).isEqualTo(Ipv4Address.parse("10.2.0.1"));
        assertThat(reply.port()).isEqualTo(67);
        assertThat(reply.packet().relay()).isEqualTo(Ipv4Address.parse("10.2.0.1"));
        assertThat(reply.packet().options().getLast()).isEqualTo(information);
        assertThat(((Request) engine.read(packet, arrival)).facts().first(FactName.SUBNET))
                .contains("10.2.0.1/32");
    }

    @Test
    void aRelayThatIsReachedElsewhereSaysInWhichNetworkItsClientIs() {
        SubOption link = new SubOption(RelayAgentInformation.LINK_SELECTION, Bytes.ofHex("0a070001"));
        RelayAgentInformation information = new RelayAgentInformation(List.of(link));
        DhcpPacket packet = with(relayed(Packets.packet(Firmware.BIOS, Message.DISCOVER, 1)), information);
        Arrival arrival = new Arrival(Door.DHCP, Ipv4Address.parse("10.2.0.1"), 67, Packets.SERVER, "192.168.1.0/24");
        assertThat(reply(packet, arrival, LOAD).to()).isEqualTo(Ipv4Address.parse("10.2.0.1"));
        assertThat(((Request) engine.read(packet, arrival)).facts().first(FactName.SUBNET))
                .contains("10.7.0.1/32");
    }

    @Test
    void aRelayWithASourcePortOfItsOwnIsAnsweredThere() {
        RelayAgentInformation information =
                new RelayAgentInformation(List.of(new SubOption(RelayAgentInformation.RELAY_SOURCE_PORT, Bytes.EMPTY)));
        DhcpPacket packet = with(relayed(Packets.packet(Firmware.BIOS, Message.DISCOVER, 1)), information);
        Arrival arrival =
                new Arrival(Door.DHCP, Ipv4Address.parse("10.2.0.1"), 50_000, Packets.SERVER, "192.168.1.0/24");
        assertThat(reply(packet, arrival, LOAD).port()).isEqualTo(50_000);
    }

    @Test
    void theSubnetIsTheInterfacesUnlessTheClientIsBehindARouter() {
        assertThat(Arrival.network(Packets.SERVER, 24, Ipv4Address.ANY)).isEqualTo("192.168.1.0/24");
        assertThat(Arrival.network(Packets.SERVER, 24, Packets.LEASED)).isEqualTo("192.168.1.0/24");
        assertThat(Arrival.network(Packets.SERVER, 24, Ipv4Address.parse("10.2.0.77")))
                .isEqualTo("10.2.0.77/32");
    }

    @Test
    void eachInterfaceAnswersWithItsOwnAddress() {
        Ipv4Address other = Ipv4Address.parse("10.9.0.1");
        Arrival arrival = new Arrival(Door.DHCP, Ipv4Address.ANY, 68, other, "10.9.0.0/16");
        DhcpPacket packet = reply(Packets.packet(Firmware.HTTP_X64, Message.DISCOVER, 1), arrival, LOAD)
                .packet();
        assertThat(packet.nextServer()).isEqualTo(other);
        assertThat(packet.find(ServerIdentifier.class)).contains(new ServerIdentifier(other));
        assertThat(packet.file()).isEqualTo("http://10.9.0.1:8080/ipxe/x64/snponly.efi");
    }

    @Test
    void theFirstKnownOfSeveralArchitecturesCounts() {
        DhcpPacket packet = with(
                Packets.packet(Firmware.UEFI_X64, Message.DISCOVER, 1), new ClientArchitectures(List.of(12, 11, 7)));
        assertThat(reply(packet, Packets.arrival(Door.DHCP), LOAD).packet().file())
                .isEqualTo("ipxe/arm64/snponly.efi");
    }

    @Test
    void withoutOption93TheClassIdentifierTells() {
        DhcpPacket packet = with(
                Packets.packet(Firmware.BIOS_WITHOUT_93, Message.DISCOVER, 1),
                new ClassIdentifier("PXEClient:Arch:00011:UNDI:003016"));
        assertThat(reply(packet, Packets.arrival(Door.DHCP), LOAD).packet().file())
                .isEqualTo("ipxe/arm64/snponly.efi");
    }

    /** Its documentation's DHCP_OPTION97: "RPi4", board revision, end of the MAC address, serial number. */
    @Test
    void aRaspberryPiWithAnotherMacAddressIsKnownByOption97() {
        ClientMachineIdentifier pi4 = new ClientMachineIdentifier(0, Bytes.ofHex("525069341431c00032ab54761000abcd"));
        ClientMachineIdentifier pi5 = new ClientMachineIdentifier(0, Bytes.ofHex("525069357041d00032ab54761000abcd"));
        DhcpPacket discover = Packets.packet(Firmware.BIOS, Message.DISCOVER, 1);
        for (ClientMachineIdentifier pi : List.of(pi4, pi5)) {
            assertThat(silence(with(discover, pi), LOCAL)).isEqualTo(Reason.GOES_ON_BY_ITSELF);
        }
        DhcpPacket uefi = with(Packets.packet(Firmware.UEFI_ARM64, Message.DISCOVER, 1), pi4);
        assertThat(reply(uefi, Packets.arrival(Door.DHCP), LOAD).packet().file())
                .isEqualTo("ipxe/arm64/snponly.efi");
    }

    @Test
    void anIpxeUserClassInRfc3004sFormCountsAsWell() {
        DhcpPacket packet =
                with(Packets.packet(Firmware.IPXE_X64, Message.DISCOVER, 1), new UserClass(Bytes.ofHex("04 69505845")));
        assertThat(reply(packet, Packets.arrival(Door.DHCP), LOAD).packet().file())
                .endsWith("/boot.ipxe");
    }

    @Test
    void anEdk2ThatShowsItsGuidAsHardwareAddressIsAnswered() {
        DhcpPacket mac = Packets.packet(Firmware.UEFI_X64, Message.DISCOVER, 1);
        DhcpPacket guid = new DhcpPacket(
                mac.op(),
                1,
                16,
                0,
                mac.transactionId(),
                0,
                mac.flags(),
                mac.clientAddress(),
                mac.yourAddress(),
                mac.nextServer(),
                mac.relay(),
                Bytes.ofHex("4f34e6b0c1d2a34bb5c6d7e8f9a0b1c2"),
                "",
                "",
                mac.options());
        ProxyDhcp.Reply reply = reply(guid, Packets.arrival(Door.DHCP), LOAD);
        assertThat(reply.packet().clientHardwareAddress().toHex()).isEqualTo("4f34e6b0c1d2a34bb5c6d7e8f9a0b1c2");
        assertThat(reply.packet().hardwareLength()).isEqualTo(16);
    }

    @Test
    void httpBootHearsItsClassBackWithANulForGrub() {
        DhcpPacket packet =
                reply(Firmware.HTTP_X64, Message.DISCOVER, Door.DHCP, LOAD).packet();
        assertThat(packet.find(ClassIdentifier.class)).contains(new ClassIdentifier("HTTPClient\0"));
        assertThat(packet.find(TftpServerName.class)).isEmpty();
    }

    @Test
    void silenceHasAReason() {
        DhcpPacket item = Packets.packet(Firmware.UEFI_X64, Message.ITEM, 1);
        assertThat(silence(with(item, PxeVendorOptions.of(new BootItem(0x8002, 0))), Door.PROXY))
                .isEqualTo(Reason.UNKNOWN_BOOT_SERVER_TYPE);
        assertThat(silence(with(item, PxeVendorOptions.of(new BootItem(0x8001, 0x8000))), Door.PROXY))
                .isEqualTo(Reason.CREDENTIALS_WANTED);
        assertThat(silence(with(item, new ServerIdentifier(Ipv4Address.parse("192.168.1.1"))), Door.DHCP))
                .isEqualTo(Reason.FOR_ANOTHER_SERVER);
        assertThat(silence(Packets.packet(Firmware.UEFI_X64, Message.REQUEST, 1), Door.DHCP))
                .isEqualTo(Reason.THE_DHCP_SERVERS_BUSINESS);
        assertThat(silence(Packets.packet(Firmware.NOT_PXE, Message.DISCOVER, 1), Door.DHCP))
                .isEqualTo(Reason.NOT_PXE);
        assertThat(silence(Packets.packet(Firmware.POWERPC, Message.DISCOVER, 1), Door.DHCP))
                .isEqualTo(Reason.NO_BOOT_PROGRAM);
        assertThat(silence(
                        reply(Firmware.BIOS, Message.DISCOVER, Door.DHCP, LOAD).packet(), Door.DHCP))
                .isEqualTo(Reason.NOT_A_REQUEST);
    }

    @Test
    void pxelinuxIsForBiosAndGrubForUefiIfChosen() {
        use(ProxyDhcpSettings.DEFAULT.withClients(BiosClient.PXELINUX, UefiClient.GRUB));
        assertThat(file(Firmware.BIOS, LOAD)).isEqualTo("pxelinux/pxelinux.0");
        assertThat(file(Firmware.IPXE_BIOS, LOAD)).isEqualTo("pxelinux/pxelinux.0");
        assertThat(file(Firmware.UEFI_X64, LOAD)).isEqualTo("shimx64.efi");
        assertThat(file(Firmware.UEFI_ARM64, LOAD)).isEqualTo("shimaa64.efi");
        assertThat(file(Firmware.UEFI_IA32, LOAD)).isEqualTo("grubia32.efi");
        assertThat(file(Firmware.HTTP_X64, LOAD)).isEqualTo("http://192.168.1.10:8080/shimx64.efi");
        assertThat(file(Firmware.IPXE_X64, LOAD)).isEqualTo("http://192.168.1.10:8080/boot.ipxe");
    }

    @Test
    void theDecisionChoosesThePrebootClientOfItsDevice() {
        FirstAnswer chosen = new FirstAnswer.LoadPrebootClient(
                Optional.of(new ClientChoice(BiosClient.PXELINUX, UefiClient.GRUB)), List.of());
        assertThat(file(Firmware.BIOS, chosen)).isEqualTo("pxelinux/pxelinux.0");
        assertThat(file(Firmware.UEFI_X64, chosen)).isEqualTo("shimx64.efi");
        assertThat(file(Firmware.BIOS, LOAD)).isEqualTo("ipxe/undionly.kpxe");
    }

    @Test
    void whatAFirmwareCannotDoCanBeSwitchedOffForItsKind() {
        Set<ClientKind> uefi = Set.of(ClientKind.UEFI_PXE);
        use(ProxyDhcpSettings.DEFAULT.withKinds(new Kinds(uefi, uefi, uefi)));
        for (FirstAnswer decision : List.of(LOCAL, HOTKEY, LOAD)) {
            DhcpPacket offer = reply(Firmware.UEFI_X64, Message.DISCOVER, Door.DHCP, decision)
                    .packet();
            assertThat(offer.find(PxeVendorOptions.class)).isEmpty();
            assertThat(offer.file()).isEmpty();
            assertThat(reply(Firmware.UEFI_X64, Message.REQUEST, Door.PROXY, decision)
                            .packet()
                            .file())
                    .isEqualTo("ipxe/x64/snponly.efi");
        }
        assertThat(file(Firmware.BIOS, LOAD)).isEqualTo("ipxe/undionly.kpxe");
    }

    @Test
    void eachRowOfTheQuirkTableCanBeSwitchedOffAndHasAReason() {
        assertThat(Quirk.values())
                .allSatisfy(quirk -> assertThat(quirk.reason()).isNotBlank());
        use(ProxyDhcpSettings.DEFAULT.withoutQuirks(Set.of(Quirk.POOR_IPXE_BIOS, Quirk.RASPBERRY_PI_SAYS_BIOS)));
        assertThat(file(Firmware.IPXE_BIOS_POOR, LOAD)).endsWith("/boot.ipxe");
        assertThat(file(Firmware.RASPBERRY_PI, LOAD)).isEqualTo("ipxe/undionly.kpxe");
    }

    @Test
    void anIpxeIsToldToTakeOurWordBeforeThatOfTheDhcpServer() {
        IpxeOptions ours = IpxeOptions.priority(1);
        for (Firmware ipxe : List.of(Firmware.IPXE_BIOS, Firmware.IPXE_BIOS_POOR, Firmware.IPXE_X64)) {
            for (FirstAnswer decision : List.of(LOCAL, HOTKEY, LOAD)) {
                assertThat(reply(ipxe, Message.DISCOVER, Door.DHCP, decision)
                                .packet()
                                .find(IpxeOptions.class))
                        .contains(ours);
                assertThat(reply(ipxe, Message.ITEM, Door.PROXY, decision)
                                .packet()
                                .find(IpxeOptions.class))
                        .contains(ours);
            }
        }
        for (Firmware other : List.of(Firmware.BIOS, Firmware.UEFI_X64, Firmware.HTTP_X64)) {
            assertThat(reply(other, Message.DISCOVER, Door.DHCP, LOAD).packet().find(IpxeOptions.class))
                    .isEmpty();
        }
        use(ProxyDhcpSettings.DEFAULT.withoutQuirks(Set.of(Quirk.IPXE_TAKES_THE_DHCP_SERVERS_FILE)));
        assertThat(reply(Firmware.IPXE_BIOS, Message.DISCOVER, Door.DHCP, LOAD)
                        .packet()
                        .find(IpxeOptions.class))
                .isEmpty();
    }

    @Test
    void noReplyHasAnOption43ThatWouldHaveToBeSplit() {
        FirstAnswer talkative = new FirstAnswer.Hotkey("F".repeat(300), 254, List.of());
        byte[] octets = DhcpCodec.encode(
                reply(Firmware.BIOS, Message.DISCOVER, Door.DHCP, talkative).packet());
        assertThat(octets).hasSizeLessThan(548);
    }
}
