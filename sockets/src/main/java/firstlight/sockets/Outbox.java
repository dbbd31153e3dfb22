package firstlight.sockets;

import firstlight.model.Ipv4Address;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * Datagrams that one system call sends, each gathered from small headers and from memory that is not copied (a mapped
 * file, say). One message may be cut by the kernel into many datagrams (UDP_SEGMENT). Belongs to one thread.
 */
public final class Outbox {
    /** The most datagrams that one message may be cut into (UDP_MAX_SEGMENTS of older kernels). */
    public static final int MAX_SEGMENTS = 64;

    /** The most octets that one message may hold. */
    public static final int MAX_OCTETS = 65_507;

    private static final int SCRATCH = 1 << 16;
    private static final int CONTROL_ROOM = Layout.controlSpace(12) + Layout.controlSpace(2);

    private final int capacity;
    private final int vectorCapacity;
    private final MemorySegment messages;
    private final ByteBuffer headers;
    private final ByteBuffer names;
    private final ByteBuffer controls;
    private final ByteBuffer vectors;
    private final ByteBuffer scratch;
    private final long namesAt;
    private final long controlsAt;
    private final long vectorsAt;
    private final long scratchAt;
    private int count;
    private int vectorCount;
    private int scratchUsed;

    /** @param capacity the most messages between two flushes */
    public Outbox(int capacity) {
        this.capacity = capacity;
        this.vectorCapacity = Math.max(4096, capacity * 4);
        Arena arena = Arena.ofAuto();
        messages = arena.allocate((long) capacity * Layout.MESSAGE_SIZE, 8);
        headers = Layout.fast(messages);
        MemorySegment nameRoom = arena.allocate((long) capacity * Layout.SOCKADDR_IN, 8);
        names = Layout.fast(nameRoom);
        namesAt = nameRoom.address();
        MemorySegment controlRoom = arena.allocate((long) capacity * CONTROL_ROOM, 8);
        controls = Layout.fast(controlRoom);
        controlsAt = controlRoom.address();
        MemorySegment vectorRoom = arena.allocate((long) vectorCapacity * Layout.VECTOR_SIZE, 8);
        vectors = Layout.fast(vectorRoom);
        vectorsAt = vectorRoom.address();
        MemorySegment scratchRoom = arena.allocate(SCRATCH, 8);
        scratch = scratchRoom.asByteBuffer(); // in network order
        scratchAt = scratchRoom.address();
    }

    /** Whether a message of {@code parts} parts with {@code headerOctets} octets of headers still fits. */
    public boolean hasRoom(int parts, int headerOctets) {
        return count < capacity && vectorCount + parts <= vectorCapacity && scratchUsed + headerOctets <= SCRATCH;
    }

    public boolean isEmpty() {
        return count == 0;
    }

    /**
     * Begins a message; {@link #header} and {@link #data} add to it.
     *
     * @param localAddress the source address, 0 for the kernel's choice
     * @param interfaceIndex the interface to send on, 0 for the route's
     * @param segment the payload length of each datagram but the last, 0 for one datagram
     */
    public void begin(int address, int port, int localAddress, int interfaceIndex, int segment) {
        int message = count * Layout.MESSAGE_SIZE;
        int name = count * Layout.SOCKADDR_IN;
        Layout.putAddress(names, name, address, port);
        headers.putLong(message + Layout.NAME, namesAt + name);
        headers.putInt(message + Layout.NAME_LENGTH, Layout.SOCKADDR_IN);
        headers.putLong(message + Layout.VECTORS, vectorsAt + (long) vectorCount * Layout.VECTOR_SIZE);
        headers.putLong(message + Layout.VECTOR_COUNT, 0L);
        int control = count * CONTROL_ROOM;
        Layout.putControl(controls, control, 12, Layout.IPPROTO_IP, Layout.IP_PKTINFO);
        controls.putInt(control + Layout.CONTROL_HEADER, interfaceIndex);
        controls.putInt(control + Layout.CONTROL_HEADER + 4, Layout.net(localAddress));
        controls.putInt(control + Layout.CONTROL_HEADER + 8, 0);
        int controlLength = Layout.controlSpace(12);
        if (segment > 0) {
            Layout.putControl(controls, control + controlLength, 2, Layout.SOL_UDP, Layout.UDP_SEGMENT);
            controls.putShort(control + controlLength + Layout.CONTROL_HEADER, (short) segment);
            controlLength += Layout.controlSpace(2);
        }
        headers.putLong(message + Layout.CONTROL, controlsAt + control);
        headers.putLong(message + Layout.CONTROL_LENGTH, controlLength);
        count++;
    }

    /** Adds two 16-bit numbers in network order. */
    public void header(int first, int second) {
        scratch.putShort(scratchUsed, (short) first);
        scratch.putShort(scratchUsed + 2, (short) second);
        vector(scratchAt + scratchUsed, 4);
        scratchUsed += 4;
    }

    /** Adds a copy of {@code octets}. */
    public void copy(byte[] octets) {
        scratch.put(scratchUsed, octets);
        vector(scratchAt + scratchUsed, octets.length);
        scratchUsed += octets.length;
    }

    /** Adds octets of native memory, which must stay as it is until {@link #flush}. */
    public void data(MemorySegment source, long offset, long length) {
        if (length > 0) {
            vector(source.address() + Objects.checkFromIndexSize(offset, length, source.byteSize()), length);
        }
    }

    private void vector(long address, long length) {
        int at = vectorCount * Layout.VECTOR_SIZE;
        vectors.putLong(at, address);
        vectors.putLong(at + 8, length);
        vectorCount++;
        int message = (count - 1) * Layout.MESSAGE_SIZE + Layout.VECTOR_COUNT;
        headers.putLong(message, headers.getLong(message) + 1);
    }

    /** Takes the failure of one message; the others are sent all the same. */
    @FunctionalInterface
    public interface Failures {
        /** @param index the message's number since the last flush, from 0 */
        void failed(int index, SocketFailure failure);
    }

    /** Sends all messages and empties the box. Waits while the socket's send buffer is full: the link sets the pace. */
    public void flush(UdpSocket socket, Failures failures) {
        int sent = 0;
        while (sent < count) {
            MemorySegment rest = sent == 0 ? messages : messages.asSlice((long) sent * Layout.MESSAGE_SIZE);
            int answer = Libc.sendmmsg(socket.descriptor(), rest, count - sent);
            if (answer > 0) {
                sent += answer;
            } else if (Errno.of(-answer) != Errno.EINTR) {
                int address = Layout.net(names.getInt(sent * Layout.SOCKADDR_IN + 4));
                int port = Layout.net(names.getShort(sent * Layout.SOCKADDR_IN + 2)) & 0xFFFF;
                String doing = "send from UDP port " + socket.port() + " to " + new Ipv4Address(address) + ":" + port;
                failures.failed(sent, SocketFailure.ofSending(doing, -answer));
                sent++;
            }
        }
        count = 0;
        vectorCount = 0;
        scratchUsed = 0;
    }
}
