package firstlight.image.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.Bytes;
import firstlight.testkit.CodecLaws;
import java.io.IOException;
import java.io.InputStream;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** The hives were made by hivex 1.3.23 with elements as Windows 8.1's bcdedit made them; none was seen by a Windows. */
class MovedTest {
    private static final long MIB = 1 << 20;
    private static final int SIGNATURE = 0xB3EBA8F1;
    private static final Moved MOVED = new Moved(SIGNATURE, Map.of(101 * MIB, 401 * MIB));

    @Test
    void theBootEntriesFollowTheirPartition() throws IOException {
        byte[] before = hive("bcd");
        byte[] hive = hive("bcd");
        assertThat(MOVED.follow(hive))
                .containsExactlyInAnyOrder(
                        "BCD {fde483f1-1482-11e2-90a1-00505698002c} 11000001",
                        "BCD {fde483f1-1482-11e2-90a1-00505698002c} 21000001",
                        "BCD {fde483f2-1482-11e2-90a1-00505698002c} 31000003");
        assertThat(differences(before, hive)).isEqualTo(3 * 2); // 0x06500000 becomes 0x19100000
        assertThat(MOVED.follow(hive)).isEmpty();
    }

    @Test
    void driveLettersAndVolumesFollowTheirPartition() throws IOException {
        byte[] hive = hive("system");
        assertThat(MOVED.follow(hive))
                .containsExactlyInAnyOrder(
                        "MountedDevices \\DosDevices\\C:",
                        "MountedDevices \\??\\Volume{01234567-89ab-cdef-0123-456789abcdef}");
        assertThat(new Moved(SIGNATURE, Map.of(401 * MIB, 101 * MIB)).follow(hive))
                .hasSize(2);
        assertThat(hive).isEqualTo(hive("system"));
    }

    @Test
    void twoPartitionsThatChangePlacesAreNotMixedUp() throws IOException {
        byte[] hive = hive("bcd");
        Moved swapped = new Moved(SIGNATURE, Map.of(101 * MIB, MIB, MIB, 101 * MIB));
        assertThat(swapped.follow(hive)).hasSize(4);
        assertThat(swapped.follow(hive)).hasSize(4);
        assertThat(hive).isEqualTo(hive("bcd"));
    }

    @Test
    void aHiveWhoseLogHoldsChangesIsLeftAlone() throws IOException {
        byte[] hive = hive("system");
        hive[4] ^= 1;
        hive[0x1FC] ^= 1; // its sum is right
        assertThatThrownBy(() -> MOVED.follow(hive))
                .isInstanceOf(Hive.Malformed.class)
                .hasMessageContaining("had not finished");
    }

    @Test
    void aDamagedHiveIsNamed() throws IOException {
        byte[] hive = hive("system");
        hive[0x30]++;
        assertThatThrownBy(() -> Hive.values(hive)).hasMessageContaining("header is damaged");
        assertThatThrownBy(() -> Hive.values(new byte[5000])).hasMessage("it is no hive");
    }

    @Test
    void noOctetsOfAStrangerDoMoreThanFail() throws IOException {
        byte[] hive = hive("bcd");
        // Octets behind the header are in no sum. What was read is all that the codec makes of them.
        CodecLaws<Octets> laws = new CodecLaws<>(Octets::read, Octets::octets, Hive.Malformed.class);
        laws.mutation(hive, 300);
        laws.truncation(hive);
    }

    /** A hive and the values in it. */
    private record Octets(Bytes bytes, List<Hive.Value> values) {
        static Octets read(byte[] octets) {
            return new Octets(Bytes.of(octets), Hive.values(octets));
        }

        byte[] octets() {
            return bytes.toArray();
        }
    }

    private static long differences(byte[] one, byte[] other) {
        assertThat(other).hasSameSizeAs(one);
        return IntStream.range(0, one.length).filter(i -> one[i] != other[i]).count();
    }

    private static byte[] hive(String name) throws IOException {
        try (InputStream file = MovedTest.class.getResourceAsStream("/hives/" + name)) {
            return Objects.requireNonNull(file).readAllBytes();
        }
    }
}
