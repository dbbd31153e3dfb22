package firstlight.wire.multicast;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/** The field of 256 elements in which the erasure code counts: polynomials over bits, modulo x^8 + x^4 + x^3 + x^2 + 1. */
final class Octal {
    private static final int POLYNOMIAL = 0x11D;
    /** What the polynomial leaves of x^8. */
    private static final int REDUCED = POLYNOMIAL & 0xFF;

    /** The highest bit of each of eight octets. */
    private static final long HIGH = 0x8080808080808080L;

    private static final VarHandle LONGS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.nativeOrder());

    private static final int[] LOGARITHM = new int[256];
    private static final int[] POWER = new int[512];

    static {
        int value = 1;
        for (int i = 0; i < 255; i++) {
            POWER[i] = value;
            POWER[i + 255] = value;
            LOGARITHM[value] = i;
            value <<= 1;
            value = value > 255 ? value ^ POLYNOMIAL : value;
        }
    }

    private Octal() {}

    static int times(int a, int b) {
        return a == 0 || b == 0 ? 0 : POWER[LOGARITHM[a] + LOGARITHM[b]];
    }

    /** @param b not 0 */
    static int over(int a, int b) {
        return a == 0 ? 0 : POWER[LOGARITHM[a] + 255 - LOGARITHM[b]];
    }

    /**
     * {@code into += from}, eight octets at a time: of a loop over octets the compiler makes no vector instructions, since
     * for all it knows both are one array (Java 25), and then it takes ten times as long.
     */
    static void add(byte[] into, int at, byte[] from, int offset, int length) {
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            LONGS.set(into, at + i, (long) LONGS.get(into, at + i) ^ (long) LONGS.get(from, offset + i));
        }
        for (; i < length; i++) {
            into[at + i] ^= from[offset + i];
        }
    }

    /** {@code into = 2 * into}. */
    static void twice(byte[] into, int length) {
        int i = 0;
        for (; i <= length - Long.BYTES; i += Long.BYTES) {
            long eight = (long) LONGS.get(into, i);
            LONGS.set(into, i, (eight & ~HIGH) << 1 ^ (eight >>> 7 & HIGH >>> 7) * REDUCED);
        }
        for (; i < length; i++) {
            into[i] = (byte) ((into[i] << 1) ^ ((into[i] >> 7) & REDUCED));
        }
    }

    /** {@code into += factor * from}. */
    static void addTimes(byte[] into, int at, byte[] from, int factor, int length) {
        if (factor == 0) {
            return;
        }
        int[] products = new int[256];
        for (int i = 1; i < 256; i++) {
            products[i] = times(i, factor);
        }
        for (int i = 0; i < length; i++) {
            into[at + i] ^= (byte) products[from[i] & 0xFF];
        }
    }

    /**
     * The inverse of a square matrix, by Gauss and Jordan.
     *
     * @throws IllegalArgumentException when it has none
     */
    static int[][] inverse(int[][] matrix) {
        int size = matrix.length;
        int[][] left = new int[size][];
        int[][] right = new int[size][size];
        for (int row = 0; row < size; row++) {
            left[row] = matrix[row].clone();
            right[row][row] = 1;
        }
        for (int column = 0; column < size; column++) {
            int pivot = column;
            while (pivot < size && left[pivot][column] == 0) {
                pivot++;
            }
            if (pivot == size) {
                throw new IllegalArgumentException("the matrix has no inverse");
            }
            swap(left, pivot, column);
            swap(right, pivot, column);
            int by = left[column][column];
            divide(left[column], by);
            divide(right[column], by);
            for (int row = 0; row < size; row++) {
                if (row != column && left[row][column] != 0) {
                    int factor = left[row][column];
                    subtract(left[row], left[column], factor);
                    subtract(right[row], right[column], factor);
                }
            }
        }
        return right;
    }

    private static void swap(int[][] rows, int a, int b) {
        int[] kept = rows[a];
        rows[a] = rows[b];
        rows[b] = kept;
    }

    private static void divide(int[] row, int by) {
        for (int i = 0; i < row.length; i++) {
            row[i] = over(row[i], by);
        }
    }

    private static void subtract(int[] row, int[] other, int factor) {
        for (int i = 0; i < row.length; i++) {
            row[i] ^= times(other[i], factor);
        }
    }
}
