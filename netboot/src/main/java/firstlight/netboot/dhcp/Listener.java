package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.netboot.dhcp.Arrival.Door;
import firstlight.sockets.Inbox;
import firstlight.sockets.Outbox;
import firstlight.sockets.Pollable;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.UdpSocket;
import firstlight.sockets.UdpSocket.Binding;
import firstlight.wire.DecodeException;
import firstlight.wire.ip.UdpPacket;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One socket at one of the proxy's doors, with room for the packets of one wake-up and for the answers to them. It has its port, or it only
 * hears it (a raw socket), and then the headers of UDP are read and written here. Owned by one thread.
 */
final class Listener implements AutoCloseable {
    private static final int BATCH = 64;
    private static final int PACKET = 2048;

    private final UdpSocket socket;
    private final Door door;
    private final String device;
    private final boolean raw;
    private final Inbox inbox = new Inbox(BATCH, PACKET + UdpPacket.MOST_HEADERS);
    private final Outbox outbox = new Outbox(BATCH);
    /** By a message's place in the outbox. */
    private final List<Optional<MacAddress>> recipients = new ArrayList<>(BATCH);

    private Listener(UdpSocket socket, Door door, String device, boolean raw) {
        this.socket = socket;
        this.door = door;
        this.device = device;
        this.raw = raw;
    }

    /** Takes what this host did not send, and for whom it was, where that is to be told. */
    @FunctionalInterface
    interface Unsent {
        void unsent(Optional<MacAddress> recipient, SocketFailure why);
    }

    /** What came by a door. */
    record Heard(Bytes octets, Ipv4Address source, int sourcePort) {}

    static Listener bound(Binding binding, Door door) throws SocketFailure {
        UdpSocket socket = UdpSocket.open(binding);
        try {
            if (door == Door.DHCP) {
                // Whoever has the port now keeps it; a DHCP server that starts after us must not find it closed.
                socket.letOthersIn();
            }
            return new Listener(socket, door, binding.device(), false);
        } catch (SocketFailure e) {
            socket.close();
            throw e;
        }
    }

    /** @param device the only interface to hear, empty for all */
    static Listener withoutPort(int port, String device) throws SocketFailure {
        return new Listener(UdpSocket.withoutPort(port, device), Door.DHCP, device, true);
    }

    Door door() {
        return door;
    }

    /** Whether what comes by the interface of that name is heard. */
    boolean hears(String interfaceName) {
        return device.isEmpty() || device.equals(interfaceName);
    }

    boolean holdsPort() {
        return !raw;
    }

    int port() {
        return socket.port();
    }

    Pollable socket() {
        return socket;
    }

    /** Takes what waits, and answers how many packets it is. */
    int receive() throws SocketFailure {
        return inbox.receive(socket);
    }

    /**
     * Empty for another port's packet, which came before the socket had its filter.
     *
     * @throws DecodeException for a packet that is not whole, or not as it was sent
     */
    Optional<Heard> heard(int i) {
        ByteBuffer payload = inbox.payload(i);
        if (raw) {
            UdpPacket packet = UdpPacket.decode(payload);
            return packet.destinationPort() == port()
                    ? Optional.of(new Heard(packet.payload(), packet.source(), packet.sourcePort()))
                    : Optional.empty();
        }
        Bytes octets = Bytes.of(payload, payload.position(), payload.remaining());
        return Optional.of(new Heard(octets, new Ipv4Address(inbox.sourceAddress(i)), inbox.sourcePort(i)));
    }

    Ipv4Address sender(int i) {
        return new Ipv4Address(inbox.sourceAddress(i));
    }

    /** Of this machine; see {@link Inbox#localAddress}. */
    Ipv4Address localAddress(int i) {
        return new Ipv4Address(inbox.localAddress(i));
    }

    Ipv4Address destination(int i) {
        return new Ipv4Address(inbox.destination(i));
    }

    int interfaceIndex(int i) {
        return inbox.interfaceIndex(i);
    }

    /**
     * Puts {@code octets} among what the next {@link #flush} sends, or sends what is there before.
     *
     * @param interfaceIndex the interface to send on, 0 for the route's
     * @param recipient as {@code unsent} is told
     */
    void send(ProxyDhcp.Reply reply, Bytes octets, int interfaceIndex, Optional<MacAddress> recipient, Unsent unsent) {
        byte[] whole = raw
                ? new UdpPacket(reply.from(), port(), reply.to(), reply.port(), octets).datagram()
                : octets.toArray();
        if (!outbox.hasRoom(1, whole.length)) { // what is echoed (97, 82) may be long
            flush(unsent);
        }
        recipients.add(recipient);
        outbox.begin(reply.to().value(), reply.port(), reply.from().value(), interfaceIndex, 0);
        outbox.copy(whole);
    }

    void flush(Unsent unsent) {
        outbox.flush(socket, (index, why) -> unsent.unsent(recipients.get(index), why));
        recipients.clear();
    }

    @Override
    public void close() {
        socket.close();
    }
}
