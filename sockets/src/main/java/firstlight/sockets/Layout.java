package firstlight.sockets;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/** Where the fields of the kernel's structures are on 64-bit Linux, and the numbers of the options in use. */
final class Layout {
    /** Unaligned, since packets and control messages are packed as the kernel likes. */
    static final ValueLayout.OfInt INT = ValueLayout.JAVA_INT_UNALIGNED;

    static final ValueLayout.OfLong LONG = ValueLayout.JAVA_LONG_UNALIGNED;
    static final ValueLayout.OfInt NET_INT = INT.withOrder(ByteOrder.BIG_ENDIAN);
    static final ValueLayout.OfShort NET_SHORT = ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    // struct mmsghdr { struct msghdr { name, namelen, iov, iovlen, control, controllen, flags }, len }
    static final int MESSAGE_SIZE = 64;
    static final int NAME = 0;
    static final int NAME_LENGTH = 8;
    static final int VECTORS = 16;
    static final int VECTOR_COUNT = 24;
    static final int CONTROL = 32;
    static final int CONTROL_LENGTH = 40;
    static final int RECEIVED_LENGTH = 56;

    // struct iovec { base, length }
    static final int VECTOR_SIZE = 16;

    // struct cmsghdr { size_t length, int level, int type }, data
    static final int CONTROL_HEADER = 16;

    static final int SOCKADDR_IN = 16;
    static final int SOCKADDR_IN6 = 28;
    static final int SOCKADDR_LL = 20;
    static final int ETH_P_ALL = 3;
    static final int ETH_P_IP = 0x0800;

    static final int SOL_SOCKET = 1;
    static final int SO_REUSEADDR = 2;
    static final int SO_BROADCAST = 6;
    static final int SO_RCVBUF = 8;
    static final int SO_RCVTIMEO = 20;
    static final int SO_BINDTODEVICE = 25;
    static final int SO_ATTACH_FILTER = 26;
    static final int SO_SNDBUFFORCE = 32;
    /** With CAP_NET_ADMIN, beyond net.core.rmem_max. */
    static final int SO_RCVBUFFORCE = 33;

    static final int IPPROTO_IP = 0;
    static final int IP_PKTINFO = 8;
    static final int IP_MTU_DISCOVER = 10;
    static final int IP_MULTICAST_IF = 32;
    static final int IP_MULTICAST_TTL = 33;
    static final int IP_ADD_MEMBERSHIP = 35;
    /** Off: only groups that this socket has joined itself. */
    static final int IP_MULTICAST_ALL = 49;

    static final int IPPROTO_TCP = 6;
    /** What is written goes out when it fills packets, or when the cork is pulled. */
    static final int TCP_CORK = 3;

    static final int SOL_UDP = 17;
    /** Linux cuts one message into datagrams of so many octets (since 4.18), and joins such as come (UDP_GRO, since 5.0). */
    static final int UDP_SEGMENT = 103;

    static final int UDP_GRO = 104;
    static final int IPPROTO_IPV6 = 41;
    static final int IPV6_MULTICAST_HOPS = 18;
    static final int IPV6_JOIN_GROUP = 20;
    static final int IPV6_UNICAST_HOPS = 16;
    static final int IPV6_RECVPKTINFO = 49;
    static final int IPV6_PKTINFO = 50;
    static final int IPV6_RECVHOPLIMIT = 51;
    static final int IPV6_HOPLIMIT = 52;
    static final int IPPROTO_ICMPV6 = 58;
    static final int ICMP6_FILTER = 1;

    private Layout() {}

    /** A sockaddr_in. */
    static void putAddress(MemorySegment at, int address, int port) {
        at.set(JAVA_SHORT, 0, (short) Libc.AF_INET);
        at.set(NET_SHORT, 2, (short) port);
        at.set(NET_INT, 4, address);
        at.set(LONG, 8, 0L);
    }

    /** A sockaddr_ll of one protocol, or of all, on all interfaces. */
    static void putAnyLink(MemorySegment at, int protocol) {
        at.fill((byte) 0);
        at.set(JAVA_SHORT, 0, (short) Libc.AF_PACKET);
        at.set(NET_SHORT, 2, (short) protocol);
    }

    /** A sockaddr_in6 without port. */
    static void putAddress6(MemorySegment at, byte[] address, int scope) {
        at.fill((byte) 0);
        at.set(JAVA_SHORT, 0, (short) Libc.AF_INET6);
        MemorySegment.copy(address, 0, at, JAVA_BYTE, 8, 16);
        at.set(INT, 24, scope);
    }

    /**
     * {@code segment} as a buffer in the machine's order. Loops that touch each packet use it: a segment's own accessors are
     * chains of method handles, which a JVM that just started interprets for microseconds each.
     */
    static ByteBuffer fast(MemorySegment segment) {
        return segment.asByteBuffer().order(ByteOrder.nativeOrder());
    }

    /** Between a number in the machine's order and in network order. */
    static int net(int number) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? number : Integer.reverseBytes(number);
    }

    static short net(short number) {
        return ByteOrder.nativeOrder() == ByteOrder.BIG_ENDIAN ? number : Short.reverseBytes(number);
    }

    /** A sockaddr_in. */
    static void putAddress(ByteBuffer at, int offset, int address, int port) {
        at.putShort(offset, (short) Libc.AF_INET);
        at.putShort(offset + 2, net((short) port));
        at.putInt(offset + 4, net(address));
        at.putLong(offset + 8, 0L);
    }

    /** A cmsghdr; its data follow at {@code offset + CONTROL_HEADER}. */
    static void putControl(ByteBuffer at, int offset, int dataLength, int level, int type) {
        at.putLong(offset, CONTROL_HEADER + (long) dataLength);
        at.putInt(offset + 8, level);
        at.putInt(offset + 12, type);
    }

    /** The room that a control message with {@code dataLength} octets takes: CMSG_SPACE. */
    static int controlSpace(int dataLength) {
        return CONTROL_HEADER + ((dataLength + 7) & ~7);
    }

    /** The offset of the data of the control message {@code level, type} among those from {@code first} on, or -1. */
    static int findControl(ByteBuffer control, int first, long length, int level, int type) {
        int at = first;
        long end = first + length;
        while (at + CONTROL_HEADER <= end) {
            long size = control.getLong(at);
            if (size < CONTROL_HEADER || at + size > end) {
                return -1;
            }
            if (control.getInt(at + 8) == level && control.getInt(at + 12) == type) {
                return at + CONTROL_HEADER;
            }
            at += (int) ((size + 7) & ~7L);
        }
        return -1;
    }
}
