package firstlight.image.health;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Bytes;
import firstlight.testkit.Seeded;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

class SmartTest {
    /** As Linux 6.1 gives it: recovered error, ATA PASS-THROUGH INFORMATION AVAILABLE, then the registers. */
    private static final Bytes SOUND = Bytes.ofHex("7201001d0000000e 090c 00 00 0000 0000 004f 00c2 00 50");

    private static final Bytes FAILING = Bytes.ofHex("7201001d0000000e 090c 00 00 0000 0000 00f4 002c 00 50");

    /** A disk that has no such command: ILLEGAL REQUEST, INVALID COMMAND OPERATION CODE. */
    private static final Bytes REFUSED = Bytes.ofHex("70000500000000 0a 00000000 2000 0000");

    /** SMART data with attributes as {@code {id, raw}}, and a right checksum. */
    private static Bytes data(long[]... attributes) {
        byte[] data = new byte[AtaSmart.DATA];
        data[0] = 16;
        for (int i = 0; i < attributes.length; i++) {
            int at = 2 + 12 * i;
            data[at] = (byte) attributes[i][0];
            data[at + 3] = 100;
            data[at + 4] = 100;
            for (int octet = 0; octet < 6; octet++) {
                data[at + 5 + octet] = (byte) (attributes[i][1] >> (8 * octet));
            }
        }
        int sum = 0;
        for (byte octet : data) {
            sum += octet;
        }
        data[511] = (byte) -sum;
        return Bytes.of(data);
    }

    private static Bytes page(int warning, int used, long errors) {
        byte[] page = new byte[NvmeSmart.DATA];
        page[0] = (byte) warning;
        page[3] = 100;
        page[4] = 10;
        page[5] = (byte) used;
        for (int octet = 0; octet < 8; octet++) {
            page[160 + octet] = (byte) (errors >> (8 * octet));
        }
        return Bytes.of(page);
    }

    @Test
    void theCommandsAreThoseOfSat() {
        assertThat(AtaSmart.RETURN_STATUS.toHex()).isEqualTo("85062000da00000000004f00c200b000");
        assertThat(AtaSmart.READ_DATA.toHex()).isEqualTo("85080e00d000010000004f00c200b000");
        assertThat(NvmeSmart.PAGE).isEqualTo(0x007f0002);
    }

    @Test
    void anAtaDiskThatCountsNothingIsGood() {
        assertThat(AtaSmart.decode(SOUND, data(new long[] {1, 0xf00}, new long[] {5, 0}, new long[] {197, 0})))
                .hasToString("good");
        assertThat(AtaSmart.decode(SOUND, data(new long[] {5, 3}))).hasToString("good: 3 sectors reallocated");
    }

    @Test
    void oneWithSectorsThatItCannotReadIsWorn() {
        assertThat(AtaSmart.decode(SOUND, data(new long[] {5, 12}, new long[] {197, 1}, new long[] {198, 2})))
                .hasToString("worn: 12 sectors reallocated, 1 sector pending (cannot be read for now),"
                        + " 2 sectors uncorrectable");
    }

    @Test
    void oneWhoseOwnCheckFailedIsFailingWhateverItCounts() {
        assertThat(AtaSmart.decode(FAILING, data())).hasToString("failing: its own check says so");
        assertThat(AtaSmart.decode(FAILING, Bytes.EMPTY)).hasToString("failing: its own check says so");
        assertThat(AtaSmart.decode(Bytes.ofHex("700001000050000a 0000f42c 001d"), data()))
                .as("sense data in fixed format")
                .hasToString("failing: its own check says so");
    }

    @Test
    void absentAndMalformedAreTwoAnswers() {
        assertThat(AtaSmart.decode(REFUSED, Bytes.EMPTY)).isEqualTo(DiskHealth.UNKNOWN);
        assertThat(AtaSmart.decode(Bytes.EMPTY, Bytes.EMPTY)).isEqualTo(DiskHealth.UNKNOWN);
        byte[] damaged = data(new long[] {5, 12}).toArray();
        damaged[100] ^= 1;
        assertThat(AtaSmart.decode(SOUND, Bytes.of(damaged)))
                .hasToString("unknown: what it says is not understood: the checksum of its SMART data");
        assertThat(NvmeSmart.decode(Bytes.of(new byte[12])))
                .hasToString("unknown: what it says is not understood: 12 octets of its health page");
    }

    @Test
    void anNvmeDiskTellsBySpareBlocksLifeAndErrors() {
        assertThat(NvmeSmart.decode(page(0, 3, 0))).hasToString("good");
        assertThat(NvmeSmart.decode(page(0b10, 3, 0))).hasToString("worn: it is too hot or too cold");
        assertThat(NvmeSmart.decode(page(0, 117, 7)))
                .hasToString("worn: 117 % of its expected life are used, 7 media errors");
        assertThat(NvmeSmart.decode(page(0b1100, 3, -1)))
                .hasToString("failing: it is not reliable any more, it has become read-only,"
                        + " 18446744073709551615 media errors");
    }

    @Test
    void noOctetsOfADiskDoMoreThanBeNotUnderstood() {
        Seeded random = Seeded.fresh();
        byte[] sound = data(new long[] {5, 12}, new long[] {197, 1}).toArray();
        for (int length = 0; length < sound.length; length++) {
            Bytes prefix = Bytes.of(Arrays.copyOf(sound, length));
            assertThat(AtaSmart.decode(SOUND, prefix).toString()).isNotBlank();
            assertThat(NvmeSmart.decode(prefix).toString()).isNotBlank();
        }
        for (int round = 0; round < 2_000; round++) {
            Bytes sense = Bytes.of(random.mutated(FAILING.toArray()));
            Bytes mutant = Bytes.of(random.mutated(sound));
            assertThat(AtaSmart.decode(sense, mutant).toString())
                    .as("%s", random)
                    .isNotBlank();
            assertThat(NvmeSmart.decode(mutant).toString()).as("%s", random).isNotBlank();
        }
    }
}
