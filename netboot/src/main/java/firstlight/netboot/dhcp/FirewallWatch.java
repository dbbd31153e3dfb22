package firstlight.netboot.dhcp;

import firstlight.model.Ipv4Address;
import firstlight.sockets.Inbox;
import firstlight.sockets.Interfaces;
import firstlight.sockets.SocketFailure;
import firstlight.sockets.SocketLoop;
import firstlight.sockets.UdpSocket;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.BooleanSupplier;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells that this host's firewall drops what PCs broadcast to the DHCP port, or relays send there: it comes by the network card and
 * Firstlight does not hear it. A packet socket shows what comes before the firewall; it is closed as soon as anything was heard, since the
 * kernel shows it each packet of IPv4. One thread owns it.
 */
public final class FirewallWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(FirewallWatch.class);
    private static final int DESTINATION = 16; // of the IP header
    private static final Duration LOOK = Duration.ofSeconds(5);

    private final UdpSocket socket;
    private final SocketLoop loop;
    private final Inbox inbox = new Inbox(16, 64);
    private final Predicate<String> ours;
    private final BooleanSupplier hears;
    private final SilentPort silent;

    private FirewallWatch(UdpSocket socket, Predicate<String> ours, BooleanSupplier hears, SilentPort silent)
            throws SocketFailure {
        this.socket = socket;
        this.ours = ours;
        this.hears = hears;
        this.silent = silent;
        this.loop = new SocketLoop("firewall-watch", List.of(socket), this::run);
        loop.start();
    }

    /**
     * @param port that PCs broadcast to
     * @param ours whether what comes by the interface of that name is to be heard; asked by a thread of its own
     * @param others what else PCs must reach here, for the cure: {@code 69/udp}
     * @param hears whether anything that came to the port was heard yet
     */
    public static FirewallWatch start(int port, Predicate<String> ours, List<String> others, BooleanSupplier hears)
            throws SocketFailure {
        UdpSocket socket = UdpSocket.ofWhatCame(port);
        try {
            return new FirewallWatch(socket, ours, hears, new SilentPort(port, others));
        } catch (SocketFailure e) {
            socket.close();
            throw e;
        }
    }

    private void run() {
        try {
            while (loop.isOpen() && !hears.getAsBoolean()) {
                loop.await(LOOK);
                int count = inbox.receive(socket);
                for (int i = 0; i < count && !silent.hasCome(); i++) { // a flood's others tell nothing more
                    ByteBuffer packet = inbox.payload(i);
                    served(inbox.interfaceIndex(i), packet)
                            .ifPresent(name -> silent.came(
                                    name, !isBroadcast(packet) && hasReversePathFilter(name), System.nanoTime()));
                }
                silent.told(System.nanoTime(), hears.getAsBoolean()).ifPresent(LOG::warn);
            }
            if (loop.isOpen() && silent.isTold()) {
                LOG.info("what PCs broadcast is heard now");
            }
        } catch (SocketFailure | SocketException e) {
            LOG.debug("whether a firewall drops what PCs broadcast is not looked at any more", e);
        } finally {
            socket.close();
        }
    }

    /** Nobody is answered on an interface without an address, so nothing is missed there; nor is what a host that routes passes on. */
    private Optional<String> served(int index, ByteBuffer packet) throws SocketException {
        if (packet.remaining() < DESTINATION + 4) {
            return Optional.empty();
        }
        Ipv4Address destination = destination(packet);
        List<Interfaces.Interface> up = Interfaces.up();
        boolean forUs = isBroadcast(packet)
                || up.stream()
                        .flatMap(each -> each.addresses().stream())
                        .anyMatch(own -> own.address().equals(destination));
        return up.stream()
                .filter(each -> forUs
                        && each.index() == index
                        && !each.loopback()
                        && !each.addresses().isEmpty())
                .map(Interfaces.Interface::name)
                .filter(ours)
                .findFirst();
    }

    private static Ipv4Address destination(ByteBuffer packet) {
        return new Ipv4Address(packet.getInt(DESTINATION));
    }

    private static boolean isBroadcast(ByteBuffer packet) {
        return destination(packet).equals(Ipv4Address.BROADCAST);
    }

    /** Of what comes by this interface, where another is the way to its sender: RFC 3704's strict mode, which Red Hat's systems have. */
    static boolean hasReversePathFilter(String name) {
        // The kernel takes the larger of the two; 2 lets in whatever has any way back.
        return Math.max(setting("all"), setting(name)) == 1;
    }

    private static int setting(String name) {
        try {
            return Integer.parseInt(Files.readString(Path.of("/proc/sys/net/ipv4/conf", name, "rp_filter"))
                    .strip());
        } catch (IOException e) {
            LOG.debug("the reverse path filter of {} is not known", name, e);
            return 0;
        }
    }

    @Override
    public void close() {
        loop.close();
    }
}
