package firstlight.lab.storm;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption;
import firstlight.wire.dhcp.DhcpOption.ClassIdentifier;
import firstlight.wire.dhcp.DhcpOption.ClientArchitectures;
import firstlight.wire.dhcp.DhcpOption.ClientMachineIdentifier;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpOption.ServerIdentifier;
import firstlight.wire.dhcp.DhcpPacket;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;

/** The network card of all PCs: one socket on port 68, which hears the broadcast answers of all servers. */
final class Card implements AutoCloseable {
    private static final InetSocketAddress SERVERS = new InetSocketAddress("255.255.255.255", 67);
    /** x64 UEFI among IANA's processor architecture types (option 93). */
    private static final int X64 = 7;

    private final DatagramSocket socket;
    /** By transaction id: answers are broadcast, and this is how a PC's own are found among them. */
    private final Map<Integer, BlockingQueue<Offer>> waiting = new ConcurrentHashMap<>();

    /** @param boots whether it names a boot program; without one it is a menu that starts the local disk */
    record Offer(Ipv4Address server, boolean boots) {}

    Card() throws IOException {
        socket = new DatagramSocket(68);
        socket.setBroadcast(true);
        socket.setReceiveBufferSize(1 << 21);
        Thread.ofPlatform().name("card").start(this::receive);
    }

    /** Sends a DISCOVER. What the servers offer comes into the queue, until {@link #forget}; the same queue for a repeat of the same id. */
    BlockingQueue<Offer> discover(StormPc.Hardware pc, int transactionId) throws IOException {
        BlockingQueue<Offer> offers = waiting.computeIfAbsent(transactionId, _ -> new LinkedBlockingQueue<>());
        List<DhcpOption> options = List.of(
                new MessageType(MessageType.DISCOVER),
                new ClassIdentifier("PXEClient:Arch:00007:UNDI:003016"),
                new ClientArchitectures(List.of(X64)),
                new ClientMachineIdentifier(0, pc.uuidOnTheWire()));
        byte[] discover = DhcpCodec.encode(new DhcpPacket(
                DhcpPacket.BOOTREQUEST,
                1,
                6,
                0,
                transactionId,
                0,
                DhcpPacket.BROADCAST_FLAG,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Ipv4Address.ANY,
                Bytes.ofHex(pc.mac().octets().toHex() + "00".repeat(10)),
                "",
                "",
                options));
        socket.send(new DatagramPacket(discover, discover.length, SERVERS));
        return offers;
    }

    void forget(int transactionId) {
        waiting.remove(transactionId);
    }

    private void receive() {
        DatagramPacket packet = new DatagramPacket(new byte[2048], 2048);
        try {
            while (true) {
                socket.receive(packet);
                take(DhcpCodec.decode(Arrays.copyOf(packet.getData(), packet.getLength())));
            }
        } catch (IOException closed) {
            // All PCs are done.
        }
    }

    private void take(DhcpPacket packet) {
        BlockingQueue<Offer> offers = waiting.get(packet.transactionId());
        boolean offer = packet.messageType().equals(Optional.of(MessageType.OFFER));
        boolean boots = packet.find(DhcpOption.BootFileName.class).isPresent();
        if (offers != null && offer) {
            packet.find(ServerIdentifier.class).ifPresent(server -> offers.add(new Offer(server.address(), boots)));
        }
    }

    @Override
    public void close() {
        socket.close();
    }
}
