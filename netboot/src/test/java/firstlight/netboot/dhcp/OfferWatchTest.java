package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpPacket;
import org.junit.jupiter.api.Test;

class OfferWatchTest {
    /** What this host sends to the DHCP port are a relay's own questions as well, and other programs' of this host. */
    @Test
    void whatADhcpServerOfThisHostSendsToARelayIsAnAnswer() {
        assertThat(OfferWatch.isAnswer(67, packet(DhcpPacket.BOOTREPLY, 10))).isTrue();
        assertThat(OfferWatch.isAnswer(67, packet(DhcpPacket.BOOTREPLY, 0))).isFalse();
        assertThat(OfferWatch.isAnswer(67, packet(DhcpPacket.BOOTREQUEST, 10))).isFalse();
        assertThat(OfferWatch.isAnswer(68, packet(DhcpPacket.BOOTREPLY, 0))).isTrue();
    }

    private static DhcpPacket packet(int op, int relay) {
        byte[] octets = DhcpCodec.encode(Packets.packet(Firmware.BIOS, Message.DISCOVER, 1));
        octets[0] = (byte) op;
        octets[24] = (byte) relay;
        return DhcpCodec.decode(octets);
    }
}
