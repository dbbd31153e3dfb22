package firstlight.netboot.ra;

import firstlight.model.MacAddress;
import firstlight.netboot.udp.Errno;
import firstlight.netboot.udp.Icmp6Packet;
import firstlight.netboot.udp.Icmp6Socket;
import firstlight.netboot.udp.Interfaces;
import firstlight.netboot.udp.Pollable;
import firstlight.netboot.udp.Poller;
import firstlight.netboot.udp.SocketFailure;
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

    private record Port(String name, Icmp6Socket socket, RouterStandIn standIn) {}

    private final List<Port> ports;
    private final Poller poller;
    private final InstantSource clock;
    private final Thread thread;
    private final Set<String> told = new TreeSet<>();
    private volatile boolean open = true;

    private RouterAdvertisements(List<Port> ports, InstantSource clock) throws SocketFailure {
        this.ports = List.copyOf(ports);
        this.clock = clock;
        this.poller = new Poller(ports.stream().map(Port::socket).toList());
        this.thread = Thread.ofPlatform().name("router-advertisements").start(this::run);
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
        List<Port> ports = new ArrayList<>();
        for (Interfaces.Interface each : Interfaces.up()) {
            boolean wanted = interfaces.isEmpty() ? each.hardware().isPresent() : interfaces.contains(each.name());
            if (!wanted || each.loopback()) {
                continue;
            }
            try {
                ports.add(new Port(
                        each.name(), Icmp6Socket.open(each.name(), each.index()), new RouterStandIn(prebootClient)));
            } catch (SocketFailure e) {
                LOG.warn(
                        "iPXE will wait 16 s for an IPv6 router on interface {} before each download: {}",
                        each.name(),
                        e.getMessage());
            }
        }
        return new RouterAdvertisements(ports, clock);
    }

    private void run() {
        try {
            ports.forEach(this::askForRouters);
            while (open) {
                for (Pollable ready : poller.await(Duration.ofSeconds(60))) {
                    for (Port port : ports) {
                        if (port.socket() == ready) {
                            serve(port);
                        }
                    }
                }
            }
        } catch (SocketFailure e) {
            LOG.error("router solicitations are no longer answered: {}", e.getMessage());
        }
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
        if (!open) {
            return;
        }
        open = false;
        poller.wakeup();
        try {
            thread.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        poller.close();
        ports.forEach(port -> port.socket().close());
    }
}
