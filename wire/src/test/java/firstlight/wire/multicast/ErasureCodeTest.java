package firstlight.wire.multicast;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.testkit.Seeded;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ErasureCodeTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 100, Block.SYMBOL, Block.SYMBOL + 1, 10 * Block.SYMBOL, 65_432, Block.MAX_LENGTH})
    void anyAsManySymbolsAsTheBlockHasAreEnough(int length) {
        Seeded random = Seeded.fresh();
        byte[] block = random.octets(length);
        int symbols = Block.symbols(length);
        for (int lost : new int[] {0, 1, 2, 5, 20}) {
            int gaps = Math.min(lost, symbols);
            byte[] damaged = block.clone();
            BitSet there = new BitSet();
            there.set(0, symbols);
            while (symbols - there.cardinality() < gaps) {
                int gone = random.between(0, symbols - 1);
                there.clear(gone);
                int at = gone * Block.SYMBOL;
                System.arraycopy(
                        random.octets(Block.symbolLength(length, gone)),
                        0,
                        damaged,
                        at,
                        Block.symbolLength(length, gone));
            }
            Map<Integer, byte[]> parities = new HashMap<>();
            while (parities.size() < gaps) {
                int index = random.between(symbols, Block.MAX_SYMBOLS - 1);
                byte[] parity = ErasureCode.parity(block, length, index);
                assertThat(parity).hasSize(Block.symbolLength(length, index));
                parities.put(index, parity);
            }
            ErasureCode.recover(damaged, length, there, parities);
            assertThat(damaged).as("%s of %s lost, %s", gaps, symbols, random).isEqualTo(block);
        }
    }

    @Test
    void theFirstParityIsThePlainSum() {
        byte[] block = Seeded.fresh().octets(3 * Block.SYMBOL);
        byte[] parity = ErasureCode.parity(block, block.length, 3);
        for (int i = 0; i < parity.length; i++) {
            int sum = block[i] ^ block[Block.SYMBOL + i] ^ block[2 * Block.SYMBOL + i];
            assertThat(parity[i]).isEqualTo((byte) sum);
        }
    }
}
