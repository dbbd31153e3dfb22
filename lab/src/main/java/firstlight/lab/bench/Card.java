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
    private static final int BATCH = 64;
    private static final int LONGEST_PACKET = 2048;
    private static final Inbox INBOX = new Inbox(BATCH, LONGEST_PACKET);

    private final UdpSocket socket = UdpSocket.open(Binding.of(Ipv4Address.ANY, 0));
    private final Outbox outbox = new Outbox(BATCH);
    private final Link link;
    private final Random dice;
    private final Deque<Delayed> onTheWay = new ArrayDeque<>();
    private final Map<Integer, Download> downloads = new HashMap<>();

    /** A packet on the slow link. */
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

    /** Puts a packet of {@code client} into the box; {@link #flush} sends it. */
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

    /** Takes what waits at the socket. */
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
