package firstlight.netboot.dhcp;

import firstlight.model.Bytes;
import firstlight.model.Events;
import firstlight.model.Ipv4Address;
import firstlight.sockets.Inbox;
import firstlight.sockets.Interfaces;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.SocketLoop;
import firstlight.sockets.UdpSocket;
import firstlight.wire.DecodeException;
import firstlight.wire.dhcp.DhcpCodec;
import firstlight.wire.dhcp.DhcpOption.MessageType;
import firstlight.wire.dhcp.DhcpPacket;
import firstlight.wire.ip.UdpPacket;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Overhears what other servers broadcast to PCs that boot, tells who else wants to boot them, and has repeated what they cannot read. Only broadcasts come by: a proxy's always
 * are, a DHCP server's when the firmware asks for it (EDK2 does, iPXE's ROM does not). One thread owns it.
 */
public final class OfferWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(OfferWatch.class);
    /** Where what others offer PCs is overheard. */
    public static final int CLIENT_PORT = 68;

    /** Where DHCP servers of this host send what they answer PCs behind a relay; the PCs' questions go there, too. */
    private static final int RELAY_PORT = 67;

    /** How long it waits at most before it looks again at what this host's own servers send. */
    private static final Duration LOOK = Duration.ofSeconds(5);
    /** Servers, and offers, that are kept so as to tell each once. */
    private static final int MANY = 1000;

    /** Hears broadcasts to PCs; {@link #sent} hears what DHCP servers of this host send, which no socket receives. */
    private final UdpSocket socket;

    private final OwnHostAnswers sent;
    private final SocketLoop loop;
    private final Inbox inbox = new Inbox(16, 2048);
    private final List<String> interfaces;
    private final boolean sharedDatabase;
    private final PrebootClients clients;
    private final Events events;
    private final InstantSource clock;
    private final ProxyDhcpServer proxy;
    private final Set<Ipv4Address> told = new HashSet<>();
    private final ToldOffers offers = new ToldOffers(MANY);
    private final EarlyOffers early;

    private OfferWatch(
            UdpSocket socket,
            OwnHostAnswers sent,
            List<String> interfaces,
            boolean sharedDatabase,
            PrebootClients clients,
            Events events,
            InstantSource clock,
            ProxyDhcpServer proxy)
            throws SocketFailure {
        this.socket = socket;
        this.sent = sent;
        this.interfaces = List.copyOf(interfaces);
        this.sharedDatabase = sharedDatabase;
        this.clients = clients;
        this.early = new EarlyOffers(clients);
        this.events = events;
        this.clock = clock;
        this.proxy = proxy;
        List<UdpSocket> sockets = new ArrayList<>(sent.sockets());
        sockets.add(socket);
        this.loop = new SocketLoop("offer-watch", sockets, this::run);
        loop.start();
    }

    /**
     * @param interfaces the only ones to listen on; empty for all
     * @param sharedDatabase whether other Firstlights may decide by the same database
     * @param proxy repeats offers that its clients cannot read, and follows who gets a lease
     */
    public static OfferWatch start(
            List<String> interfaces,
            boolean sharedDatabase,
            PrebootClients clients,
            Events events,
            InstantSource clock,
            ProxyDhcpServer proxy)
            throws SocketFailure {
        UdpSocket socket = UdpSocket.overhearBroadcasts(CLIENT_PORT);
        OwnHostAnswers sent = OwnHostAnswers.open(CLIENT_PORT, RELAY_PORT);
        try {
            return new OfferWatch(socket, sent, interfaces, sharedDatabase, clients, events, clock, proxy);
        } catch (SocketFailure e) {
            sent.close();
            socket.close();
            throw e;
        }
    }

    private void run() {
        try {
            while (loop.isOpen()) {
                try {
                    turn();
                } catch (RuntimeException | OutOfMemoryError e) {
                    // Others may take all memory for a moment: whom UEFI's faults keep from booting then wants this
                    // thread
                    // afterwards.
                    LOG.error("a bug, or no memory; what another server offered just now is not looked at", e);
                    loop.pause();
                }
                loop.await(LOOK);
            }
        } catch (IOException e) {
            LOG.warn("other servers' offers are no longer listened to: {}", e.getMessage());
        }
    }

    private void turn() throws IOException {
        for (EarlyOffers.Early each : early.due(clock.instant())) {
            try {
                tell(each.offer(), each.transactionId());
            } catch (RuntimeException e) { // a database that is away: the next is told
                LOG.warn("an offer of another server is not told: {}", e.toString());
            }
        }
        hearOwnHost();
        int count = inbox.receive(socket);
        for (int i = 0; i < count; i++) {
            if (isWatched(inbox.interfaceIndex(i))) {
                heard(inbox.payload(i));
            }
        }
    }

    /** A server of this host has its interface from its own configuration: what it offers where we answer nobody matters to none of ours. */
    private void hearOwnHost() throws SocketException {
        int count = sent.receive(inbox, System.nanoTime());
        for (int i = 0; i < count; i++) {
            heard(inbox.payload(i));
        }
    }

    private void heard(ByteBuffer octets) {
        try {
            UdpPacket packet = UdpPacket.decode(octets);
            int port = packet.destinationPort();
            if (port == CLIENT_PORT || port == RELAY_PORT) { // others come until the socket has its filter
                DhcpPacket answer = DhcpCodec.decode(packet.payload());
                if (isAnswer(port, answer)) {
                    noteLease(answer, packet.source());
                    tellProxy(answer, packet.payload());
                    lookForOthers(answer, packet.source());
                }
            }
        } catch (DecodeException e) {
            LOG.debug("a PC was sent a malformed answer: {}", e.getMessage());
        } catch (SocketException | RuntimeException e) {
            // An interface that goes while all are looked through, a database that is away: the next offer is heard.
            LOG.warn("an offer of another server is not looked at: {}", e.toString());
        }
    }

    static boolean isAnswer(int port, DhcpPacket packet) {
        return port == CLIENT_PORT || (port == RELAY_PORT && packet.op() == DhcpPacket.BOOTREPLY && packet.isRelayed());
    }

    private void noteLease(DhcpPacket answer, Ipv4Address source) {
        if (answer.yourAddress().isAny()) {
            return;
        }
        clients.leased(answer.yourAddress(), StrayRouter.of(answer));
        if (is(MessageType.OFFER, answer)) {
            Ipv4Address server = OtherOffer.server(answer, source);
            answer.mac()
                    .ifPresent(mac -> clients.leaseOffered(
                            mac, new PrebootClients.LeaseOffer(server, answer.yourAddress(), clock.instant())));
        }
    }

    /** What cannot be read is repeated, and who is refused has no lease. */
    private void tellProxy(DhcpPacket answer, Bytes octets) {
        SpoiltOffers.Overheard.of(octets, answer).ifPresent(proxy::overheard);
        if (is(MessageType.NAK, answer)) {
            proxy.refused(answer);
        }
    }

    /** Who else wants to boot the PC. */
    private void lookForOthers(DhcpPacket answer, Ipv4Address source) throws SocketException {
        ThisHost here = ThisHost.read();
        if (sharedDatabase && OtherOffer.isAnotherFirstlights(answer, source, here)) {
            clients.offeredByAnother(answer.mac().orElseThrow(), clock.instant());
        }
        OtherOffer.of(answer, source, here, sharedDatabase).ifPresent(other -> tell(other, answer.transactionId()));
    }

    private static boolean is(int messageType, DhcpPacket answer) {
        return answer.messageType().filter(type -> type == messageType).isPresent();
    }

    /** By its present index: an interface that was made anew under the same name has another. */
    private boolean isWatched(int index) {
        if (interfaces.isEmpty()) {
            return true;
        }
        try {
            for (String name : interfaces) {
                if (Interfaces.index(name) == index) {
                    return true;
                }
            }
        } catch (SocketFailure e) { // a host out of descriptors; the next offer is heard
            LOG.debug("whether an offer came by a named interface is not known: {}", e.getMessage());
        }
        return false;
    }

    private void tell(OtherOffer offer, int transactionId) {
        Instant now = clock.instant();
        // Of PCs that boot only: DHCP servers offer addresses to all that are on.
        if (!clients.hasRecent(offer.client(), now)) {
            early.keep(offer, transactionId, now);
            return;
        }
        if (!offers.isNew(offer, transactionId, now)) {
            return;
        }
        events.happened(now, offer.client(), "other-offer", offer.event());
        if (told.size() < MANY && told.add(offer.server())) {
            LOG.warn("{}", offer.warning());
        }
    }

    @Override
    public void close() {
        loop.close();
        socket.close();
        sent.close();
    }
}
