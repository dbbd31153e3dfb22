package firstlight.lab.bench;

import firstlight.model.Ipv4Address;
import firstlight.sockets.Inbox;
import firstlight.sockets.Outbox;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.UdpSocket;
import firstlight.sockets.UdpSocket.Binding;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Random;

/**
 * One socket for many clients, each with an address of its own, as PCs have: what the clients cost is taken from the servers'
 * two cores, so they must be cheap.
 */
final class Card implements AutoCloseable {
    /** Datagrams that one call of the kernel takes or gives at most. */
    private static final int BATCH = 64;
    /** More than the largest block that is measured (1468 octets), its TFTP header and its options. */
    private static final int LONGEST_PACKET = 2048;
    /** One for all cards: a single thread reads them in turns, and is done with what it read before it reads the next. */
    private static final Inbox INBOX = new Inbox(BATCH, LONGEST_PACKET);

    private final UdpSocket socket = UdpSocket.open(Binding.of(Ipv4Address.ANY, 0));
    private final Outbox outbox = new Outbox(BATCH);
    private final Link link;
    private final Random dice;
    /** In the order of their coming, which is that of {@code dueAt} too: all wait equally long. */
    private final Deque<Delayed> onTheWay = new ArrayDeque<>();
    /** By the client's own address, IPv4 in network order. */
    private final Map<Integer, Download> downloads = new HashMap<>();

    /** A packet on the slow link; {@code dueAt} and all times here are System.nanoTime's. */
    private record Delayed(Download client, ByteBuffer payload, int port, long dueAt) {}

    Card(Link link) throws SocketFailure {
        this.link = link;
        this.dice = new Random(link.seed());
    }

    void add(Download download) {
        downloads.put(download.address(), download);
    }

    Collection<Download> downloads() {
        return downloads.values();
    }

    UdpSocket socket() {
        return socket;
    }

    /** Begins a datagram of {@code client} in the box; the caller puts its octets in before it begins another. {@link #flush} sends it. */
    Outbox toSend(Download client, int port) {
        if (!outbox.hasRoom(1, LONGEST_PACKET)) {
            flush();
        }
        outbox.begin(client.server(), port, client.address(), 0, 0);
        return outbox;
    }

    void flush() {
        if (!outbox.isEmpty()) {
            outbox.flush(socket, (_, failure) -> System.err.println(failure.getMessage()));
        }
    }

    /** Takes what waits at the socket, {@value #BATCH} datagrams at most: the poller tells of more. */
    void receive(long now) throws SocketFailure {
        int count = INBOX.receive(socket);
        for (int i = 0; i < count; i++) {
            Download client = downloads.get(INBOX.localAddress(i));
            if (client == null) {
                continue; // of an earlier run, to a port that is used again
            }
            ByteBuffer payload = INBOX.payload(i);
            if (link.isClean()) {
                client.received(payload, INBOX.sourcePort(i), now);
                // The inbox's octets are good until its next look only: what waits on the slow link is copied.
            } else if (dice.nextDouble() >= link.loss()) {
                byte[] octets = new byte[payload.remaining()];
                payload.get(octets);
                onTheWay.addLast(
                        new Delayed(client, ByteBuffer.wrap(octets), INBOX.sourcePort(i), now + link.delayNanos()));
            }
        }
        flush();
    }

    /** When {@link #deliver} has something to do. */
    long dueAt() {
        return onTheWay.isEmpty() ? Long.MAX_VALUE : onTheWay.getFirst().dueAt();
    }

    void deliver(long now) {
        while (!onTheWay.isEmpty() && onTheWay.getFirst().dueAt() - now <= 0) {
            Delayed arrived = onTheWay.removeFirst();
            arrived.client().received(arrived.payload(), arrived.port(), now);
        }
        flush();
    }

    /** Lets each client look at its clock. */
    void look(long now) {
        downloads.values().forEach(download -> download.look(now));
        flush();
    }

    @Override
    public void close() {
        socket.close();
    }
}
