package firstlight.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.sockets.UdpSocket.Binding;
import firstlight.testkit.OwnNetwork;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.Inet6Address;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

class UdpSocketTest {
    private static final Ipv4Address LOOPBACK = new Ipv4Address(0x7F000001);
    private static final Ipv4Address ANY = new Ipv4Address(0);
    private static final Duration LONG = Duration.ofSeconds(30);

    @Test
    void aDatagramTellsWhereItCameFromAndForWhichAddress() throws Exception {
        try (UdpSocket server = UdpSocket.open(Binding.of(ANY, 0));
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            client.send(Bytes.of((byte) 1, (byte) 2), new Ipv4Address(0x7F000007), server.port(), LOOPBACK, 0);
            Datagram got = server.receive(LONG).orElseThrow();
            assertThat(got.payload()).isEqualTo(Bytes.of((byte) 1, (byte) 2));
            assertThat(got.source()).isEqualTo(LOOPBACK);
            assertThat(got.sourcePort()).isEqualTo(client.port());
            assertThat(got.localAddress()).isEqualTo(new Ipv4Address(0x7F000007));
            assertThat(got.interfaceIndex()).isEqualTo(1);
        }
    }

    @Test
    void anAnswerLeavesFromTheAddressThatWasAsked() throws Exception {
        try (UdpSocket server = UdpSocket.open(Binding.of(ANY, 0));
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            server.send(Bytes.of((byte) 9), LOOPBACK, client.port(), new Ipv4Address(0x7F000007), 1);
            assertThat(client.receive(LONG).orElseThrow().source()).isEqualTo(new Ipv4Address(0x7F000007));
        }
    }

    @Test
    void aBatchTellsTheTruthWhateverTheOnesBeforeItHeld() throws Exception {
        try (UdpSocket server = UdpSocket.open(Binding.of(ANY, 0));
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            Inbox inbox = new Inbox(8, 100);
            for (int batch : new int[] {8, 1, 0, 5, 8}) {
                for (int i = 0; i < batch; i++) {
                    client.send(Bytes.of(new byte[i + 1]), new Ipv4Address(0x7F000010 + i), server.port(), LOOPBACK, 0);
                }
                assertThat(inbox.receive(server)).isEqualTo(batch);
                for (int i = 0; i < batch; i++) {
                    assertThat(inbox.payload(i).remaining()).isEqualTo(i + 1);
                    assertThat(inbox.localAddress(i)).isEqualTo(0x7F000010 + i);
                    assertThat(inbox.sourceAddress(i)).isEqualTo(LOOPBACK.value());
                    assertThat(inbox.sourcePort(i)).isEqualTo(client.port());
                }
            }
        }
    }

    @Test
    void oneSendBecomesManyDatagrams() throws Exception {
        try (UdpSocket server = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket client = UdpSocket.open(Binding.of(LOOPBACK, 0));
                Arena arena = Arena.ofConfined()) {
            MemorySegment data = arena.allocate(25);
            data.fill((byte) 7);
            Outbox outbox = new Outbox(4);
            outbox.begin(0x7F000001, client.port(), 0x7F000001, 0, 14);
            for (int i = 0; i < 3; i++) {
                outbox.header(3, i + 1);
                outbox.data(data, i * 10L, i < 2 ? 10 : 5);
            }
            outbox.flush(server, (_, failure) -> {
                throw new AssertionError(failure);
            });
            assertThat(client.receive(LONG).orElseThrow().payload().toHex()).isEqualTo("00030001" + "07".repeat(10));
            assertThat(client.receive(LONG).orElseThrow().payload().toHex()).isEqualTo("00030002" + "07".repeat(10));
            assertThat(client.receive(LONG).orElseThrow().payload().toHex()).isEqualTo("00030003" + "07".repeat(5));
            assertThat(client.receive()).isEmpty();
        }
    }

    @Test
    void aBusyPortIsNamedWithTheCure() throws Exception {
        try (UdpSocket first = UdpSocket.open(Binding.of(LOOPBACK, 0))) {
            assertThatThrownBy(() -> UdpSocket.open(Binding.of(LOOPBACK, first.port())))
                    .isInstanceOfSatisfying(
                            SocketFailure.class,
                            failure -> assertThat(failure.errno()).isEqualTo(Errno.EADDRINUSE))
                    .hasMessageContaining("UDP port " + first.port() + " on 127.0.0.1")
                    .hasMessageContaining("ss -lunp")
                    .hasMessageContaining("firmware asks on no other port");
        }
    }

    /** The right to send is there: root is refused as well. */
    @Test
    void whatDoesNotLeaveThisHostIsToldWithTheCureForThat() throws Exception {
        OwnNetwork.with(() -> {
            try (UdpSocket socket = UdpSocket.open(Binding.of(ANY, 0))) {
                assertThatThrownBy(() -> socket.send(Bytes.of((byte) 1), new Ipv4Address(0x0A090909), 68, ANY, 0))
                        .hasMessage("cannot send from UDP port " + socket.port()
                                + " to 10.9.9.9:68: this host has no route there; add one (`ip route` shows them)");
            }
        });
        assertThat(SocketFailure.ofSending("send", 1))
                .hasMessageStartingWith("cannot send: this host's firewall drops it");
        assertThat(SocketFailure.ofSending("send", 90)).hasMessage("cannot send: message too long for the link");
    }

    @Test
    void anInterfaceThatIsNotThereIsNamed() {
        assertThatThrownBy(() -> UdpSocket.open(Binding.of(ANY, 0).onDevice("no-such0")))
                .isInstanceOf(SocketFailure.class)
                .hasMessageContaining("no-such0");
    }

    @Test
    void aPollerTellsWhichSocketHasSomething() throws Exception {
        try (UdpSocket a = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket b = UdpSocket.open(Binding.of(LOOPBACK, 0));
                Poller poller = new Poller(List.of(a, b))) {
            assertThat(poller.await(Duration.ZERO)).isEmpty();
            a.send(Bytes.of((byte) 1), LOOPBACK, b.port(), ANY, 0);
            assertThat(poller.await(LONG)).containsExactly(b);
            assertThat(b.receive()).isPresent();
            assertThat(b.receive()).isEmpty();
        }
    }

    @Test
    void aWakeupEndsTheWait() throws Exception {
        try (Poller poller = new Poller(List.of())) {
            Thread other = Thread.ofPlatform().start(poller::wakeup);
            long start = System.nanoTime();
            poller.awaitNanos(Duration.ofSeconds(30).toNanos());
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            other.join();
        }
    }

    @Test
    void aWakeupIsNotLostWhenOtherSocketsAreWatched() throws Exception {
        try (UdpSocket before = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket after = UdpSocket.open(Binding.of(LOOPBACK, 0));
                Poller poller = new Poller(List.of(before))) {
            poller.wakeup();
            poller.watch(List.of(after));
            long start = System.nanoTime();
            assertThat(poller.await(Duration.ofSeconds(30))).isEmpty();
            assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(20));
            after.send(Bytes.of((byte) 1), LOOPBACK, before.port(), ANY, 0);
            after.send(Bytes.of((byte) 1), LOOPBACK, after.port(), ANY, 0);
            assertThat(poller.await(LONG)).containsExactly(after);
        }
    }

    @Test
    void aRouterSolicitationIsHeardWithItsHopLimit() throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/1/environ")), "needs root");
        Inet6Address loopback = (Inet6Address) Inet6Address.getByName("::1");
        try (Icmp6Socket socket = Icmp6Socket.open("lo", 1);
                Poller poller = new Poller(List.of(socket))) {
            socket.send(Bytes.ofHex("85000000 00000000"), loopback);
            assertThat(poller.await(LONG)).containsExactly(socket);
            Icmp6Packet packet = socket.receive().orElseThrow();
            assertThat(packet.payload().unsigned(0)).isEqualTo(133);
            assertThat(packet.hopLimit()).isEqualTo(255);
            assertThat(packet.interfaceIndex()).isEqualTo(1);
        }
    }

    @Test
    void whatThisHostSendsToAPortIsHeardFromWhenItIsAskedFor() throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/1/environ")), "needs root");
        try (UdpSocket asked = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket other = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket sent = UdpSocket.ofSent(asked.port(), asked.port())) {
            other.send(Bytes.ofHex("00"), LOOPBACK, asked.port(), Ipv4Address.ANY, 0);
            assertThat(asked.receive(LONG)).isPresent();
            assertThat(sent.receive()).as("deaf until then").isEmpty();

            sent.hearSent();
            asked.send(Bytes.ofHex("02"), LOOPBACK, other.port(), Ipv4Address.ANY, 0);
            other.send(Bytes.ofHex("01"), LOOPBACK, asked.port(), Ipv4Address.ANY, 0);
            assertThat(asked.receive(LONG)).isPresent();
            Bytes heard = sent.receive(LONG).orElseThrow().payload();
            assertThat(heard.length())
                    .as("the headers of IP and UDP, and the octet")
                    .isEqualTo(29);
            assertThat(heard.unsigned(28)).as("not the other port's").isEqualTo(1);
            assertThat(sent.receive()).as("once, not as received as well").isEmpty();
        }
    }

    @Test
    void ofTwoPortsWhatIsSentToEitherIsHeard() throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/1/environ")), "needs root");
        try (UdpSocket first = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket second = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket third = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket sent = UdpSocket.ofSent(first.port(), second.port())) {
            sent.hearSent();
            first.send(Bytes.ofHex("03"), LOOPBACK, third.port(), Ipv4Address.ANY, 0);
            third.send(Bytes.ofHex("01"), LOOPBACK, first.port(), Ipv4Address.ANY, 0);
            third.send(Bytes.ofHex("02"), LOOPBACK, second.port(), Ipv4Address.ANY, 0);
            assertThat(sent.receive(LONG).orElseThrow().payload().unsigned(28)).isEqualTo(1);
            assertThat(sent.receive(LONG).orElseThrow().payload().unsigned(28)).isEqualTo(2);
        }
    }

    @Test
    void whatComesToAPortIsHeardBeforeAFirewallWithItsInterface() throws Exception {
        assumeTrue(Files.isReadable(Path.of("/proc/1/environ")), "needs root");
        try (UdpSocket asked = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket other = UdpSocket.open(Binding.of(LOOPBACK, 0));
                UdpSocket came = UdpSocket.ofWhatCame(asked.port())) {
            asked.send(Bytes.ofHex("02"), LOOPBACK, other.port(), Ipv4Address.ANY, 0);
            other.send(Bytes.ofHex("01"), LOOPBACK, asked.port(), Ipv4Address.ANY, 0);
            assertThat(asked.receive(LONG)).isPresent();
            Datagram heard = came.receive(LONG).orElseThrow();
            assertThat(heard.payload().unsigned(28)).as("not the other port's").isEqualTo(1);
            assertThat(heard.interfaceIndex()).isEqualTo(1);
            assertThat(came.receive()).as("once, not as sent as well").isEmpty();
        }
    }

    @Test
    void interfacesAreListedWithTheirAddresses() throws Exception {
        assertThat(Interfaces.up()).anySatisfy(found -> {
            assertThat(found.loopback()).isTrue();
            assertThat(found.addresses()).contains(new Interfaces.Address(LOOPBACK, 8));
        });
    }
}
