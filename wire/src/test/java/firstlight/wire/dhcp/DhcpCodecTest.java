package firstlight.wire.dhcp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.testkit.CodecLaws;
import firstlight.testkit.Golden;
import firstlight.wire.DecodeException;
import firstlight.wire.dhcp.DhcpOption.*;
import firstlight.wire.dhcp.PxeOption.*;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class DhcpCodecTest {
    private static final CodecLaws<DhcpPacket> LAWS =
            new CodecLaws<>(DhcpCodec::decode, DhcpCodec::encode, DecodeException.class);
    private static final Ipv4Address SERVER = Ipv4Address.parse("192.168.1.10");

    /** A request with these options behind the cookie. */
    private static byte[] request(String options) {
        return concat(
                Bytes.ofHex("01010600 13123456 00048000" + "00".repeat(16) + "525400123456" + "00".repeat(10))
                        .toArray(),
                new byte[192],
                Bytes.ofHex("63825363" + options).toArray());
    }

    private static byte[] concat(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "bios-rom-discover",
                "direct-offer",
                "menu-offer",
                "edk2-boot-item-request",
                "boot-item-ack",
                "ipxe-efi-discover"
            })
    void goldenPacketsComeOutAsTheyWentInAndKeepTheLaws(String name) {
        byte[] octets = Golden.hex("dhcp/" + name + ".hex");
        LAWS.byteForByte(octets);
        LAWS.hold(DhcpCodec.decode(octets));
    }

    @Test
    void aBiosRomIsReadWhole() {
        DhcpPacket packet = DhcpCodec.decode(Golden.hex("dhcp/bios-rom-discover.hex"));
        assertThat(packet.mac()).contains(MacAddress.parse("52:54:00:12:34:56"));
        assertThat(packet.messageType()).contains(MessageType.DISCOVER);
        assertThat(packet.seconds()).isEqualTo(4);
        assertThat(packet.flags()).isEqualTo(DhcpPacket.BROADCAST_FLAG);
        assertThat(packet.find(ClientArchitectures.class)).contains(new ClientArchitectures(List.of(0)));
        assertThat(packet.find(NetworkInterfaceIdentifier.class)).contains(new NetworkInterfaceIdentifier(1, 2, 1));
        assertThat(packet.find(ClientMachineIdentifier.class).flatMap(ClientMachineIdentifier::uuid))
                .contains(UUID.fromString("b0e6344f-d2c1-4ba3-b5c6-d7e8f9a0b1c2"));
        assertThat(packet.find(ClassIdentifier.class))
                .contains(new ClassIdentifier("PXEClient:Arch:00000:UNDI:002001"));
    }

    @Test
    void aMenuIsReadWhole() {
        DhcpPacket packet = DhcpCodec.decode(Golden.hex("dhcp/menu-offer.hex"));
        assertThat(packet.find(PxeVendorOptions.class))
                .contains(PxeVendorOptions.of(
                        new DiscoveryControl(3),
                        new BootServers(List.of(new BootServers.Servers(0x8001, List.of(SERVER)))),
                        new BootMenu(List.of(new BootMenu.Item(0x8001, "Deploy"), new BootMenu.Item(0, "Local disk"))),
                        new MenuPrompt(10, "Press F8")));
    }

    @Test
    void ipxeShowsItsFeaturesAndItsNic() {
        DhcpPacket packet = DhcpCodec.decode(Golden.hex("dhcp/ipxe-efi-discover.hex"));
        IpxeOptions ipxe = packet.find(IpxeOptions.class).orElseThrow();
        assertThat(ipxe.has(IpxeOptions.FEATURE_HTTP)).isTrue();
        assertThat(ipxe.has(IpxeOptions.FEATURE_BZIMAGE)).isFalse();
        assertThat(ipxe.pciId()).contains("8086:1521");
        assertThat(packet.find(UserClass.class).orElseThrow().isIpxe()).isTrue();
    }

    @Test
    void everyTypedOptionKeepsTheLaws() {
        List<PxeOption> pxe = List.of(
                new MtftpAddress(Ipv4Address.parse("239.255.1.1")),
                new MtftpClientPort(1758),
                new MtftpServerPort(1759),
                new MtftpTimeout(2),
                new MtftpDelay(3),
                new DiscoveryControl(7),
                new DiscoveryMulticastAddress(Ipv4Address.parse("224.0.1.2")),
                new BootServers(List.of(new BootServers.Servers(1, List.of()))),
                new BootMenu(List.of(new BootMenu.Item(0, "Local"))),
                new MenuPrompt(255, "?"),
                new MulticastAllocation(SERVER, 4, 1000),
                new BootItem(0x8001, BootItem.CREDENTIALS),
                new PxeOption.Raw(12, Bytes.ofHex("00000001")),
                new PxeOption.Raw(64, Bytes.EMPTY));
        LAWS.hold(DhcpCodec.decode(request("ff"))
                .with(List.of(
                        new RelayAgentInformation(List.of(
                                new SubOption(1, Bytes.ofHex("0102")),
                                new SubOption(RelayAgentInformation.RELAY_SOURCE_PORT, Bytes.EMPTY))),
                        new MessageType(MessageType.INFORM),
                        new SubnetMask(Ipv4Address.parse("255.255.255.128")),
                        new Routers(List.of(SERVER, Ipv4Address.parse("192.168.1.129"))),
                        new RequestedAddress(SERVER),
                        new LeaseTime(0xFFFF_FFFFL),
                        new ServerIdentifier(SERVER),
                        new ParameterRequestList(List.of(1, 3, 255)),
                        new Message("no address left"),
                        new MaximumMessageSize(1472),
                        new ClassIdentifier("HTTPClient:Arch:00016:UNDI:003001"),
                        new ClientIdentifier(Bytes.ofHex("01525400123456")),
                        new TftpServerName("192.168.1.10"),
                        new BootFileName("ipxe/undionly.kpxe"),
                        UserClass.raw("iPXE"),
                        new ClientArchitectures(List.of(16, 7)),
                        new NetworkInterfaceIdentifier(1, 3, 16),
                        new ClientMachineIdentifier(0, Bytes.ofHex("4f34e6b0c1d2a34bb5c6d7e8f9a0b1c2")),
                        new PxeVendorOptions(pxe),
                        new IpxeOptions(List.of(new SubOption(19, Bytes.ofHex("01")))),
                        new PxelinuxConfigFile("pxelinux.cfg/lab"),
                        new PxelinuxPathPrefix("pxelinux/"),
                        new PxelinuxRebootTime(30),
                        new DhcpOption.Raw(208, Bytes.ofHex("f100747e")),
                        new DhcpOption.Raw(12, Bytes.ofHex("7063")))));
    }

    @Test
    void theRelaysOptionIsWrittenLastAndUnchanged() {
        byte[] octets = request("3501013c09505845436c69656e74520401021234ff");
        byte[] moved = request("520401021234 350101 3c09505845436c69656e74 ff");
        assertThat(DhcpCodec.encode(DhcpCodec.decode(moved))).startsWith(octets);
    }

    @Test
    void optionsNobodyKnowsSurvive() {
        LAWS.byteForByte(Arrays.copyOf(request("350101 e0050102030405 fa00 ff"), 300));
    }

    @Test
    void aNulIsPutBehindTheBootFileAndTakenOffAgain() {
        DhcpPacket packet = DhcpCodec.decode(request("4303616263 ff"));
        assertThat(packet.options()).containsExactly(new BootFileName("abc"));
        assertThat(DhcpCodec.encode(packet)).startsWith(request("430461626300ff"));
    }

    @Test
    void multicastPortsAreLittleEndian() {
        DhcpPacket packet = DhcpCodec.decode(request("3c09505845436c69656e74 2b09 0202de06 0302df06 ff ff"));
        assertThat(packet.find(PxeVendorOptions.class))
                .contains(PxeVendorOptions.of(new MtftpClientPort(1758), new MtftpServerPort(1759)));
    }

    @Test
    void anotherVendorsOption43StaysAsItIs() {
        DhcpPacket packet = DhcpCodec.decode(request("3c044150504c 2b03010203 ff"));
        assertThat(packet.options()).contains(new DhcpOption.Raw(43, Bytes.ofHex("010203")));
    }

    @Test
    void overloadedFieldsAreReadAsOptionsAndGivenFreeAgain() {
        byte[] octets = request("340103 350101 ff");
        System.arraycopy(Bytes.ofHex("3902 05c0 ff").toArray(), 0, octets, 108, 5);
        System.arraycopy(Bytes.ofHex("5d02 0007 ff").toArray(), 0, octets, 44, 5);
        DhcpPacket packet = DhcpCodec.decode(octets);
        assertThat(packet.options())
                .containsExactly(new MessageType(1), new MaximumMessageSize(1472), new ClientArchitectures(List.of(7)));
        assertThat(packet.file()).isEmpty();
        assertThat(packet.sname()).isEmpty();
        LAWS.roundTrip(packet);
    }

    @Test
    void rfc3396PiecesAreJoinedAcrossFieldsInTheRightOrder() {
        byte[] octets = request("340103 4303616263 0c0161 ff");
        System.arraycopy(Bytes.ofHex("4303646566 ff").toArray(), 0, octets, 108, 6);
        System.arraycopy(Bytes.ofHex("4303676869 ff").toArray(), 0, octets, 44, 6);
        assertThat(DhcpCodec.decode(octets).find(BootFileName.class)).contains(new BootFileName("abcdefghi"));
    }

    @Test
    void rfc3396LongOptionsAreSplit() {
        DhcpPacket packet = DhcpCodec.decode(request("ff")).with(List.of(new BootFileName("x".repeat(600))));
        byte[] octets = DhcpCodec.encode(packet);
        assertThat(octets).hasSize(240 + 2 + 255 + 2 + 255 + 2 + 91 + 1);
        LAWS.roundTrip(packet);
    }

    @Test
    void userClassesAreReadInBothForms() {
        assertThat(UserClass.raw("iPXE").classes()).containsExactly("iPXE");
        assertThat(new UserClass(Bytes.ofHex("04 69505845 03 616263")).classes())
                .containsExactly("iPXE", "abc");
        assertThat(new UserClass(Bytes.ofHex("04 69505845")).isIpxe()).isTrue();
        assertThat(UserClass.raw("gPXE").isIpxe()).isFalse();
    }

    @Test
    void repliesHaveTheSizeThatOldRomsWant() {
        assertThat(DhcpCodec.encode(DhcpCodec.decode(request("ff")))).hasSize(300);
    }

    @Test
    void anEdk2GuidAsHardwareAddressIsNoMac() {
        byte[] octets = request("ff");
        octets[2] = 16;
        assertThat(DhcpCodec.decode(octets).mac()).isEmpty();
        LAWS.byteForByte(Arrays.copyOf(octets, 300));
    }

    @Test
    void aPacketWithoutEndIsRead() {
        assertThat(DhcpCodec.decode(request("350101")).messageType()).contains(1);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    35                              | DHCP option 53 at octet 240: has no length
                    350501                          | DHCP option 53 at octet 240: is longer than the octets that are left
                    34020101 350101 ff              | DHCP option 52 at octet 242: must have 1 octets, has 2
                    """)
    void aPacketWhoseOptionsCannotBeToldApartIsMalformed(String options, String message) {
        assertThatThrownBy(() -> DhcpCodec.decode(request(options)))
                .isInstanceOf(DecodeException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
                    390105                | DHCP option 57    | must have 2 octets, has 1
                    5d0100                | DHCP option 93    | must have a multiple of 2 octets, has 1
                    5d00                  | DHCP option 93    | must have a multiple of 2 octets, has 0
                    5e020102              | DHCP option 94    | must have 3 octets, has 2
                    6100                  | DHCP option 97    | must have at least 1 octets, has 0
                    520401051234          | DHCP option 82    | sub-option 1 is longer than the option around it
                    2b0147                | DHCP option 43    | sub-option 71 has no length
                    2b0447028001          | DHCP option 43.71 | must have 4 octets, has 2
                    2b06 0904 8001 05 61  | DHCP option 43.9  | the menu item is cut off
                    2b06 0804 8001 02 61  | DHCP option 43.8  | the list of servers is cut off
                    af03 130201           | DHCP option 175   | sub-option 19 is longer than the option around it
                    """)
    void anOptionThatIsMalformedIsNamedWithItsRuleKeptAsItIsAndCostsNoPacket(String option, String what, String rule) {
        byte[] octets = request("350101 3c09505845436c69656e74 " + option + " ff");
        DhcpPacket packet = DhcpCodec.decode(octets);
        assertThat(packet.messageType()).contains(1);
        assertThat(packet.options().getLast()).isInstanceOfSatisfying(DhcpOption.Malformed.class, malformed -> {
            assertThat(malformed.what()).isEqualTo(what);
            assertThat(malformed.rule()).isEqualTo(rule);
        });
        LAWS.byteForByte(Arrays.copyOf(octets, 300));
    }

    @Test
    void aPacketWithoutCookieIsNoDhcp() {
        assertThatThrownBy(() -> DhcpCodec.decode(new byte[300])).hasMessageContaining("has no DHCP cookie");
        assertThatThrownBy(() -> DhcpCodec.decode(new byte[0])).hasMessageContaining("has no DHCP cookie");
    }

    @Test
    void anOptionStandsInAPacketOnce() {
        List<DhcpOption> twice = new ArrayList<>(Collections.nCopies(2, new MessageType(1)));
        DhcpPacket packet = DhcpCodec.decode(request("ff"));
        assertThatThrownBy(() -> packet.with(twice)).hasMessageContaining("option 53");
    }
}
