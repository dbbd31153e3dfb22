package firstlight.sockets;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/** A program of classic BPF for raw sockets, which would be given each UDP packet of this host: one port's alone. */
final class PortFilter {
    private static final int LOAD_IP_HEADER_LENGTH = 0xB1;
    private static final int LOAD_HALF_WORD_BEHIND_IT = 0x48;
    private static final int JUMP_IF_EQUAL = 0x15;
    private static final int RETURN = 6;
    private static final int ALL_OCTETS = 0xFFFF;
    private static final int INSTRUCTION = 8;

    private PortFilter() {}

    /** A sock_fprog { unsigned short length; instructions } that lets packets to {@code port} through. */
    static MemorySegment of(Arena arena, int port) {
        int[][] program = { // code, jump if true, jump if false, number
            {LOAD_IP_HEADER_LENGTH, 0, 0, 0},
            {LOAD_HALF_WORD_BEHIND_IT, 0, 0, 2},
            {JUMP_IF_EQUAL, 0, 1, port},
            {RETURN, 0, 0, ALL_OCTETS},
            {RETURN, 0, 0, 0}
        };
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
