package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.model.FirstAnswer;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpPacket;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Offers of dnsmasq 2.90 in several of its roles, as captured. */
class OtherOfferTest {
    private static final Ipv4Address OTHER = Ipv4Address.parse("10.81.0.2");
    private static final Ipv4Address OURS = Ipv4Address.parse("10.81.0.1");
    private static final ThisHost HERE = new ThisHost(Set.of(OURS), "pxe.example");
    private static final MacAddress CLIENT = MacAddress.parse("52:54:00:bb:00:31");
    private static final String LEASED = "020106007003c1c500048000000000000a5100760a51000200000000525400bb0031";
    private static final String NOT_LEASED = "02010600a48569dd0004800000000000000000000a51000200000000525400bb0031";
    private static final String LEASE = "6382536335010236040a510002330400000e103a04000007083b0400000c4e0104ffffff00";
    private static final String UUID = "6111" + "00525400bb0031525400bb003101020304";

    /** The fixed part up to chaddr, and what stands behind the 202 octets of NUL that follow it. */
    private static Optional<OtherOffer> heard(String head, String options) {
        DhcpPacket packet = DhcpCodec.decode(
                Bytes.ofHex(head + "00".repeat(202) + options + "ff").toArray());
        return OtherOffer.of(packet, OTHER, HERE, false);
    }

    @Test
    void aDhcpServerThatOnlyLeasesIsNoOther() {
        assertThat(heard(LEASED, LEASE + "1c040a5100ff03040a510002")).isEmpty();
    }

    @Test
    void aForgottenBootFileIsTold() {
        assertThat(heard(LEASED, LEASE + "430a6f746865722e65666900"))
                .contains(new OtherOffer(OTHER, CLIENT, "the boot file 'other.efi'", false, false));
    }

    /** Shim and GRUB take a proxy's word only where the DHCP server's header names no file. */
    @Test
    void aBootFileInTheHeaderIsToldToTakeShimAndGrubElsewhere() {
        String file = HexFormat.of().formatHex("old.efi".getBytes(StandardCharsets.US_ASCII));
        String named = LEASED + "00".repeat(74) + file + "00".repeat(128 - 7);
        DhcpPacket packet = DhcpCodec.decode(Bytes.ofHex(named + LEASE + "ff").toArray());
        assertThat(OtherOffer.of(packet, OTHER, HERE, false))
                .hasValueSatisfying(other -> assertThat(other.event())
                        .startsWith("the server 10.81.0.2 offered it the boot file 'old.efi' too;")
                        .contains("shim and GRUB (`preboot-client.uefi: grub`) ask that server"));
        assertThat(heard(LEASED, LEASE + "430a6f746865722e65666900"))
                .hasValueSatisfying(other ->
                        assertThat(other.event()).doesNotContain("shim").contains("'other.efi'"));
    }

    @Test
    void aMenuOfPxeServicesIsTold() {
        String menu = "3c09505845436c69656e74" + UUID
                + "2b2106010308078000010a51000209088000054f746865720a0801466f726569676eff";
        assertThat(heard(LEASED, LEASE + menu)).map(OtherOffer::what).contains("a boot menu of its own");
    }

    @Test
    void anotherProxyAndAnOption60WithoutAServerBehindItAreTold() {
        assertThat(heard(NOT_LEASED, "6382536335010236040a5100023c09505845436c69656e74" + UUID))
                .map(OtherOffer::what)
                .contains("a boot server at its address");
        assertThat(heard(LEASED, LEASE + "3c09505845436c69656e74")).isPresent();
    }

    @Test
    void aDhcpServerThatNamesUsIsNoOther() {
        String sendingToUs = LEASED.replace("0a510002", "0a510001"); // siaddr
        assertThat(heard(sendingToUs, LEASE + "430a6f746865722e65666900")).isEmpty();
        assertThat(heard(LEASED, LEASE + "420a31302e38312e302e3100" + "430a6f746865722e65666900"))
                .isEmpty(); // option 66
    }

    /** By a DHCP server on this host, which sends from our address and names it (54). */
    private static Optional<OtherOffer> heardFromThisHost(String head, String options) {
        DhcpPacket packet = DhcpCodec.decode(Bytes.ofHex(
                        head + "00".repeat(202) + "6382536335010236040a510001330400000e100104ffffff00" + options + "ff")
                .toArray());
        return OtherOffer.of(packet, OURS, HERE, false);
    }

    @Test
    void aForgottenBootFileOfADhcpServerOnThisHostIsTold() {
        String leased = LEASED.replace("0a510002", "00000000");
        assertThat(heardFromThisHost(leased, "4309" + "6f6c642e65666900" + "00"))
                .contains(new OtherOffer(OURS, CLIENT, "the boot file 'old.efi'", false, false));
        assertThat(heardFromThisHost(NOT_LEASED, "4309" + "6f6c642e65666900" + "00"))
                .as("our own answer")
                .isEmpty();
        assertThat(heardFromThisHost(leased, "3c09505845436c69656e74"))
                .as("the lines of dhcp-config: port 4011 is ours")
                .isEmpty();
        assertThat(heardFromThisHost(leased, "4318" + "687474703a2f2f31302e38312e302e313a383038302f7800"))
                .as("those for HTTP Boot")
                .isEmpty();
    }

    /** Kea writes siaddr 0.0.0.0 where no next-server is configured; firmware then asks the server identifier. */
    @Test
    void aDhcpServerOnThisHostThatNamesOurBootProgramAndNoServerSendsToUs() {
        String leased = LEASED.replace("0a510002", "00000000");
        String undionly = "4313" + "697078652f756e64696f6e6c792e6b70786500"; // ipxe/undionly.kpxe
        assertThat(heardFromThisHost(leased, undionly)).isEmpty();
        assertThat(heardFromThisHost(leased, "430c" + "7368696d7836342e65666900"))
                .as("shimx64.efi")
                .isEmpty();
        assertThat(heardFromThisHost(leased, undionly + "4209" + "31302e38312e302e32"))
                .as("of 10.81.0.2 (66)")
                .isPresent();
        assertThat(heard(leased, LEASE + undionly)).as("another host's").isPresent();
    }

    @Test
    void whoNamesUsByThisHostsNameIsNoOther() {
        String url = "4319" + "687474703a2f2f7078652e6578616d706c653a383038302f78"; // http://pxe.example:8080/x
        assertThat(heard(LEASED, LEASE + url)).isEmpty();
        assertThat(heard(LEASED, LEASE + "4203" + "505845" + "4309" + "6f6c642e65666900" + "00"))
                .as("PXE (66)")
                .isEmpty();
        String others = "4319" + "687474703a2f2f7078652e6578616d706f653a383038302f78"; // http://pxe.exampoe:8080/x
        assertThat(heard(LEASED, LEASE + others)).isPresent();
        String withoutPort = "4314" + "687474703a2f2f7078652e6578616d706c652f78"; // http://pxe.example/x
        assertThat(heard(LEASED, LEASE + withoutPort)).isPresent();
    }

    @Test
    void aHostWithoutANameIsCalledByItsAddressesAlone() {
        ThisHost nameless = new ThisHost(Set.of(OURS), "");
        assertThat(nameless.isCalled("")).isFalse();
        assertThat(nameless.isCalled("10.81.0.1")).isTrue();
    }

    @Test
    void whatWasRepeatedForAnotherServerIsToldAsItsOwnOnly() {
        DhcpPacket repeated =
                DhcpCodec.decode(Bytes.ofHex(LEASED + "00".repeat(202) + LEASE + "4309" + "6f6c642e6566690000" + "ff")
                        .toArray());
        assertThat(OtherOffer.of(repeated, OURS, HERE, false)).isEmpty();
        assertThat(OtherOffer.of(repeated, OTHER, HERE, false)).isPresent();
    }

    private static List<DhcpPacket> offersOfAnotherFirstlight() {
        ProxyDhcp engine = new ProxyDhcp(ProxyDhcpSettings.DEFAULT);
        Arrival arrival = new Arrival(Door.DHCP, Ipv4Address.ANY, 68, OTHER, "");
        Request discover = (Request) engine.read(Packets.packet(Firmware.UEFI_X64, Message.DISCOVER, 1), arrival);
        Request http = (Request) engine.read(Packets.packet(Firmware.HTTP_X64, Message.DISCOVER, 1), arrival);
        Request ipxe = (Request) engine.read(Packets.packet(Firmware.IPXE_X64, Message.DISCOVER, 1), arrival);
        return Stream.of(discover, http, ipxe)
                .flatMap(each -> offers(engine, each))
                .toList();
    }

    private static Stream<DhcpPacket> offers(ProxyDhcp engine, Request discover) {
        return Stream.of(
                        new FirstAnswer.LoadPrebootClient(List.of()),
                        new FirstAnswer.LocalBoot(List.of()),
                        new FirstAnswer.Hotkey("Press F8", 3, List.of()))
                .map(answer -> (ProxyDhcp.Reply)
                        engine.answer(discover, answer, Instant.EPOCH).outcome())
                .map(ProxyDhcp.Reply::packet);
    }

    @Test
    void aFirstlightWithOurDatabaseIsNoOther() {
        for (DhcpPacket offer : offersOfAnotherFirstlight()) {
            assertThat(OtherOffer.of(offer, OTHER, HERE, true)).isEmpty();
            assertThat(OtherOffer.isAnotherFirstlights(offer, OTHER, HERE)).isTrue();
            assertThat(OtherOffer.isAnotherFirstlights(offer, OTHER, new ThisHost(Set.of(OTHER), "")))
                    .as("our own answer")
                    .isFalse();
        }
        DhcpPacket forgotten =
                DhcpCodec.decode(Bytes.ofHex(LEASED + "00".repeat(202) + LEASE + "430a6f746865722e65666900ff")
                        .toArray());
        assertThat(OtherOffer.of(forgotten, OTHER, HERE, true)).isPresent();
        assertThat(OtherOffer.isAnotherFirstlights(forgotten, OTHER, HERE)).isFalse();
    }

    /** Small PXE servers write their address where a host's name belongs, too. */
    @Test
    void aProxyIsNoFirstlightForItsAddressInSnameAlone() {
        String named = NOT_LEASED
                + "00".repeat(10)
                + HexFormat.of().formatHex("10.81.0.2".getBytes(StandardCharsets.US_ASCII));
        for (String options : List.of(
                "430c" + "707865626f6f742e6e313200", // pxeboot.n12
                "3c09505845436c69656e74" + "2b0d" + "0908000005" + "4f74686572" + "0601" + "03",
                "3c09505845436c69656e74")) {
            DhcpPacket offer = DhcpCodec.decode(
                    Bytes.ofHex(named + "00".repeat(192 - 9) + "6382536335010236040a510002" + options + "ff")
                            .toArray());
            assertThat(OtherOffer.of(offer, OTHER, HERE, true))
                    .as(options)
                    .hasValueSatisfying(other -> assertThat(other.firstlight()).isFalse());
        }
    }

    /** What the one has as work the other may send to its disk. */
    @Test
    void aFirstlightWithAnotherDatabaseIsToldAsSuchWhateverItOffers() {
        for (DhcpPacket offer : offersOfAnotherFirstlight()) {
            OtherOffer other = OtherOffer.of(offer, OTHER, HERE, false).orElseThrow();
            assertThat(other.event()).startsWith("the Firstlight at 10.81.0.2, which has another database, offered it");
            assertThat(other.warning()).contains("another Firstlight, 10.81.0.2", "`database.url`");
        }
    }
}
