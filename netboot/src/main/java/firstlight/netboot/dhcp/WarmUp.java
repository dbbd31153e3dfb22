package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.model.FirstAnswer;
import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpPacket;
import java.time.Instant;
import java.util.List;

/** One packet and its answer, for nobody. */
final class WarmUp {
    private WarmUp() {}

    /** A cold JVM takes a tenth of a second over its first packet, and that is the first PC's to wait. */
    static void run() {
        DhcpPacket discover = new DhcpPacket(
                DhcpPacket.BOOTREQUEST,
                1,
                6,
                0,
                0,
                0,
                0,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Bytes.of(new byte[16]),
                "",
                "",
                List.of(new MessageType(MessageType.DISCOVER), new ClassIdentifier(ClassIdentifier.PXE_CLIENT)));
        ProxyDhcp throwaway = new ProxyDhcp(ProxyDhcpSettings.DEFAULT);
        Arrival arrival = new Arrival(Door.DHCP, Ipv4Address.ANY, 68, Ipv4Address.ANY, "");
        if (throwaway.read(DhcpCodec.decode(DhcpCodec.octets(discover)), arrival) instanceof Request request) {
            FirstAnswer hotkey = new FirstAnswer.Hotkey("warm", 1, List.of());
            if (throwaway.answer(request, hotkey, Instant.EPOCH).outcome() instanceof ProxyDhcp.Reply reply) {
                DhcpCodec.octets(reply.packet());
            }
        }
    }
}
