package firstlight.sockets;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/** Room for a batch of received IPv4 datagrams, filled by one system call. Belongs to one thread; its content lasts until the next call. */
public final class Inbox {
    /** in_pktinfo: interface, local address, destination. */
    private static final int CONTROL_ROOM = Layout.controlSpace(12);

    private final int slots;
    private final int size;
    private final MemorySegment messages;
    private final ByteBuffer headers;
    private final ByteBuffer names;
    private final ByteBuffer controls;
    /** A slot's payload each, made once: a slice for each packet would be garbage. */
    private final ByteBuffer[] views;

    private final int[] localAddress;
    private final int[] destination;
    private final int[] interfaceIndex;

    /** How many slots the kernel has written into since they were made ready for it. */
    private int used;

    /** @param size the longest payload; longer ones are cut */
    public Inbox(int slots, int size) {
        this.slots = slots;
        this.size = size;
        this.used = slots;
        Arena arena = Arena.ofAuto();
        messages = arena.allocate((long) slots * Layout.MESSAGE_SIZE, 8);
        headers = Layout.fast(messages);
        MemorySegment nameRoom = arena.allocate((long) slots * Layout.SOCKADDR_IN, 8);
        names = nameRoom.asByteBuffer(); // in network order
        MemorySegment controlRoom = arena.allocate((long) slots * CONTROL_ROOM, 8);
        controls = Layout.fast(controlRoom);
        MemorySegment payloads = arena.allocate((long) slots * size, 64);
        ByteBuffer octets = payloads.asByteBuffer();
        MemorySegment vectors = arena.allocate((long) slots * Layout.VECTOR_SIZE, 8);
        views = new ByteBuffer[slots];
        localAddress = new int[slots];
        destination = new int[slots];
        interfaceIndex = new int[slots];
        for (int i = 0; i < slots; i++) {
            int message = i * Layout.MESSAGE_SIZE;
            long vector = (long) i * Layout.VECTOR_SIZE;
            vectors.set(Layout.LONG, vector, payloads.address() + (long) i * size);
            vectors.set(Layout.LONG, vector + 8, size);
            headers.putLong(message + Layout.NAME, nameRoom.address() + (long) i * Layout.SOCKADDR_IN);
            headers.putLong(message + Layout.VECTORS, vectors.address() + vector);
            headers.putLong(message + Layout.VECTOR_COUNT, 1L);
            headers.putLong(message + Layout.CONTROL, controlRoom.address() + (long) i * CONTROL_ROOM);
            views[i] = octets.slice(i * size, size);
        }
    }

    /**
     * Takes what waits at {@code socket}, without waiting. Answers the number of datagrams. ECONNREFUSED is no failure: some
     * earlier packet of ours came to a port where nobody listens.
     */
    public int receive(UdpSocket socket) throws SocketFailure {
        // The kernel has written lengths into those that it filled, and wants the rooms' sizes there again.
        for (int i = 0; i < used; i++) {
            int message = i * Layout.MESSAGE_SIZE;
            headers.putInt(message + Layout.NAME_LENGTH, Layout.SOCKADDR_IN);
            headers.putLong(message + Layout.CONTROL_LENGTH, CONTROL_ROOM);
        }
        int count = Libc.recvmmsg(socket.descriptor(), messages, slots, Libc.MSG_DONTWAIT);
        if (count < 0) {
            Errno errno = Errno.of(-count);
            if (errno == Errno.EAGAIN || errno == Errno.EINTR || errno == Errno.ECONNREFUSED) {
                return 0;
            }
            throw SocketFailure.of("receive on UDP port " + socket.port(), -count);
        }
        used = count;
        for (int i = 0; i < count; i++) {
            readPacketInformation(i);
        }
        return count;
    }

    private void readPacketInformation(int i) {
        long length = headers.getLong(i * Layout.MESSAGE_SIZE + Layout.CONTROL_LENGTH);
        int at = Layout.findControl(controls, i * CONTROL_ROOM, length, Layout.IPPROTO_IP, Layout.IP_PKTINFO);
        interfaceIndex[i] = at < 0 ? linkIndex(i) : controls.getInt(at);
        localAddress[i] = at < 0 ? 0 : Layout.net(controls.getInt(at + 4));
        destination[i] = at < 0 ? 0 : Layout.net(controls.getInt(at + 8));
    }

    /** A packet socket's sender is a sockaddr_ll, which names the interface; 0 for any other. */
    private int linkIndex(int i) {
        int name = i * Layout.SOCKADDR_IN;
        return Layout.net(names.getShort(name)) == Libc.AF_PACKET ? Layout.net(names.getInt(name + 4)) : 0;
    }

    /** The payload, from position 0 to its limit; shared, so read it before the next {@link #receive}. */
    public ByteBuffer payload(int i) {
        int length = headers.getInt(i * Layout.MESSAGE_SIZE + Layout.RECEIVED_LENGTH);
        return views[i].clear().limit(Math.min(length, size));
    }

    /** IPv4 in network order, as all addresses here. */
    public int sourceAddress(int i) {
        return names.getInt(i * Layout.SOCKADDR_IN + 4);
    }

    public int sourcePort(int i) {
        return names.getShort(i * Layout.SOCKADDR_IN + 2) & 0xFFFF;
    }

    /** The address of this machine to answer from: the one asked, or the receiving interface's when it was a broadcast. */
    public int localAddress(int i) {
        return localAddress[i];
    }

    /** The destination in the IP header; may be a broadcast or multicast address. */
    public int destination(int i) {
        return destination[i];
    }

    /** Where it came in; 0 when it is not known. */
    public int interfaceIndex(int i) {
        return interfaceIndex[i];
    }
}
