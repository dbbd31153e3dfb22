package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.sockets.Interfaces.Address;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpOption.RequestedAddress;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpPacket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class HeardLeasesTest {
    private static final int WIRE = 2;
    private static final Address FIRST = new Address(Ipv4Address.parse("192.168.1.10"), 24);
    private static final Address SECOND = new Address(Ipv4Address.parse("10.20.0.10"), 16);
    private static final List<Address> BOTH = List.of(FIRST, SECOND);
    private static final Ipv4Address IN_SECOND = Ipv4Address.parse("10.20.7.7");
    private static final DhcpPacket DISCOVER = Packets.packet(Firmware.BIOS, Message.DISCOVER, 1);

    private final HeardLeases leases = new HeardLeases();

    private static DhcpPacket request(Firmware firmware, Ipv4Address lease, boolean anOffer) {
        DhcpPacket asked = Packets.packet(firmware, Message.REQUEST, 1);
        List<DhcpOption> options = new ArrayList<>(asked.options());
        options.add(new RequestedAddress(lease));
        if (anOffer) {
            options.add(new ServerIdentifier(Ipv4Address.parse("10.20.0.1")));
        }
        return asked.with(options);
    }

    /** The same packet of another PC. */
    private static DhcpPacket ofAnother(DhcpPacket packet) {
        byte[] octets = DhcpCodec.encode(packet);
        octets[33]++; // the last octet of chaddr
        return DhcpCodec.decode(octets);
    }

    private Ipv4Address nearest(DhcpPacket packet) {
        return leases.nearest(packet, WIRE, BOTH, FIRST.address());
    }

    @Test
    void aClientIsToldTheAddressInTheNetworkOfItsLastLease() {
        assertThat(nearest(DISCOVER)).isEqualTo(FIRST.address());
        leases.hear(request(Firmware.BIOS, IN_SECOND, true), WIRE);
        leases.hear(ofAnother(request(Firmware.BIOS, Ipv4Address.parse("192.168.1.99"), true)), WIRE);
        assertThat(nearest(DISCOVER)).isEqualTo(SECOND.address());
    }

    @Test
    void anUnknownClientIsTakenForOneOfTheNetworkThatTheWiresLastClientIsIn() {
        leases.hear(ofAnother(request(Firmware.NOT_PXE, IN_SECOND, true)), WIRE);
        assertThat(nearest(DISCOVER)).isEqualTo(SECOND.address());
        assertThat(leases.nearest(DISCOVER, WIRE + 1, BOTH, FIRST.address())).isEqualTo(FIRST.address());
    }

    /** Telephones and printers have a network of their own on the same wire, and take leases at all times. */
    @Test
    void anUnknownPcIsRatherTakenForOneOfTheNetworkThatOthersBootIn() {
        leases.hear(ofAnother(request(Firmware.BIOS, IN_SECOND, true)), WIRE);
        leases.hear(ofAnother(request(Firmware.NOT_PXE, Ipv4Address.parse("192.168.1.99"), true)), WIRE);
        assertThat(nearest(DISCOVER)).isEqualTo(SECOND.address());
    }

    @Test
    void whatAClientHadOnceElsewhereTellsNothing() {
        leases.hear(request(Firmware.BIOS, IN_SECOND, false), WIRE);
        leases.hear(request(Firmware.BIOS, Ipv4Address.parse("172.16.0.5"), true), WIRE);
        assertThat(nearest(DISCOVER)).isEqualTo(FIRST.address());
    }

    @Test
    void anUnknownClientIsTakenForOneOfTheNetworkThatItAsksFor() {
        List<DhcpOption> options = new ArrayList<>(DISCOVER.options());
        options.add(new RequestedAddress(IN_SECOND));
        assertThat(nearest(DISCOVER.with(options))).isEqualTo(SECOND.address());
        leases.hear(request(Firmware.BIOS, Ipv4Address.parse("192.168.1.99"), true), WIRE);
        assertThat(nearest(DISCOVER.with(options))).isEqualTo(FIRST.address());
    }

    @Test
    void aClientThatHasAnAddressIsToldTheOneOfItsNetwork() {
        byte[] octets = DhcpCodec.encode(Packets.packet(Firmware.BIOS, Message.ITEM, 1));
        System.arraycopy(Bytes.ofHex("0a140707").toArray(), 0, octets, 12, 4); // ciaddr
        assertThat(nearest(DhcpCodec.decode(octets))).isEqualTo(SECOND.address());
    }

    @Test
    void ofANetworkThatNothingIsKnownOfAnAddressIsToldThatPcsHaveAWayTo() {
        Address alone = new Address(Ipv4Address.parse("172.31.0.1"), 32);
        Address selfGiven = new Address(Ipv4Address.parse("169.254.7.9"), 16);
        for (Address odd : List.of(alone, selfGiven)) {
            assertThat(leases.nearest(DISCOVER, WIRE, List.of(odd, SECOND), odd.address()))
                    .isEqualTo(SECOND.address());
            assertThat(leases.nearest(DISCOVER, WIRE, List.of(odd), odd.address()))
                    .isEqualTo(odd.address());
        }
        assertThat(leases.nearest(DISCOVER, WIRE, List.of(alone, selfGiven), selfGiven.address()))
                .isEqualTo(selfGiven.address());
        Address pair = new Address(Ipv4Address.parse("10.9.0.0"), 31);
        assertThat(leases.nearest(DISCOVER, WIRE, List.of(pair, SECOND), pair.address()))
                .isEqualTo(pair.address());
    }

    @Test
    void aRelayedLeaseIsNotOfThisWire() {
        byte[] octets = DhcpCodec.encode(request(Firmware.BIOS, IN_SECOND, true));
        System.arraycopy(Bytes.ofHex("0a140001").toArray(), 0, octets, 24, 4); // giaddr
        leases.hear(DhcpCodec.decode(octets), WIRE);
        assertThat(nearest(DISCOVER)).isEqualTo(FIRST.address());
    }
}
