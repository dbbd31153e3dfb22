package firstlight.multicast;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Datagrams that one system call takes from a group's socket. The kernel may hand over several of one length as one (UDP_GRO):
 * it says by a control message how long each is. Belongs to one thread.
 */
final class GroupInbox {
    private static final int MESSAGES = 32;
    private static final int ROOM = 1 << 16;
    private static final int CONTROL = 64;
    private static final int MSG_WAITFORONE = 0x10000;
    private static final int SOL_UDP = 17;
    private static final int UDP_GRO = 104;

    // struct mmsghdr and struct cmsghdr of 64-bit Linux
    private static final int HEADER = 64;
    private static final int VECTORS = 16;
    private static final int VECTOR_COUNT = 24;
    private static final int CONTROL_AT = 32;
    private static final int CONTROL_LENGTH = 40;
    private static final int LENGTH = 56;

    private final MemorySegment headerMemory;
    private final ByteBuffer headers;
    private final ByteBuffer controls;
    private final ByteBuffer data;

    /** Takes one datagram: what {@code datagram} holds from its position to its limit. */
    @FunctionalInterface
    interface Taker {
        void take(ByteBuffer datagram);
    }

    GroupInbox() {
        Arena arena = Arena.ofAuto();
        headerMemory = arena.allocate((long) MESSAGES * HEADER, 8);
        MemorySegment vectorMemory = arena.allocate(MESSAGES * 16L, 8);
        MemorySegment controlMemory = arena.allocate((long) MESSAGES * CONTROL, 8);
        MemorySegment dataMemory = arena.allocate((long) MESSAGES * ROOM, 4096);
        headers = headerMemory.asByteBuffer().order(ByteOrder.nativeOrder());
        controls = controlMemory.asByteBuffer().order(ByteOrder.nativeOrder());
        data = dataMemory.asByteBuffer();
        ByteBuffer vectors = vectorMemory.asByteBuffer().order(ByteOrder.nativeOrder());
        for (int i = 0; i < MESSAGES; i++) {
            vectors.putLong(i * 16, dataMemory.address() + (long) i * ROOM);
            vectors.putLong(i * 16 + 8, ROOM);
            headers.putLong(i * HEADER + VECTORS, vectorMemory.address() + i * 16L);
            headers.putLong(i * HEADER + VECTOR_COUNT, 1);
            headers.putLong(i * HEADER + CONTROL_AT, controlMemory.address() + (long) i * CONTROL);
        }
    }

    /** Waits for the first datagram as long as the socket was told to, then takes what is there. */
    void receive(GroupSocket socket, Taker taker) throws IOException {
        for (int i = 0; i < MESSAGES; i++) {
            headers.putLong(i * HEADER + CONTROL_LENGTH, CONTROL);
        }
        int count = Libc.recvmmsg(socket.descriptor(), headerMemory, MESSAGES, MSG_WAITFORONE);
        if (count < 0 && count != -Libc.EAGAIN && count != -Libc.EINTR) {
            throw new IOException("cannot receive from a multicast group (error " + -count + ")");
        }
        for (int i = 0; i < count; i++) {
            int length = headers.getInt(i * HEADER + LENGTH);
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
        int at = i * CONTROL;
        int end = at + (int) Math.min(CONTROL, headers.getLong(i * HEADER + CONTROL_LENGTH));
        while (at + 16 < end) {
            long size = controls.getLong(at);
            if (controls.getInt(at + 8) == SOL_UDP && controls.getInt(at + 12) == UDP_GRO) {
                int each = controls.getInt(at + 16);
                return each > 0 ? each : Math.max(1, length);
            }
            if (size < 16) {
                break;
            }
            at += (int) ((size + 7) & ~7L);
        }
        return Math.max(1, length);
    }
}
