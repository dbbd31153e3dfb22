package firstlight.sockets;

import firstlight.model.Bytes;
import firstlight.model.Ipv4Address;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/**
 * An IPv4 datagram socket that knows on which interface and for which address a packet came, and that can choose both for
 * what it sends. One thread reads it at a time; any thread may send single datagrams.
 */
public final class UdpSocket implements Pollable, AutoCloseable {
    private static final int BUFFER_OCTETS = 4 << 20;

    private final int descriptor;
    private final int port;
    private volatile boolean segmentation = true;
    private volatile boolean open = true;

    /** Made by the first {@link #receive}: loops with an {@link Inbox} of their own need none. */
    private final ThreadLocal<Inbox> single = ThreadLocal.withInitial(() -> new Inbox(1, 1 << 16));

    private UdpSocket(int descriptor, int port) {
        this.descriptor = descriptor;
        this.port = port;
    }

    /**
     * Where a socket listens.
     *
     * @param address 0.0.0.0 for every address
     * @param port 0 for any free port
     * @param device the only interface to use, empty for all
     * @param reuseAddress several sockets may share the port; a broadcast then reaches all of them, a unicast one of them
     */
    public record Binding(Ipv4Address address, int port, String device, boolean reuseAddress, boolean broadcast) {
        public static Binding of(Ipv4Address address, int port) {
            return new Binding(address, port, "", false, false);
        }

        public Binding at(Ipv4Address one) {
            return new Binding(one, port, device, reuseAddress, broadcast);
        }

        public Binding onDevice(String name) {
            return new Binding(address, port, name, reuseAddress, broadcast);
        }

        public Binding withReuseAddress() {
            return new Binding(address, port, device, true, broadcast);
        }

        public Binding withBroadcast() {
            return new Binding(address, port, device, reuseAddress, true);
        }

        @Override
        public String toString() {
            String where = address.isAny() ? "" : " on " + address;
            return "UDP port " + port + where + (device.isEmpty() ? "" : " of interface " + device);
        }
    }

    public static UdpSocket open(Binding binding) throws SocketFailure {
        int descriptor = Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        if (descriptor < 0) {
            throw SocketFailure.of("open " + binding, -descriptor);
        }
        try (Arena arena = Arena.ofConfined()) {
            if (binding.reuseAddress()) {
                option(arena, descriptor, Layout.SOL_SOCKET, Layout.SO_REUSEADDR, 1, "share " + binding);
            }
            if (binding.broadcast()) {
                option(arena, descriptor, Layout.SOL_SOCKET, Layout.SO_BROADCAST, 1, "broadcast from " + binding);
            }
            prepare(arena, descriptor, binding.device());
            MemorySegment address = arena.allocate(Layout.SOCKADDR_IN, 8);
            Layout.putAddress(address, binding.address().value(), binding.port());
            check(Libc.bind(descriptor, address), "bind " + binding);
            MemorySegment length = arena.allocateFrom(ValueLayout.JAVA_INT, Layout.SOCKADDR_IN);
            check(Libc.getsockname(descriptor, address, length), "read the port of " + binding);
            return new UdpSocket(descriptor, address.get(Layout.NET_SHORT, 2) & 0xFFFF);
        } catch (SocketFailure e) {
            int _ = Libc.close(descriptor);
            throw e;
        }
    }

    /**
     * Hears what is broadcast to a port without having it, so that a DHCP client of this host may. Needs root. Each payload begins with the
     * IP and UDP headers.
     */
    public static UdpSocket overhearBroadcasts(int port) throws SocketFailure {
        String what = "overhear UDP port " + port;
        // Bound to it, the kernel copies no other packet of this host for us.
        return raw(port, Ipv4Address.BROADCAST, "", what);
    }

    /**
     * Hears and answers for a port without having it, so that a DHCP server of this host may have it, before and after. Needs CAP_NET_RAW.
     * Each payload that it receives begins with the IP and UDP headers, each that it sends with the UDP header; the port of a send's
     * destination is only what that header says. The firewall sees its packets as those of any socket.
     *
     * @param device the only interface to use, empty for all
     */
    public static UdpSocket withoutPort(int port, String device) throws SocketFailure {
        String what = "hear UDP port " + port + (device.isEmpty() ? "" : " of interface " + device);
        return raw(port, Ipv4Address.ANY, device, what);
    }

    /**
     * For what other programs of this host send to one of two ports, also below IP, where no socket of UDP hears it. Deaf until {@link #hearSent}. Needs
     * CAP_NET_RAW. Each payload begins with the IP and UDP headers; they alone tell who sent it. It cannot send.
     */
    public static UdpSocket ofSent(int port, int orPort) throws SocketFailure {
        return onLink(
                arena -> PortFilter.sent(arena, port, orPort), port, "hear what this host sends to UDP port " + port);
    }

    /**
     * Has a socket {@link #ofSent} hear. From now on the kernel shows it each packet that comes or goes, which is cheap only beside another
     * program's socket of that kind.
     */
    public void hearSent() throws SocketFailure {
        hearLink(Layout.ETH_P_ALL, "hear what this host sends to UDP port " + port);
    }

    /**
     * Hears what comes to a port, by broadcast or for this host's Ethernet address, before a firewall of this host may drop it. The kernel shows it each packet of IPv4 that comes, so
     * it is not to be kept. Needs CAP_NET_RAW. Each payload begins with the IP and UDP headers; it cannot send.
     */
    public static UdpSocket ofWhatCame(int port) throws SocketFailure {
        String what = "hear what comes to UDP port " + port;
        UdpSocket socket = onLink(arena -> PortFilter.came(arena, port), port, what);
        try {
            socket.hearLink(Layout.ETH_P_IP, what);
            return socket;
        } catch (SocketFailure e) {
            socket.close();
            throw e;
        }
    }

    private static UdpSocket onLink(Function<Arena, MemorySegment> filter, int port, String what) throws SocketFailure {
        int descriptor = Libc.socket(Libc.AF_PACKET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        check(descriptor, what);
        try (Arena arena = Arena.ofConfined()) {
            check(Libc.setsockopt(descriptor, Layout.SOL_SOCKET, Layout.SO_ATTACH_FILTER, filter.apply(arena)), what);
            return new UdpSocket(descriptor, port);
        } catch (SocketFailure e) {
            int _ = Libc.close(descriptor);
            throw e;
        }
    }

    private void hearLink(int protocol, String what) throws SocketFailure {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment link = arena.allocate(Layout.SOCKADDR_LL, 8);
            Layout.putAnyLink(link, protocol);
            check(Libc.bind(descriptor, link), what);
        }
    }

    private static UdpSocket raw(int port, Ipv4Address address, String device, String what) throws SocketFailure {
        int descriptor = Libc.socket(Libc.AF_INET, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Layout.SOL_UDP);
        check(descriptor, what);
        try (Arena arena = Arena.ofConfined()) {
            check(
                    Libc.setsockopt(descriptor, Layout.SOL_SOCKET, Layout.SO_ATTACH_FILTER, PortFilter.of(arena, port)),
                    what);
            option(arena, descriptor, Layout.SOL_SOCKET, Layout.SO_BROADCAST, 1, what);
            prepare(arena, descriptor, device);
            MemorySegment to = arena.allocate(Layout.SOCKADDR_IN, 8);
            Layout.putAddress(to, address.value(), 0);
            check(Libc.bind(descriptor, to), what);
            return new UdpSocket(descriptor, port);
        } catch (SocketFailure e) {
            int _ = Libc.close(descriptor);
            throw e;
        }
    }

    private static void prepare(Arena arena, int descriptor, String device) throws SocketFailure {
        if (!device.isEmpty()) {
            MemorySegment name = arena.allocateFrom(device, StandardCharsets.US_ASCII);
            check(
                    Libc.setsockopt(descriptor, Layout.SOL_SOCKET, Layout.SO_BINDTODEVICE, name),
                    "use interface " + device);
        }
        option(arena, descriptor, Layout.IPPROTO_IP, Layout.IP_PKTINFO, 1, "ask for packet information");
        // As dnsmasq does: a packet for a link with a small MTU is better cut than lost (IP_PMTUDISC_DONT).
        option(arena, descriptor, Layout.IPPROTO_IP, Layout.IP_MTU_DISCOVER, 0, "allow fragments");
        // Beyond rmem_max and wmem_max these need root; without it the system's default has to do.
        MemorySegment octets = arena.allocateFrom(ValueLayout.JAVA_INT, BUFFER_OCTETS);
        int _ = Libc.setsockopt(descriptor, Layout.SOL_SOCKET, Layout.SO_RCVBUFFORCE, octets)
                + Libc.setsockopt(descriptor, Layout.SOL_SOCKET, Layout.SO_SNDBUFFORCE, octets);
    }

    static void option(Arena arena, int descriptor, int level, int option, int value, String doing)
            throws SocketFailure {
        check(Libc.setsockopt(descriptor, level, option, arena.allocateFrom(ValueLayout.JAVA_INT, value)), doing);
    }

    static void check(int answer, String doing) throws SocketFailure {
        if (answer < 0) {
            throw SocketFailure.of(doing, -answer);
        }
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    /** The port it is bound to, also when any was asked for. */
    public int port() {
        return port;
    }

    /** A datagram that is there already, or empty. */
    public Optional<Datagram> receive() throws SocketFailure {
        Inbox inbox = single.get();
        if (inbox.receive(this) == 0) {
            return Optional.empty();
        }
        ByteBuffer payload = inbox.payload(0);
        byte[] octets = new byte[payload.remaining()];
        payload.get(octets);
        return Optional.of(new Datagram(
                Bytes.of(octets),
                new Ipv4Address(inbox.sourceAddress(0)),
                inbox.sourcePort(0),
                new Ipv4Address(inbox.localAddress(0)),
                new Ipv4Address(inbox.destination(0)),
                inbox.interfaceIndex(0)));
    }

    /** Waits for a datagram. For one that waits on several sockets see {@link Poller}. */
    public Optional<Datagram> receive(Duration timeout) throws SocketFailure {
        try (Poller poller = new Poller(List.of(this))) {
            poller.awaitNanos(timeout.toNanos());
            return poller.isReady(0) ? receive() : Optional.empty();
        }
    }

    /**
     * Sends one datagram.
     *
     * @param localAddress the source address, 0.0.0.0 for the kernel's choice
     * @param interfaceIndex the interface to send on, 0 for the route's
     */
    public void send(Bytes payload, Ipv4Address to, int toPort, Ipv4Address localAddress, int interfaceIndex)
            throws SocketFailure {
        Outbox outbox = new Outbox(1);
        outbox.begin(to.value(), toPort, localAddress.value(), interfaceIndex, 0);
        outbox.copy(payload.toArray());
        SocketFailure[] failure = new SocketFailure[1];
        outbox.flush(this, (_, e) -> failure[0] = e);
        if (failure[0] != null) {
            throw failure[0];
        }
    }

    /**
     * From now on others may open this port too, if they share it (SO_REUSEADDR): ISC dhcpd, udhcpd, systemd-networkd and dnsmasq with
     * {@code bind-interfaces} do. A broadcast then reaches all, what was sent to an address the one that opened last (Linux 6.1).
     */
    public void letOthersIn() throws SocketFailure {
        try (Arena arena = Arena.ofConfined()) {
            option(arena, descriptor, Layout.SOL_SOCKET, Layout.SO_REUSEADDR, 1, "share UDP port " + port);
        }
    }

    /** Whether the kernel cuts long messages into datagrams here; false after {@link #giveUpSegmentation}. */
    public boolean hasSegmentation() {
        return segmentation;
    }

    /** For links that refuse segmented sends (no checksum offload). */
    public void giveUpSegmentation() {
        segmentation = false;
    }

    /** Not while another thread waits on it: wake that one up first. */
    @Override
    public void close() {
        if (open) {
            open = false;
            int _ = Libc.close(descriptor);
        }
    }
}
