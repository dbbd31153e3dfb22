package firstlight.netboot.dhcp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.netboot.dhcp.Packets.Firmware;
import firstlight.netboot.dhcp.Packets.Message;
import firstlight.netboot.dhcp.ProxyDhcpServer.Listening;
import firstlight.sockets.Interfaces;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.UdpSocket;
import firstlight.sockets.UdpSocket.Binding;
import firstlight.testkit.OwnNetwork;
import firstlight.wire.dhcp.DhcpPacket;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class ProxyPortsTest {
    private static final Ipv4Address LOOPBACK = Ipv4Address.parse("127.0.0.1");

    /** A ROM may ask on 4011 before it has set its address, and hears nothing but broadcasts then. */
    @Test
    void bothDoorsMayAnswerByBroadcast() throws Exception {
        DhcpPacket packet = Packets.packet(Firmware.BIOS, Message.REQUEST, 1);
        ProxyDhcp.Reply reply = new ProxyDhcp.Reply(packet, LOOPBACK, Ipv4Address.BROADCAST, 9);
        List<SocketFailure> failures = new ArrayList<>();
        try (ProxyPorts ports = ProxyPorts.open(new Listening(0, 0, List.of("lo"), true))) {
            for (Listener listener : ports.listeners()) {
                listener.send(
                        reply,
                        Bytes.of(new byte[300]),
                        Interfaces.index("lo"),
                        Optional.empty(),
                        (_, failure) -> failures.add(failure));
                listener.flush((_, failure) -> failures.add(failure));
            }
            assertThat(ports.listeners()).extracting(Listener::door).containsExactlyInAnyOrder(Door.PROXY, Door.DHCP);
        }
        assertThat(failures).isEmpty();
    }

    /** Each look may be the one that gets it, but nothing has changed until then. */
    @Test
    void anInterfaceThatWasMadeAnewWhileItsPortWasTakenIsHeardOnceThatIsFree() throws Exception {
        OwnNetwork.with(() -> {
            String made = "ip link add pc0 type veth peer name pc1 && ip link set pc0 up";
            OwnNetwork.shell(made);
            try (ProxyPorts ports = ProxyPorts.open(new Listening(67, 4011, List.of("pc0"), true))) {
                OwnNetwork.shell("ip link del pc0 && " + made);
                try (UdpSocket _ =
                        UdpSocket.open(Binding.of(Ipv4Address.ANY, 4011).onDevice("pc0"))) {
                    assertThat(ports.look()).isTrue();
                    assertThat(ports.listeners()).isEmpty();
                    assertThat(ports.look()).isFalse();
                }
                assertThat(ports.look()).isTrue();
                assertThat(ports.listeners()).hasSize(2);
                assertThat(ports.look()).isFalse();
            }
        });
    }
}
