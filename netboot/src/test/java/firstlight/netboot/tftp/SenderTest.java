package firstlight.netboot.tftp;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Ipv4Address;
import firstlight.netboot.files.Requester;
import firstlight.sockets.UdpSocket;
import firstlight.sockets.UdpSocket.Binding;
import firstlight.testkit.OwnNetwork;
import firstlight.wire.tftp.TftpError;
import firstlight.wire.tftp.TftpPacket.ReadRequest;
import java.lang.foreign.Arena;
import java.util.List;
import org.junit.jupiter.api.Test;

class SenderTest {
    private static final Ipv4Address LOOPBACK = Ipv4Address.parse("127.0.0.1");
    private static final Outcome SILENT = new Outcome.TimedOut();

    /** A firewall that lets nothing out, or no route: the client is not to be looked at. */
    @Test
    void whyNothingLeavesThisHostIsToldInPlaceOfTheClientsSilence() throws Exception {
        OwnNetwork.with(() -> {
            try (UdpSocket socket = UdpSocket.open(Binding.of(LOOPBACK, 0));
                    Arena arena = Arena.ofConfined()) {
                Transfer transfer = to("10.98.0.9", new Content(arena.allocate(100), arena));
                Sender sender = new Sender();
                String why = "cannot send from UDP port " + socket.port()
                        + " to 10.98.0.9:1024: this host has no route there; add one (`ip route` shows them)";
                for (Effect effect : List.of(new Effect.SendOptionAck(), new Effect.SendData(1, 1))) {
                    sender.perform(socket, transfer, effect);
                    assertThat(transfer.told(SILENT)).isEqualTo(SILENT);
                    sender.flush(socket);
                    assertThat(transfer.told(SILENT)).isEqualTo(new Outcome.Failed(why));
                    sender.perform(socket, transfer, new Effect.SendError(TftpError.NOT_DEFINED, "timeout"));
                    assertThat(transfer.told(SILENT)).isEqualTo(new Outcome.Failed(why));
                    assertThat(transfer.told(new Outcome.Delivered(true))).isEqualTo(new Outcome.Delivered(true));
                }
            }
        });
    }

    private static Transfer to(String client, Content content) {
        Requester requester = new Requester(Ipv4Address.parse(client), LOOPBACK, Requester.Door.TFTP);
        ReadRequest packet = new ReadRequest("boot.ipxe", "octet", List.of());
        return new Transfer(
                new Transfer.Request(requester, 1024, 1, packet),
                Terms.NONE,
                content,
                0,
                0,
                new ReadTransfer.Ended(SILENT));
    }
}
