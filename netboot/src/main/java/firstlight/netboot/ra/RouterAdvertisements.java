package firstlight.netboot.ra;

import firstlight.model.MacAddress;
import firstlight.sockets.Errno;
import firstlight.sockets.Icmp6Packet;
import firstlight.sockets.Icmp6Socket;
import firstlight.sockets.Interfaces;
import firstlight.sockets.Pollable;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.SocketLoop;
import firstlight.wire.DecodeException;
import firstlight.wire.icmp6.RouterMessage;
import firstlight.wire.icmp6.RouterMessage.Solicitation;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiPredicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Carries messages between raw sockets, one an interface, and {@link RouterStandIn}. One thread owns them all. */
public final class RouterAdvertisements implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RouterAdvertisements.class);

    /** Interfaces come and go, with their cables too; a look each time costs less than listening to the kernel. */
    private static final Duration LOOK_AGAIN = Duration.ofSeconds(5);

    /** An interface that is heard; {@code index} tells whether it is still the one that its socket is bound to. */
    private record Port(String name, int index, Icmp6Socket socket, RouterStandIn standIn) {}

    private final List<String> wanted;
    private final BiPredicate<MacAddress, Instant> prebootClient;
    private final InstantSource clock;
    /** What was logged, by kind and interface, once each. */
    private final Set<String> told = new TreeSet<>();

    private final List<Port> ports = new ArrayList<>();
    private final SocketLoop loop;

    /** Until the loop waits for the sockets as they are. */
    private boolean changed;

    private RouterAdvertisements(
            List<String> wanted, BiPredicate<MacAddress, Instant> prebootClient, InstantSource clock)
            throws SocketFailure, SocketException {
        this.wanted = List.copyOf(wanted);
        this.prebootClient = prebootClient;
        this.clock = clock;
        openNew();
        this.loop = new SocketLoop("router-advertisements", sockets(), this::run);
        loop.start();
    }

    private List<Icmp6Socket> sockets() {
        return ports.stream().map(Port::socket).toList();
    }

    /**
     * An interface where it cannot work, such as one without IPv6, is told and left out: boots there are slower, not broken.
     *
     * @param interfaces the only ones to use; empty for all that have an Ethernet address
     * @param prebootClient whether a PC with this MAC address boots from the network just now
     */
    public static RouterAdvertisements start(
            List<String> interfaces, BiPredicate<MacAddress, Instant> prebootClient, InstantSource clock)
            throws SocketFailure, SocketException {
        return new RouterAdvertisements(interfaces, prebootClient, clock);
    }

    /** Ports for interfaces that have come since the last look. One that lost its cable keeps its port. */
    private List<Port> openNew() throws SocketException {
        List<Port> fresh = new ArrayList<>();
        for (Interfaces.Interface each : Interfaces.up()) {
            boolean ours = wanted.isEmpty() ? each.hardware().isPresent() : wanted.contains(each.name());
            if (!ours || each.loopback() || ports.stream().anyMatch(port -> port.index() == each.index())) {
                continue;
            }
            try {
                fresh.add(new Port(
                        each.name(),
                        each.index(),
                        Icmp6Socket.open(each.name(), each.index()),
                        new RouterStandIn(prebootClient)));
            } catch (SocketFailure e) {
                once(
                        each.name() + e.errno(),
                        "iPXE will wait 16 s for an IPv6 router on interface " + each.name() + " before each download: "
                                + e.getMessage());
            }
        }
        changed |= !fresh.isEmpty();
        ports.addAll(fresh);
        return fresh;
    }

    private void run() {
        try {
            long looked = System.nanoTime();
            ports.forEach(this::askForRouters);
            while (loop.isOpen()) {
                List<? extends Pollable> ready = loop.await(LOOK_AGAIN);
                boolean due = System.nanoTime() - looked > LOOK_AGAIN.toNanos();
                looked = due ? System.nanoTime() : looked;
                try {
                    turn(ready, due);
                } catch (RuntimeException | OutOfMemoryError e) { // others may take all memory for a moment
                    LOG.error("a bug, or no memory; a router solicitation may have no answer", e);
                    loop.pause();
                }
            }
        } catch (SocketFailure e) {
            LOG.error("router solicitations are no longer answered: {}", e.getMessage());
        }
    }

    private void turn(List<? extends Pollable> ready, boolean due) throws SocketFailure {
        for (Pollable each : ready) {
            for (Port port : ports) {
                if (port.socket() == each) {
                    serve(port);
                }
            }
        }
        if (due) {
            look();
        }
    }

    private void look() {
        try {
            List<Port> gone = gone();
            changed |= !gone.isEmpty(); // before anything can fail: the next look watches them then
            ports.removeAll(gone); // of a host with containers many come and go
            gone.forEach(port -> port.socket().close());
            List<Port> fresh = openNew();
            fresh.forEach(this::askForRouters);
            if (changed) {
                loop.watch(sockets());
                changed = false;
            }
        } catch (SocketException e) {
            once("interfaces", "the interfaces cannot be listed: " + e.getMessage());
        } catch (SocketFailure e) { // a host out of descriptors has some again later
            once("watch", "new interfaces are not heard yet; tried again: " + e.getMessage());
        }
    }

    private List<Port> gone() throws SocketFailure {
        List<Port> gone = new ArrayList<>();
        for (Port port : ports) {
            if (Interfaces.index(port.name()) != port.index()) {
                gone.add(port);
            }
        }
        return gone;
    }

    /** A router that is there answers, and then is left to answer for itself. */
    private void askForRouters(Port port) {
        try {
            Inet6Address allRouters = (Inet6Address) InetAddress.getByName("ff02::2");
            port.socket().send(RouterMessage.encode(new Solicitation(List.of())), allRouters);
        } catch (UnknownHostException impossible) {
            throw new AssertionError("an address, not a name", impossible);
        } catch (SocketFailure e) {
            once(port.name() + e.errno(), "no router solicitation on interface " + port.name() + ": " + e.getMessage());
        }
    }

    private void serve(Port port) throws SocketFailure {
        for (Optional<Icmp6Packet> packet = port.socket().receive();
                packet.isPresent();
                packet = port.socket().receive()) {
            try {
                packet(port, packet.get());
            } catch (DecodeException e) {
                once(e.kind(), "dropped: " + e.getMessage() + ", on interface " + port.name());
            }
        }
    }

    private void packet(Port port, Icmp6Packet packet) {
        var answer = port.standIn()
                .heard(RouterMessage.decode(packet.payload()), packet.source(), packet.hopLimit(), clock.instant());
        if (answer.isEmpty()) {
            return;
        }
        try {
            port.socket().send(RouterMessage.encode(answer.get()), packet.source());
            LOG.debug("spared {} on {} its wait for a router", packet.source().getHostAddress(), port.name());
        } catch (SocketFailure e) {
            // Our own link-local address is tentative for a second after the link came up; the client asks again.
            if (e.errno() != Errno.EADDRNOTAVAIL) {
                once(
                        port.name() + e.errno(),
                        "no router advertisement on interface " + port.name() + ": " + e.getMessage());
            }
        }
    }

    private void once(String kind, String text) {
        if (told.add(kind)) {
            LOG.warn("{} (told once)", text);
        }
    }

    @Override
    public void close() {
        if (!loop.isOpen()) {
            return;
        }
        loop.close();
        ports.forEach(port -> port.socket().close());
    }
}
