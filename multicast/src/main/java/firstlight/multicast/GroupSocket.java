package firstlight.multicast;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import firstlight.model.Ipv4Address;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.nio.ByteOrder;

/** A descriptor of a datagram socket with options that java.nio does not know. Numbers are those of 64-bit Linux. */
final class GroupSocket implements AutoCloseable {
    private static final int AF_INET = 2;
    private static final int SOCK_DGRAM_CLOEXEC = 2 | 0x80000;
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_RCVBUF = 8;
    private static final int SO_RCVTIMEO = 20;
    private static final int SO_SNDBUFFORCE = 32;
    private static final int SO_RCVBUFFORCE = 33;
    private static final int IPPROTO_IP = 0;
    private static final int IP_MULTICAST_IF = 32;
    private static final int IP_MULTICAST_TTL = 33;
    private static final int IP_ADD_MEMBERSHIP = 35;
    private static final int IP_MULTICAST_ALL = 49;
    private static final int SOL_UDP = 17;
    private static final int UDP_SEGMENT = 103;
    private static final int UDP_GRO = 104;
    private static final ValueLayout.OfShort NET_SHORT =
            ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NET_INT = ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    /** A tenth of a second of a gigabit: a receiver that writes to a disk may be away for that long. */
    private static final int RECEIVE_BUFFER = 16 << 20;

    private static final int SEND_BUFFER = 1 << 20;

    private final int descriptor;

    private GroupSocket(int descriptor) {
        this.descriptor = descriptor;
    }

    /**
     * For a sender.
     *
     * @param local the address of the interface to send on
     * @param ttl how many routers may pass it on, plus 1
     * @param segment octets of each datagram of which {@link #send} sends several by one call; 0: the kernel shall not cut
     */
    static GroupSocket sending(Ipv4Address group, int port, Ipv4Address local, int ttl, int segment)
            throws IOException {
        return open("send to " + group + ":" + port + " from " + local, (socket, arena) -> {
            socket.option(SOL_SOCKET, SO_SNDBUFFORCE, arena.allocateFrom(JAVA_INT, SEND_BUFFER), false);
            socket.option(IPPROTO_IP, IP_MULTICAST_IF, membership(arena, group, local), true);
            socket.option(IPPROTO_IP, IP_MULTICAST_TTL, arena.allocateFrom(JAVA_INT, ttl), true);
            if (segment > 0) {
                socket.option(SOL_UDP, UDP_SEGMENT, arena.allocateFrom(JAVA_INT, segment), true);
            }
            socket.check(Libc.bind(socket.descriptor, address(arena, local, 0)), "bind");
            socket.check(Libc.connect(socket.descriptor, address(arena, group, port)), "connect");
        });
    }

    /**
     * For a receiver.
     *
     * @param local the address of the interface to listen on
     * @param millis how long a call waits for the first datagram
     */
    static GroupSocket receiving(Ipv4Address group, int port, Ipv4Address local, int millis) throws IOException {
        return open("listen to " + group + ":" + port + " on " + local, (socket, arena) -> {
            socket.option(SOL_SOCKET, SO_REUSEADDR, arena.allocateFrom(JAVA_INT, 1), true);
            MemorySegment octets = arena.allocateFrom(JAVA_INT, RECEIVE_BUFFER);
            // The first needs root, which the imaging environment is; the other one gives what the system allows.
            socket.option(SOL_SOCKET, SO_RCVBUF, octets, false);
            socket.option(SOL_SOCKET, SO_RCVBUFFORCE, octets, false);
            MemorySegment time = arena.allocate(16, 8);
            time.set(JAVA_LONG, 8, millis * 1000L);
            socket.option(SOL_SOCKET, SO_RCVTIMEO, time, true);
            socket.option(SOL_UDP, UDP_GRO, arena.allocateFrom(JAVA_INT, 1), false);
            socket.option(IPPROTO_IP, IP_MULTICAST_ALL, arena.allocateFrom(JAVA_INT, 0), false);
            socket.check(Libc.bind(socket.descriptor, address(arena, group, port)), "bind");
            socket.option(IPPROTO_IP, IP_ADD_MEMBERSHIP, membership(arena, group, local), true);
        });
    }

    @FunctionalInterface
    private interface Setting {
        void set(GroupSocket socket, Arena arena) throws IOException;
    }

    private static GroupSocket open(String what, Setting setting) throws IOException {
        int descriptor = Libc.socket(AF_INET, SOCK_DGRAM_CLOEXEC, 0);
        GroupSocket socket = new GroupSocket(descriptor);
        socket.check(descriptor, "open a socket");
        try (Arena arena = Arena.ofConfined()) {
            setting.set(socket, arena);
            return socket;
        } catch (IOException e) {
            socket.close();
            throw new IOException("cannot " + what + ": " + e.getMessage(), e);
        }
    }

    private void option(int level, int option, MemorySegment value, boolean needed) throws IOException {
        int answer = Libc.setsockopt(descriptor, level, option, value);
        if (needed) {
            check(answer, "set option " + level + "/" + option);
        }
    }

    private void check(int answer, String doing) throws IOException {
        if (answer < 0) {
            throw new IOException("it was not possible to " + doing + " (error " + -answer + ")");
        }
    }

    /** A sockaddr_in. */
    private static MemorySegment address(Arena arena, Ipv4Address address, int port) {
        MemorySegment at = arena.allocate(16, 8);
        at.set(JAVA_SHORT, 0, (short) AF_INET);
        at.set(NET_SHORT, 2, (short) port);
        at.set(NET_INT, 4, address.value());
        return at;
    }

    /** An ip_mreqn: by the interface's number, for several interfaces may have networks alike. */
    private static MemorySegment membership(Arena arena, Ipv4Address group, Ipv4Address local) throws IOException {
        NetworkInterface found = NetworkInterface.getByInetAddress(InetAddress.getByName(local.toString()));
        if (found == null) {
            throw new IOException("no interface of this machine has the address " + local);
        }
        MemorySegment at = arena.allocate(12, 4);
        at.set(NET_INT, 0, group.value());
        at.set(NET_INT, 4, local.value());
        at.set(JAVA_INT, 8, found.getIndex());
        return at;
    }

    /** Sends {@code octets}; waits while the kernel's buffer is full. Answers minus errno when that failed. */
    int send(MemorySegment octets) {
        int answer;
        do {
            answer = Libc.send(descriptor, octets);
        } while (answer == -Libc.EINTR);
        return answer;
    }

    int descriptor() {
        return descriptor;
    }

    @Override
    public void close() {
        int _ = Libc.close(descriptor);
    }
}
