package firstlight.netboot.udp;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Room for a batch of received IPv4 datagrams, filled by one system call. Belongs to one thread; its content lasts until the next call. */
public final class Inbox {
    private static final int CONTROL_ROOM = Layout.controlSpace(12);

    private final int slots;
    private final int size;
    private final MemorySegment messages;
    private final MemorySegment names;
    private final MemorySegment controls;
    private final MemorySegment payloads;
    private final ByteBuffer octets;
    private final ByteBuffer[] views;
    private final int[] localAddress;
    private final int[] destination;
    private final int[] interfaceIndex;

    /** @param size the longest payload; longer ones are cut */
    public Inbox(int slots, int size) {
        this.slots = slots;
        this.size = size;
        Arena arena = Arena.ofAuto();
        messages = arena.allocate((long) slots * Layout.MESSAGE_SIZE, 8);
        names = arena.allocate((long) slots * Layout.SOCKADDR_IN, 8);
        controls = arena.allocate((long) slots * CONTROL_ROOM, 8);
        payloads = arena.allocate((long) slots * size, 64);
        octets = payloads.asByteBuffer();
        MemorySegment vectors = arena.allocate((long) slots * Layout.VECTOR_SIZE, 8);
        views = new ByteBuffer[slots];
        localAddress = new int[slots];
        destination = new int[slots];
        interfaceIndex = new int[slots];
        for (int i = 0; i < slots; i++) {
            long message = (long) i * Layout.MESSAGE_SIZE;
            long vector = (long) i * Layout.VECTOR_SIZE;
            vectors.set(Layout.LONG, vector, payloads.address() + (long) i * size);
            vectors.set(Layout.LONG, vector + 8, size);
            messages.set(Layout.LONG, message + Layout.NAME, names.address() + (long) i * Layout.SOCKADDR_IN);
            messages.set(Layout.LONG, message + Layout.VECTORS, vectors.address() + vector);
            messages.set(Layout.LONG, message + Layout.VECTOR_COUNT, 1L);
            messages.set(Layout.LONG, message + Layout.CONTROL, controls.address() + (long) i * CONTROL_ROOM);
            views[i] = octets.slice(i * size, size);
        }
    }

    /** Takes what waits at {@code socket}, without waiting. Answers the number of datagrams. */
    public int receive(UdpSocket socket) throws SocketFailure {
        for (int i = 0; i < slots; i++) {
            long message = (long) i * Layout.MESSAGE_SIZE;
            messages.set(Layout.INT, message + Layout.NAME_LENGTH, Layout.SOCKADDR_IN);
            messages.set(Layout.LONG, message + Layout.CONTROL_LENGTH, CONTROL_ROOM);
        }
        int count = Libc.recvmmsg(socket.descriptor(), messages, slots);
        if (count < 0) {
            Errno errno = Errno.of(-count);
            if (errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.ECONNREFUSED) {
                return 0;
            }
            throw SocketFailure.of("receive on UDP port " + socket.port(), -count);
        }
        for (int i = 0; i < count; i++) {
            readPacketInformation(i);
        }
        return count;
    }

    private void readPacketInformation(int i) {
        long length = messages.get(Layout.LONG, (long) i * Layout.MESSAGE_SIZE + Layout.CONTROL_LENGTH);
        MemorySegment control = controls.asSlice((long) i * CONTROL_ROOM, CONTROL_ROOM);
        long at = Layout.findControl(control, length, Layout.IPPROTO_IP, Layout.IP_PKTINFO);
        interfaceIndex[i] = at < 0 ? 0 : control.get(Layout.INT, at);
        localAddress[i] = at < 0 ? 0 : control.get(Layout.NET_INT, at + 4);
        destination[i] = at < 0 ? 0 : control.get(Layout.NET_INT, at + 8);
    }

    /** The payload, from position 0 to its limit; shared, so read it before the next {@link #receive}. */
    public ByteBuffer payload(int i) {
        int length = messages.get(Layout.INT, (long) i * Layout.MESSAGE_SIZE + Layout.RECEIVED_LENGTH);
        return views[i].clear().limit(Math.min(length, size));
    }

    public int sourceAddress(int i) {
        return names.get(Layout.NET_INT, (long) i * Layout.SOCKADDR_IN + 4);
    }

    public int sourcePort(int i) {
        return names.get(Layout.NET_SHORT, (long) i * Layout.SOCKADDR_IN + 2) & 0xFFFF;
    }

    /** The address of this machine to answer from: the one asked, or the receiving interface's when it was a broadcast. */
    public int localAddress(int i) {
        return localAddress[i];
    }

    /** The destination in the IP header; may be a broadcast or multicast address. */
    public int destination(int i) {
        return destination[i];
    }

    public int interfaceIndex(int i) {
        return interfaceIndex[i];
    }
}
