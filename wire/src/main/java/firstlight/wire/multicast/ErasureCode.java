package firstlight.wire.multicast;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;

/**
 * A systematic Reed-Solomon code over a block's symbols, made from a Cauchy matrix: of a block of k symbols any k of its up
 * to 255 are enough. So one parity symbol mends a different loss at each receiver.
 *
 * <p>The coefficient of symbol i in parity p is {@code (k + i) / (p + i)} (addition is exclusive or): the first parity, p =
 * k, is the plain sum. What a parity costs is not multiplications but sums: those symbols are added whose coefficient has
 * bit 7, the sum is doubled, those with bit 6 are added, and so on; long exclusive ors, at the speed of memory.
 */
public final class ErasureCode {
    private ErasureCode() {}

    /**
     * The parity symbol {@code index} of the first {@code length} octets of {@code block}.
     *
     * @param index {@link Block#symbols} to 254
     * @return {@link Block#symbolLength} octets
     */
    public static byte[] parity(byte[] block, int length, int index) {
        BitSet all = new BitSet();
        all.set(0, Block.symbols(length));
        return sum(block, length, index, all);
    }

    /** The sum of the symbols in {@code which}, each times its coefficient in parity {@code index}. */
    private static byte[] sum(byte[] block, int length, int index, BitSet which) {
        int symbols = Block.symbols(length);
        int size = Math.min(Block.SYMBOL, length);
        byte[][] byBit = new byte[index == symbols ? 1 : 8][size];
        for (int i = which.nextSetBit(0); i >= 0; i = which.nextSetBit(i + 1)) {
            int coefficient = coefficient(symbols, index, i);
            for (int bit = 0; bit < byBit.length; bit++) {
                if ((coefficient & 1 << bit) != 0) {
                    Octal.add(byBit[bit], 0, block, i * Block.SYMBOL, Block.symbolLength(length, i));
                }
            }
        }
        byte[] sum = byBit[byBit.length - 1];
        for (int bit = byBit.length - 2; bit >= 0; bit--) {
            Octal.twice(sum, size);
            Octal.add(sum, 0, byBit[bit], 0, size);
        }
        return sum;
    }

    /**
     * Fills the gaps of a block.
     *
     * @param block with the symbols of {@code there} in their places
     * @param parities at least as many as symbols are not there, by their index; as long as {@link Block#symbolLength}
     */
    public static void recover(byte[] block, int length, BitSet there, Map<Integer, byte[]> parities) {
        int symbols = Block.symbols(length);
        List<Integer> gaps = new ArrayList<>();
        for (int i = there.nextClearBit(0); i < symbols; i = there.nextClearBit(i + 1)) {
            gaps.add(i);
        }
        int count = gaps.size();
        if (parities.size() < count) {
            throw new IllegalArgumentException(parities.size() + " parities for " + count + " gaps");
        }
        int[][] matrix = new int[count][count];
        byte[][] rest = new byte[count][];
        int row = 0;
        for (Map.Entry<Integer, byte[]> parity : parities.entrySet()) {
            if (row == count) {
                break;
            }
            rest[row] = sum(block, length, parity.getKey(), there);
            Octal.add(rest[row], 0, parity.getValue(), 0, rest[row].length);
            for (int column = 0; column < count; column++) {
                matrix[row][column] = coefficient(symbols, parity.getKey(), gaps.get(column));
            }
            row++;
        }
        int[][] inverse = Octal.inverse(matrix);
        for (int gap = 0; gap < count; gap++) {
            int at = gaps.get(gap) * Block.SYMBOL;
            int size = Block.symbolLength(length, gaps.get(gap));
            Arrays.fill(block, at, at + size, (byte) 0);
            for (int from = 0; from < count; from++) {
                Octal.addTimes(block, at, rest[from], inverse[gap][from], size);
            }
        }
    }

    private static int coefficient(int symbols, int parity, int symbol) {
        return Octal.over(symbols ^ symbol, parity ^ symbol);
    }
}
