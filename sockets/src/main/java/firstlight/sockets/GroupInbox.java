package firstlight.sockets;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;

/**
 * Datagrams that one system call takes from a group's socket. The kernel may hand over several of one length as one (UDP_GRO):
 * it says by a control message how long each is. Belongs to one thread.
 */
public final class GroupInbox {
    /** What one call takes at most; and octets of room for each: the longest that the kernel joins. */
    private static final int MESSAGES = 32;

    private static final int ROOM = 1 << 16;
    /** More than the one control message that is asked for takes. */
    private static final int CONTROL_ROOM = 64;

    private final MemorySegment messages;
    private final ByteBuffer headers;
    private final ByteBuffer controls;
    private final ByteBuffer data;

    /**
     * Takes one datagram: what {@code datagram} holds from its position to
     * its limit. The buffer is good until it returns, and is not to be kept.
     */
    @FunctionalInterface
    public interface Taker {
        void take(ByteBuffer datagram);
    }

    public GroupInbox() {
        Arena arena = Arena.ofAuto();
        messages = arena.allocate((long) MESSAGES * Layout.MESSAGE_SIZE, 8);
        MemorySegment vectorRoom = arena.allocate((long) MESSAGES * Layout.VECTOR_SIZE, 8);
        MemorySegment controlRoom = arena.allocate((long) MESSAGES * CONTROL_ROOM, 8);
        MemorySegment dataRoom = arena.allocate((long) MESSAGES * ROOM, 4096);
        headers = Layout.fast(messages);
        controls = Layout.fast(controlRoom);
        data = dataRoom.asByteBuffer();
        for (int i = 0; i < MESSAGES; i++) {
            int message = i * Layout.MESSAGE_SIZE;
            long vector = (long) i * Layout.VECTOR_SIZE;
            vectorRoom.set(Layout.LONG, vector, dataRoom.address() + (long) i * ROOM);
            vectorRoom.set(Layout.LONG, vector + 8, ROOM);
            headers.putLong(message + Layout.VECTORS, vectorRoom.address() + vector);
            headers.putLong(message + Layout.VECTOR_COUNT, 1);
            headers.putLong(message + Layout.CONTROL, controlRoom.address() + (long) i * CONTROL_ROOM);
        }
    }

    /**
     * Waits for the first datagram as long as the socket was told to, then takes what is there. After the time, or a signal,
     * nothing has been taken: no failure.
     */
    public void receive(GroupSocket socket, Taker taker) throws SocketFailure {
        for (int i = 0; i < MESSAGES; i++) {
            headers.putLong(i * Layout.MESSAGE_SIZE + Layout.CONTROL_LENGTH, CONTROL_ROOM);
        }
        int count = Libc.recvmmsg(socket.descriptor(), messages, MESSAGES, Libc.MSG_WAITFORONE);
        if (count < 0 && Errno.of(-count) != Errno.EAGAIN && Errno.of(-count) != Errno.EINTR) {
            throw socket.failure(-count);
        }
        for (int i = 0; i < count; i++) {
            int length = headers.getInt(i * Layout.MESSAGE_SIZE + Layout.RECEIVED_LENGTH);
            int each = segment(i, length);
            for (int at = 0; at < length; at += each) {
                data.limit(i * ROOM + Math.min(length, at + each)).position(i * ROOM + at);
                taker.take(data);
            }
            data.clear();
        }
    }

    /** The length of the datagrams of message {@code i}: what the kernel says, or all of it. */
    private int segment(int i, int length) {
        long said = headers.getLong(i * Layout.MESSAGE_SIZE + Layout.CONTROL_LENGTH);
        int at = Layout.findControl(
                controls, i * CONTROL_ROOM, Math.min(CONTROL_ROOM, said), Layout.SOL_UDP, Layout.UDP_GRO);
        int each = at < 0 ? 0 : controls.getInt(at);
        return each > 0 ? each : Math.max(1, length);
    }
}
