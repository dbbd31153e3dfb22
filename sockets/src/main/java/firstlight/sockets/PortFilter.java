package firstlight.sockets;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** Programs of classic BPF for sockets that would be given each packet of this host: one port's alone. */
final class PortFilter {
    /** BPF's codes (linux/filter.h): BPF_LDX+B+MSH, LD+H+IND, LD+B+ABS, LD+W+ABS. */
    private static final int LOAD_IP_HEADER_LENGTH = 0xB1;

    private static final int LOAD_HALF_WORD_BEHIND_IT = 0x48;
    private static final int LOAD_OCTET = 0x30;
    private static final int LOAD_WORD = 0x20;
    private static final int ETHERNET_TYPE = 0xFFFFF000; // SKF_AD_OFF + SKF_AD_PROTOCOL
    private static final int DIRECTION = 0xFFFFF004; // SKF_AD_OFF + SKF_AD_PKTTYPE
    private static final int PACKET_BROADCAST = 1; // PACKET_HOST is 0; more is for others, or outgoing
    private static final int PACKET_OUTGOING = 4;
    private static final int IPV4 = 0x0800;
    private static final int PROTOCOL = 9; // of the IP header
    private static final int UDP = 17;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int JUMP_IF_GREATER = 0x25;
    private static final int RETURN = 6;
    /** Of the packet that go to the socket: none of it is cut. 0 drops it. */
    private static final int ALL_OCTETS = 0xFFFF;

    private static final int INSTRUCTION = 8;

    private PortFilter() {}

    /**
     * A sock_fprog { unsigned short length; instructions } for a raw socket of UDP, whose packets begin with the IP header: lets
     * those to {@code port} through. Jumps count instructions behind the next one.
     */
    static MemorySegment of(Arena arena, int port) {
        return program(arena, new int[][] { // code, jump if true, jump if false, number
            {LOAD_IP_HEADER_LENGTH, 0, 0, 0},
            {LOAD_HALF_WORD_BEHIND_IT, 0, 0, 2},
            {JUMP_IF_EQUAL, 0, 1, port},
            {RETURN, 0, 0, ALL_OCTETS},
            {RETURN, 0, 0, 0}
        });
    }

    /** The same for a packet socket without link headers: what this host sends to one of two ports, by UDP and IPv4. */
    static MemorySegment sent(Arena arena, int port, int orPort) {
        return onLink(arena, new int[] {JUMP_IF_EQUAL, 0, 9, PACKET_OUTGOING}, port, orPort);
    }

    /** What comes to {@code port} for this host, or for all. */
    static MemorySegment came(Arena arena, int port) {
        return onLink(arena, new int[] {JUMP_IF_GREATER, 9, 0, PACKET_BROADCAST}, port, port);
    }

    private static MemorySegment onLink(Arena arena, int[] direction, int port, int orPort) {
        return program(arena, new int[][] {
            {LOAD_WORD, 0, 0, DIRECTION},
            direction,
            {LOAD_WORD, 0, 0, ETHERNET_TYPE},
            {JUMP_IF_EQUAL, 0, 7, IPV4},
            {LOAD_OCTET, 0, 0, PROTOCOL},
            {JUMP_IF_EQUAL, 0, 5, UDP},
            {LOAD_IP_HEADER_LENGTH, 0, 0, 0},
            {LOAD_HALF_WORD_BEHIND_IT, 0, 0, 2},
            {JUMP_IF_EQUAL, 1, 0, port},
            {JUMP_IF_EQUAL, 0, 1, orPort},
            {RETURN, 0, 0, ALL_OCTETS},
            {RETURN, 0, 0, 0}
        });
    }

    private static MemorySegment program(Arena arena, int[][] program) {
        MemorySegment code = arena.allocate((long) program.length * INSTRUCTION, 8);
        for (int i = 0; i < program.length; i++) {
            long at = (long) i * INSTRUCTION;
            code.set(JAVA_SHORT, at, (short) program[i][0]);
            code.set(JAVA_BYTE, at + 2, (byte) program[i][1]);
            code.set(JAVA_BYTE, at + 3, (byte) program[i][2]);
            code.set(JAVA_INT, at + 4, program[i][3]);
        }
        MemorySegment filter = arena.allocate(16, 8);
        filter.set(JAVA_SHORT, 0, (short) program.length);
        filter.set(ADDRESS, 8, code);
        return filter;
    }
}
