package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpPacket;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class LeaseWaitTest {
    private static final DhcpPacket DISCOVER = Packets.packet(Firmware.IPXE_BIOS, Message.DISCOVER, 1);
    private static final DhcpPacket REQUEST = Packets.packet(Firmware.IPXE_BIOS, Message.REQUEST, 1);

    private final PrebootClients clients = new PrebootClients();
    private final LeaseWait waits = new LeaseWait(clients);

    /** Each DISCOVER is answered here. */
    private boolean tells(DhcpPacket packet, long second) {
        boolean tells = waits.hear(packet, Instant.ofEpochSecond(second)).isPresent();
        waits.answered(packet.clientHardwareAddress());
        return tells;
    }

    /** The seconds at which something was told. */
    private List<Long> told(DhcpPacket packet, long... seconds) {
        List<Long> told = new ArrayList<>();
        for (long second : seconds) {
            if (tells(packet, second)) {
                told.add(second);
            }
        }
        return told;
    }

    @Test
    void whomNoDhcpServerAnswersIsToldOnceAPowerOn() {
        assertThat(told(DISCOVER, 0, 1, 3, 7, 15, 20)).containsExactly(7L);
        assertThat(told(DISCOVER, 100, 104, 112, 128)).containsExactly(112L);
        assertThat(waits.hear(DISCOVER, Instant.ofEpochSecond(300))).isEmpty();
        waits.answered(DISCOVER.clientHardwareAddress());
        assertThat(waits.hear(DISCOVER, Instant.ofEpochSecond(307)))
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("has asked for an address for 7 s")
                        .contains("has addresses left and gives them to PCs that it does not know")
                        .contains("DHCP snooping", "DHCP guard"));
    }

    /** EDK2 behind a switch that drops a server's packets at an untrusted port repeats its question and takes nothing. */
    @Test
    void whomADhcpServerWasHeardToOfferAnAddressIsNotSentToThatServer() {
        MacAddress mac = DISCOVER.mac().orElseThrow();
        Ipv4Address server = Ipv4Address.parse("192.168.1.1");
        clients.saw(mac, Instant.ofEpochSecond(100));
        clients.leaseOffered(mac, new PrebootClients.LeaseOffer(server, Packets.LEASED, Instant.ofEpochSecond(99)));
        assertThat(told(DISCOVER, 100, 104)).isEmpty();
        assertThat(clients.leaseOffer(mac, Instant.ofEpochSecond(100)))
                .as("of the start before")
                .isEmpty();
        clients.leaseOffered(mac, new PrebootClients.LeaseOffer(server, Packets.LEASED, Instant.ofEpochSecond(104)));
        assertThat(waits.hear(DISCOVER, Instant.ofEpochSecond(112)))
                .hasValueSatisfying(text -> assertThat(text)
                        .startsWith("has asked for an address for 12 s and took none")
                        .contains("the DHCP server 192.168.1.1 offered it 192.168.1.77", "DHCP snooping")
                        .doesNotContain("addresses left"));
    }

    @Test
    void whoTakesAnAddressLateIsNotTold() {
        assertThat(told(DISCOVER, 0, 1, 3)).isEmpty();
        assertThat(tells(REQUEST, 5)).isFalse();
        assertThat(told(DISCOVER, 9, 10)).isEmpty(); // its boot program asks anew
    }

    /** Behind a relay that sends a REQUEST to the chosen DHCP server only (FortiGate), it is not heard here. */
    @Test
    void whatAPcHasLoadedAsksForItselfAndDoesNotGoOnWaiting() {
        DhcpPacket loaded = Packets.packet(Firmware.IPXE_BIOS, Message.DISCOVER, 2);
        assertThat(told(DISCOVER, 0, 1)).isEmpty();
        assertThat(told(loaded, 9, 10, 12, 16, 24)).containsExactly(16L);
        assertThat(told(Packets.packet(Firmware.IPXE_BIOS, Message.DISCOVER, 3), 30, 37, 45))
                .as("once a power-on")
                .isEmpty();
    }

    @Test
    void behindARelayThatIsNamed() {
        byte[] octets = DhcpCodec.encode(DISCOVER);
        System.arraycopy(Ipv4Address.parse("10.2.0.1").octets().toArray(), 0, octets, 24, 4); // giaddr
        DhcpPacket relayed = DhcpCodec.decode(octets);
        assertThat(told(relayed, 0, 3)).isEmpty();
        assertThat(waits.hear(relayed, Instant.ofEpochSecond(7)))
                .hasValueSatisfying(text -> assertThat(text).contains("its DHCP relay 10.2.0.1 must pass on"));
    }

    @Test
    void eachPcWaitsForItself() {
        byte[] octets = DhcpCodec.encode(REQUEST);
        octets[33]++; // the last octet of chaddr
        assertThat(told(DISCOVER, 0, 3)).isEmpty();
        assertThat(tells(DhcpCodec.decode(octets), 4)).isFalse();
        assertThat(tells(DISCOVER, 7)).isTrue();
    }

    @Test
    void aPcThatDoesNotBootFromTheNetworkIsNobodysConcern() {
        assertThat(told(Packets.packet(Firmware.NOT_PXE, Message.DISCOVER, 1), 0, 7, 20))
                .isEmpty();
    }
}
