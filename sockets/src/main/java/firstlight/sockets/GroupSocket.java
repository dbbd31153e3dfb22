package firstlight.sockets;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import firstlight.model.Ipv4Address;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;

/** A datagram socket of one multicast group: it sends to it, the kernel cutting what is long into datagrams, or hears it on one interface. */
public final class GroupSocket implements AutoCloseable {
    /** A tenth of a second of a gigabit: a receiver that writes to a disk may be away for that long. */
    private static final int RECEIVE_BUFFER = 16 << 20;

    private static final int SEND_BUFFER = 1 << 20;

    private final int descriptor;
    private final String what;

    private GroupSocket(String what) throws SocketFailure {
        this.what = what;
        descriptor = Libc.socket(Libc.AF_INET, Libc.SOCK_DGRAM | Libc.SOCK_CLOEXEC, 0);
        UdpSocket.check(descriptor, what);
    }

    /**
     * For a sender.
     *
     * @param local the address of the interface to send on
     * @param ttl how many routers may pass it on, plus 1
     * @param segment octets of each datagram of which {@link #send} sends several by one call; 0: the kernel shall not cut
     */
    public static GroupSocket sending(Ipv4Address group, int port, Ipv4Address local, int ttl, int segment)
            throws SocketFailure {
        return new GroupSocket("send to " + group + ":" + port + " from " + local).with((socket, arena) -> {
            socket.wish(Layout.SOL_SOCKET, Layout.SO_SNDBUFFORCE, arena.allocateFrom(JAVA_INT, SEND_BUFFER));
            socket.set(Layout.IPPROTO_IP, Layout.IP_MULTICAST_IF, socket.membership(arena, group, local));
            socket.set(Layout.IPPROTO_IP, Layout.IP_MULTICAST_TTL, arena.allocateFrom(JAVA_INT, ttl));
            if (segment > 0) {
                socket.set(Layout.SOL_UDP, Layout.UDP_SEGMENT, arena.allocateFrom(JAVA_INT, segment));
            }
            socket.check(Libc.bind(socket.descriptor, address(arena, local, 0)));
            socket.check(Libc.connect(socket.descriptor, address(arena, group, port)));
        });
    }

    /**
     * For a receiver.
     *
     * @param local the address of the interface to listen on
     * @param millis how long a call waits for the first datagram
     */
    public static GroupSocket receiving(Ipv4Address group, int port, Ipv4Address local, int millis)
            throws SocketFailure {
        return new GroupSocket("listen to " + group + ":" + port + " on " + local).with((socket, arena) -> {
            socket.set(Layout.SOL_SOCKET, Layout.SO_REUSEADDR, arena.allocateFrom(JAVA_INT, 1));
            MemorySegment octets = arena.allocateFrom(JAVA_INT, RECEIVE_BUFFER);
            // The first gives what the system allows; the other one needs root, which the imaging environment is.
            socket.wish(Layout.SOL_SOCKET, Layout.SO_RCVBUF, octets);
            socket.wish(Layout.SOL_SOCKET, Layout.SO_RCVBUFFORCE, octets);
            MemorySegment time = arena.allocate(16, 8);
            time.set(JAVA_LONG, 8, millis * 1000L);
            socket.set(Layout.SOL_SOCKET, Layout.SO_RCVTIMEO, time);
            socket.wish(Layout.SOL_UDP, Layout.UDP_GRO, arena.allocateFrom(JAVA_INT, 1));
            socket.wish(Layout.IPPROTO_IP, Layout.IP_MULTICAST_ALL, arena.allocateFrom(JAVA_INT, 0));
            socket.check(Libc.bind(socket.descriptor, address(arena, group, port)));
            socket.set(Layout.IPPROTO_IP, Layout.IP_ADD_MEMBERSHIP, socket.membership(arena, group, local));
        });
    }

    @FunctionalInterface
    private interface Setting {
        void set(GroupSocket socket, Arena arena) throws SocketFailure;
    }

    private GroupSocket with(Setting setting) throws SocketFailure {
        try (Arena arena = Arena.ofConfined()) {
            setting.set(this, arena);
            return this;
        } catch (SocketFailure e) {
            close();
            throw e;
        }
    }

    /** An option without which the socket is of no use. */
    private void set(int level, int option, MemorySegment value) throws SocketFailure {
        check(Libc.setsockopt(descriptor, level, option, value));
    }

    /** An option without which it is slower. */
    private void wish(int level, int option, MemorySegment value) {
        int _ = Libc.setsockopt(descriptor, level, option, value);
    }

    private void check(int answer) throws SocketFailure {
        UdpSocket.check(answer, what);
    }

    private static MemorySegment address(Arena arena, Ipv4Address address, int port) {
        MemorySegment at = arena.allocate(Layout.SOCKADDR_IN, 8);
        Layout.putAddress(at, address.value(), port);
        return at;
    }

    /** An ip_mreqn: by the interface's number, for several interfaces may have networks alike. */
    private MemorySegment membership(Arena arena, Ipv4Address group, Ipv4Address local) throws SocketFailure {
        MemorySegment at = arena.allocate(12, 4);
        at.set(Layout.NET_INT, 0, group.value());
        at.set(Layout.NET_INT, 4, local.value());
        at.set(JAVA_INT, 8, interfaceOf(local));
        return at;
    }

    private int interfaceOf(Ipv4Address local) throws SocketFailure {
        try {
            NetworkInterface found = NetworkInterface.getByInetAddress(InetAddress.getByName(local.toString()));
            if (found == null) {
                throw SocketFailure.of(what, Errno.EADDRNOTAVAIL);
            }
            return found.getIndex();
        } catch (SocketException | UnknownHostException e) {
            throw SocketFailure.of(what, e);
        }
    }

    /**
     * Sends {@code octets}; waits while the kernel's buffer is full.
     *
     * @throws SocketFailure for example {@link Errno#EIO} where the interface cannot cut what is long
     */
    public void send(MemorySegment octets) throws SocketFailure {
        int answer;
        do {
            answer = Libc.send(descriptor, octets);
        } while (answer < 0 && Errno.of(-answer) == Errno.EINTR);
        check(answer);
    }

    int descriptor() {
        return descriptor;
    }

    SocketFailure failure(int number) {
        return SocketFailure.of(what, number);
    }

    @Override
    public void close() {
        int _ = Libc.close(descriptor);
    }
}
