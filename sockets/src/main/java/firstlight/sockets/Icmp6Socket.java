package firstlight.sockets;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;

import firstlight.model.Bytes;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.Inet6Address;
import java.net.UnknownHostException;
import java.util.HexFormat;
import java.util.Optional;

/**
 * A raw ICMPv6 socket on one interface that hears router solicitations and advertisements (RFC 4861 4.1, 4.2) and sends with
 * hop limit 255. Needs root. The kernel computes the checksums. One thread owns it.
 */
public final class Icmp6Socket implements Pollable, AutoCloseable {
    private static final int ROUTER_SOLICITATION = 133;
    private static final int ROUTER_ADVERTISEMENT = 134;
    /** ff02::2 (RFC 4291 2.7.1), to which clients send their solicitations: it is heard by who has joined it. */
    private static final byte[] ALL_ROUTERS = HexFormat.of().parseHex("ff020000000000000000000000000002");
    /** Octets of the longest message that is read; both kinds are much shorter. */
    private static final int SIZE = 2048;
    /** in6_pktinfo (an address, an interface) and the hop limit. */
    private static final int CONTROL_ROOM = Layout.controlSpace(20) + Layout.controlSpace(4);

    private final Arena arena = Arena.ofShared();
    private final int descriptor;
    private final int interfaceIndex;
    private final MemorySegment message = arena.allocate(Layout.MESSAGE_SIZE, 8);
    private final MemorySegment name = arena.allocate(Layout.SOCKADDR_IN6, 8);
    private final MemorySegment control = arena.allocate(CONTROL_ROOM, 8);
    private final MemorySegment payload = arena.allocate(SIZE, 8);
    private final MemorySegment vector = arena.allocate(Layout.VECTOR_SIZE, 8);

    private Icmp6Socket(int descriptor, int interfaceIndex) {
        this.descriptor = descriptor;
        this.interfaceIndex = interfaceIndex;
    }

    /**
     * @param device its name, to which the socket is bound; {@code interfaceIndex} is its number
     * @throws SocketFailure without the right to raw sockets, or on a host without IPv6
     */
    public static Icmp6Socket open(String device, int interfaceIndex) throws SocketFailure {
        String what = "listen for router solicitations on interface " + device;
        int descriptor = Libc.socket(Libc.AF_INET6, Libc.SOCK_RAW | Libc.SOCK_CLOEXEC, Layout.IPPROTO_ICMPV6);
        UdpSocket.check(descriptor, what);
        try (Arena arena = Arena.ofConfined()) {
            UdpSocket.check(
                    Libc.setsockopt(descriptor, Layout.SOL_SOCKET, Layout.SO_BINDTODEVICE, arena.allocateFrom(device)),
                    what);
            // struct icmp6_filter, a bit for each type: set ones are blocked (RFC 3542 section 3.2).
            MemorySegment filter = arena.allocate(32, 8).fill((byte) 0xFF);
            for (int type : new int[] {ROUTER_SOLICITATION, ROUTER_ADVERTISEMENT}) {
                long word = (type >> 5) * 4L;
                filter.set(Layout.INT, word, filter.get(Layout.INT, word) & ~(1 << (type & 31)));
            }
            UdpSocket.check(Libc.setsockopt(descriptor, Layout.IPPROTO_ICMPV6, Layout.ICMP6_FILTER, filter), what);
            int ip = Layout.IPPROTO_IPV6;
            UdpSocket.option(arena, descriptor, ip, Layout.IPV6_RECVPKTINFO, 1, what);
            UdpSocket.option(arena, descriptor, ip, Layout.IPV6_RECVHOPLIMIT, 1, what);
            UdpSocket.option(arena, descriptor, ip, Layout.IPV6_UNICAST_HOPS, 255, what);
            UdpSocket.option(arena, descriptor, ip, Layout.IPV6_MULTICAST_HOPS, 255, what);
            MemorySegment group = arena.allocate(20, 8);
            MemorySegment.copy(ALL_ROUTERS, 0, group, JAVA_BYTE, 0, 16);
            group.set(ValueLayout.JAVA_INT, 16, interfaceIndex);
            UdpSocket.check(Libc.setsockopt(descriptor, ip, Layout.IPV6_JOIN_GROUP, group), what);
            return new Icmp6Socket(descriptor, interfaceIndex);
        } catch (SocketFailure e) {
            int _ = Libc.close(descriptor);
            throw e;
        }
    }

    @Override
    public int descriptor() {
        return descriptor;
    }

    /** A message that is there already, or empty. Its hop limit is 0 where the kernel did not tell it, which no neighbour's message has. */
    public Optional<Icmp6Packet> receive() throws SocketFailure {
        prepare(payload.byteSize(), CONTROL_ROOM);
        int count = Libc.recvmmsg(descriptor, message, 1, Libc.MSG_DONTWAIT);
        if (count < 0 && Errno.of(-count) != Errno.EAGAIN && Errno.of(-count) != Errno.EINTR) {
            throw SocketFailure.of("receive router solicitations", -count);
        }
        if (count <= 0) {
            return Optional.empty();
        }
        int length = Math.min(SIZE, message.get(Layout.INT, Layout.RECEIVED_LENGTH));
        long controlLength = message.get(Layout.LONG, Layout.CONTROL_LENGTH);
        long info =
                Layout.findControl(Layout.fast(control), 0, controlLength, Layout.IPPROTO_IPV6, Layout.IPV6_PKTINFO);
        long hops =
                Layout.findControl(Layout.fast(control), 0, controlLength, Layout.IPPROTO_IPV6, Layout.IPV6_HOPLIMIT);
        return Optional.of(new Icmp6Packet(
                Bytes.of(payload.asSlice(0, length).toArray(JAVA_BYTE)),
                address(name.asSlice(8, 16).toArray(JAVA_BYTE)),
                info < 0 ? interfaceIndex : control.get(Layout.INT, info + 16),
                hops < 0 ? 0 : control.get(Layout.INT, hops)));
    }

    /** Fails with {@link Errno#EADDRNOTAVAIL} while the interface's own link-local address is tentative. */
    public void send(Bytes octets, Inet6Address to) throws SocketFailure {
        MemorySegment.copy(octets.toArray(), 0, payload, JAVA_BYTE, 0, octets.length());
        prepare(octets.length(), 0);
        Layout.putAddress6(name, to.getAddress(), interfaceIndex);
        int answer = Libc.sendmsg(descriptor, message);
        UdpSocket.check(answer, "send an ICMPv6 message to " + to.getHostAddress());
    }

    private void prepare(long length, long controlLength) {
        vector.set(Layout.LONG, 0, payload.address());
        vector.set(Layout.LONG, 8, length);
        message.set(Layout.LONG, Layout.NAME, name.address());
        message.set(Layout.INT, Layout.NAME_LENGTH, Layout.SOCKADDR_IN6);
        message.set(Layout.LONG, Layout.VECTORS, vector.address());
        message.set(Layout.LONG, Layout.VECTOR_COUNT, 1L);
        message.set(Layout.LONG, Layout.CONTROL, controlLength == 0 ? 0L : control.address());
        message.set(Layout.LONG, Layout.CONTROL_LENGTH, controlLength);
    }

    private static Inet6Address address(byte[] octets) {
        try {
            return Inet6Address.getByAddress("", octets, -1);
        } catch (UnknownHostException e) {
            throw new AssertionError("sixteen octets are an address", e);
        }
    }

    @Override
    public void close() {
        int _ = Libc.close(descriptor);
        arena.close();
    }
}
