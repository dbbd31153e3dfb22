package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.RequestedAddress;
import firstlight.wire.dhcp.DhcpOption.Routers;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpOption.SubnetMask;
import firstlight.wire.dhcp.DhcpPacket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class UntakenOffersTest {
    private static final DhcpPacket DISCOVER = Packets.packet(Firmware.IPXE_BIOS, Message.DISCOVER, 1);
    private static final DhcpPacket REQUEST =
            with(Packets.packet(Firmware.IPXE_BIOS, Message.REQUEST, 1), new RequestedAddress(Packets.LEASED));
    private static final DhcpPacket OFFER = answer("http://192.168.1.10:8080/boot.ipxe", MessageType.OFFER);

    private final PrebootClients clients = new PrebootClients();
    private final UntakenOffers offers = new UntakenOffers(clients);

    private static DhcpPacket with(DhcpPacket packet, DhcpOption option) {
        List<DhcpOption> options = new ArrayList<>(packet.options());
        options.add(option);
        options.add(new ServerIdentifier(Ipv4Address.parse("192.168.1.1")));
        return packet.with(options);
    }

    private static DhcpPacket answer(String file, int type) {
        return answer(file, type, ClassIdentifier.PXE_CLIENT);
    }

    private static DhcpPacket answer(String file, int type, String vendorClass) {
        return new DhcpPacket(
                DhcpPacket.BOOTREPLY,
                1,
                6,
                0,
                1,
                0,
                0,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Packets.SERVER,
                Ipv4Address.ANY,
                DISCOVER.clientHardwareAddress(),
                "",
                file,
                List.of(new MessageType(type), new ClassIdentifier(vendorClass)));
    }

    private static Instant second(long second) {
        return Instant.ofEpochSecond(1_000 + second);
    }

    private void offeredAndLeased() {
        assertThat(offers.hear(DISCOVER, second(0))).isEmpty();
        offers.answered(OFFER, second(0));
        assertThat(offers.hear(REQUEST, second(1))).isEmpty();
    }

    private List<String> due(long second) {
        return offers.due(second(second)).stream()
                .map(UntakenOffers.Untaken::text)
                .toList();
    }

    @Test
    void whoLeasesAndFetchesNothingIsToldOnceWithTheDhcpServersAddress() {
        offeredAndLeased();
        assertThat(due(45)).isEmpty();
        assertThat(due(46))
                .singleElement()
                .asString()
                .startsWith(
                        "took the address 192.168.1.77 from the DHCP server 192.168.1.1 and did not ask Firstlight for"
                                + " http://192.168.1.10:8080/boot.ipxe within 45 s")
                .contains("options 43, 60, 66, 67 there; with 175, `ipxe.no-pxedhcp`, iPXE hears no other");
        assertThat(due(100)).isEmpty();
    }

    private void leases(String mask, String... routers) {
        List<DhcpOption> options = List.of(
                new MessageType(MessageType.OFFER),
                new SubnetMask(Ipv4Address.parse(mask)),
                new Routers(Stream.of(routers).map(Ipv4Address::parse).toList()));
        DhcpPacket plain = answer("", MessageType.OFFER);
        DhcpPacket offer = new DhcpPacket(
                plain.op(),
                1,
                6,
                0,
                1,
                0,
                0,
                Ipv4Address.ANY,
                Packets.LEASED,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                plain.clientHardwareAddress(),
                "",
                "",
                options);
        clients.leased(Packets.LEASED, StrayRouter.of(offer));
    }

    @Test
    void aRouterOutsideThePcsNetworkIsNamedAsTheCause() {
        leases("255.255.255.128", "192.168.1.129", "192.168.1.1");
        offeredAndLeased();
        assertThat(due(46))
                .singleElement()
                .asString()
                .contains(
                        "within 45 s: it leases addresses of 192.168.1.0/25 and names the router 192.168.1.129 (option 3), which is"
                                + " outside that network: UEFI firmware ends PXE there (PXE-E99). Correct the router or the network's mask"
                                + " (option 1) in the DHCP server's configuration. Clients that do not mind the router: that server or another")
                .endsWith("a firewall keeps TFTP and HTTP from this host");
    }

    @Test
    void aRouterInThePcsNetworkIsNoCauseNorIsOneThatWasCorrectedMeanwhile() {
        leases("255.255.255.128", "192.168.1.129");
        leases("255.255.255.0", "192.168.1.129");
        offeredAndLeased();
        assertThat(due(46)).singleElement().asString().endsWith("or a firewall keeps TFTP and HTTP from this host");
    }

    @Test
    void aRelayThatPassesOnOneOfferIsNamedAmongTheReasons() {
        byte[] octets = DhcpCodec.encode(REQUEST);
        System.arraycopy(Ipv4Address.parse("10.2.0.1").octets().toArray(), 0, octets, 24, 4); // giaddr
        offers.hear(DISCOVER, second(0));
        offers.answered(OFFER, second(0));
        offers.hear(DhcpCodec.decode(octets), second(1));
        assertThat(due(46))
                .singleElement()
                .asString()
                .contains("; its DHCP relay 10.2.0.1 must pass on every server's offer");
    }

    @Test
    void whoTookTheLeaseBeforeOurAnswerWentOutIsToldToo() {
        offers.hear(DISCOVER, second(0));
        offers.hear(REQUEST, second(0));
        offers.answered(OFFER, second(1));
        assertThat(due(46)).hasSize(1);
    }

    @Test
    void aRequestOfAnEarlierStartIsNotTakenForThisOnes() {
        offers.hear(Packets.packet(Firmware.IPXE_BIOS, Message.REQUEST, 9), second(0));
        offers.hear(
                with(Packets.packet(Firmware.IPXE_BIOS, Message.REQUEST, 9), new RequestedAddress(Packets.LEASED)),
                second(0));
        offers.answered(OFFER, second(1));
        assertThat(due(46)).isEmpty();
    }

    /** Old ROMs have the same transaction id each time. */
    @Test
    void aRequestOfYesterdayIsNotTakenForThisOnesWhereBothHaveOneId() {
        offers.hear(DISCOVER, second(0));
        offers.hear(REQUEST, second(1)); // to its local disk
        offers.hear(DISCOVER, second(80_000));
        offers.answered(OFFER, second(80_000));
        assertThat(offers.hear(DISCOVER, second(80_004)))
                .as("it has no lease yet")
                .isEmpty();
    }

    @Test
    void whoIsToFindNothingByHttpBootGoesToItsDiskAsItShould() {
        offers.hear(DISCOVER, second(0));
        offers.answered(answer("http://192.168.1.10:8080/local-disk/none.efi", MessageType.OFFER), second(0));
        offers.hear(REQUEST, second(1));
        assertThat(due(46)).isEmpty();
    }

    /** EDK2 is built so unless somebody allows HTTP (PcdAllowHttpConnections). */
    @Test
    void aFirmwareThatBootsByHttpMayTakeHttpsOnly() {
        offers.answered(
                answer("http://192.168.1.10:8080/ipxe/x64/snponly.efi", MessageType.OFFER, ClassIdentifier.HTTP_CLIENT),
                second(0));
        offers.hear(REQUEST, second(1));
        assertThat(due(46)).singleElement().asString().contains("only HTTPS connection is allowed");
        offeredAndLeased();
        assertThat(due(46)).singleElement().asString().doesNotContain("HTTPS");
    }

    /** The other one serves it, and would tell so itself where it does not come there either. */
    @Test
    void whoIsOfferedABootFileByAnotherFirstlightOfOurDatabaseIsNotToldHere() {
        clients.offeredByAnother(MacAddress.of(DISCOVER.clientHardwareAddress()), second(0));
        offeredAndLeased();
        assertThat(offers.hear(DISCOVER, second(9))).isEmpty();
        offeredAndLeased();
        assertThat(due(46)).isEmpty();
        offers.answered(OFFER, second(300));
        offers.hear(REQUEST, second(301));
        assertThat(due(346)).as("that one is gone").hasSize(1);
    }

    @Test
    void whoAsksForAnAddressAnewIsToldAtOnceAndMayNotHaveGotTheOneItAskedFor() {
        offeredAndLeased();
        assertThat(offers.hear(DISCOVER, second(9)))
                .hasValueSatisfying(untaken -> assertThat(untaken.text())
                        .startsWith(
                                "asked the DHCP server 192.168.1.1 for the address 192.168.1.77, did not ask Firstlight for"
                                        + " http://192.168.1.10:8080/boot.ipxe and asks for an address anew after 8 s: it was not given"
                                        + " the address, or "));
        assertThat(due(100)).isEmpty();
    }

    @Test
    void whoFetchesIsNotToldButForWhatItFetchedBefore() {
        clients.fetched(Packets.LEASED, second(0));
        offeredAndLeased();
        assertThat(due(46)).hasSize(1);
        offeredAndLeased();
        clients.fetched(Packets.LEASED, second(20));
        assertThat(due(46)).isEmpty();
    }

    @Test
    void whoWasOfferedNoFileOrAsksOnPort4011IsNotTold() {
        offers.answered(OFFER, second(0));
        offers.answered(answer("", MessageType.OFFER), second(0)); // the local disk, or a menu
        offers.hear(REQUEST, second(1));
        assertThat(due(46)).isEmpty();
        offeredAndLeased();
        offers.answered(answer("ipxe/undionly.kpxe", MessageType.ACK), second(2));
        assertThat(due(46)).isEmpty();
    }

    @Test
    void theSystemsOwnLeaseIsNone() {
        offers.answered(OFFER, second(0));
        List<DhcpOption> options = new ArrayList<>(REQUEST.options());
        options.removeIf(option -> option.code() == 60);
        offers.hear(REQUEST.with(options), second(1));
        assertThat(due(46)).isEmpty();
    }
}
