package firstlight.image.windows;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The hive was made by hivex 1.3.23, of a computer "Gold-1"; what is written was read back by it and by chntpw's reged 140201. */
class WindowsNameTest {
    private static final String COMPUTER = "ControlSet001\\Control\\ComputerName\\ComputerName ComputerName";
    private static final String NETWORK = "ControlSet001\\Services\\Tcpip\\Parameters ";

    @ParameterizedTest
    @CsvSource({"PC-7, PC-7", "room12-pc7, ROOM12-PC7", "a23456789012345, A23456789012345"})
    void aShorterAndALongerNameAreReadWhereWindowsLooks(String name, String upper) throws IOException {
        byte[] hive = hive();
        byte[] named = WindowsName.in(hive).give(name).orElseThrow();
        Map<String, String> before = texts(hive);
        Map<String, String> after = texts(named);
        assertThat(after)
                .containsEntry(COMPUTER, upper)
                .containsEntry(NETWORK + "Hostname", name)
                .containsEntry(NETWORK + "NV Hostname", name);
        assertThat(after.keySet()).isEqualTo(before.keySet());
        before.keySet().removeIf(key -> key.endsWith("Hostname") || key.equals(COMPUTER));
        assertThat(after).containsAllEntriesOf(before);
    }

    /** Programs of Windows take as much memory for a value as its key says that its longest has. */
    @ParameterizedTest
    @ValueSource(strings = {"Gold-2", "gold-12", "a23456789012345"})
    void aKeyKnowsTheLengthOfItsLongestValue(String name) throws IOException {
        byte[] named = WindowsName.in(hive()).give(name).orElseThrow();
        ByteBuffer octets = ByteBuffer.wrap(named).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(Hive.values(named))
                .allSatisfy(value ->
                        assertThat(octets.getInt(value.owner() + 0x40)).isGreaterThanOrEqualTo(value.length()));
    }

    @Test
    void whatIsLongerGoesIntoABinBehindTheOthersAndIsNotTakenTwice() throws IOException {
        byte[] hive = hive();
        byte[] named = WindowsName.in(hive).give("a23456789012345").orElseThrow();
        assertThat(named).hasSize(hive.length + 4096);
        ByteBuffer octets = ByteBuffer.wrap(named).order(ByteOrder.LITTLE_ENDIAN);
        assertThat(octets.getInt(0x28)).isEqualTo(hive.length); // its bins, without the header of 4096
        int at = hive.length + 0x20;
        int free = 0;
        for (; at < named.length; at += Math.abs(octets.getInt(at))) {
            free += octets.getInt(at) > 0 ? 1 : 0;
        }
        assertThat(at).isEqualTo(named.length);
        assertThat(free).isEqualTo(1);
        assertThat(WindowsName.in(named).give("a23456789012345").orElseThrow()).isEqualTo(named);
    }

    @Test
    void whatWindowsKeepsReadyBehindTheBinsIsWrittenOver() throws IOException {
        byte[] hive = Arrays.copyOf(hive(), hive().length + 256 * 1024);
        Arrays.fill(hive, hive().length, hive.length, (byte) 'x');
        byte[] named = WindowsName.in(hive).give("a23456789012345").orElseThrow();
        assertThat(named).hasSameSizeAs(hive);
        assertThat(texts(named)).containsEntry(NETWORK + "Hostname", "a23456789012345");
    }

    @Test
    void whoHasItsNameIsLeftAsItIs() throws IOException {
        assertThat(WindowsName.in(hive()).give("gold-1").orElseThrow()).isEqualTo(hive());
    }

    @Test
    void aHiveWithoutAComputersNameGetsNone() throws IOException {
        assertThat(WindowsName.in(hive("system")).give("pc7")).isEmpty();
    }

    @Test
    void aMemberOfADomainIsKnownByIt() throws IOException {
        assertThat(WindowsName.in(hive()).domain()).isEmpty();
        byte[] member = hive();
        Hive.Value domain = Hive.values(member).stream()
                .filter(value -> value.name().equals("DataBasePath"))
                .findFirst()
                .orElseThrow();
        byte[] name = "NV Domain".getBytes(StandardCharsets.US_ASCII);
        ByteBuffer octets = ByteBuffer.wrap(member).order(ByteOrder.LITTLE_ENDIAN);
        octets.putShort(domain.entry() + 2, (short) name.length).put(domain.entry() + 0x14, name);
        octets.putInt(domain.entry() + 0xC, 1);
        assertThat(WindowsName.in(member).domain()).hasValue("%SystemRoot%\\\\System32\\\\drivers\\\\etc");
    }

    /** Of two control sets the second started last; the first signs on to no domain (Netlogon by hand), and has a suffix all the same. */
    @Test
    void whoHasASuffixAndSignsOnToNoDomainIsInNone() throws IOException {
        byte[] hive = hive("member");
        assertThat(WindowsName.in(hive).domain()).hasValue("school.example");
        ByteBuffer octets = ByteBuffer.wrap(hive).order(ByteOrder.LITTLE_ENDIAN);
        octets.putInt(number(hive, "Current"), 1);
        assertThat(WindowsName.in(hive).domain()).as("its domain was left").isEmpty();
        octets.putInt(number(hive, "Current"), 7);
        assertThat(WindowsName.in(hive).domain()).isEmpty();
    }

    /** Where the data of a REG_DWORD lie: in the value's own cell, in front of its name. */
    private static int number(byte[] hive, String name) {
        return new String(hive, StandardCharsets.ISO_8859_1).indexOf(name) - 0x14 + 8;
    }

    @Test
    void aHiveWhoseLogHoldsChangesIsRefused() throws IOException {
        byte[] hive = hive();
        hive[4] ^= 1;
        hive[0x1FC] ^= 1;
        assertThatThrownBy(() -> WindowsName.in(hive).give("pc7")).hasMessageContaining("had not finished");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "p", "1234", "a234567890123456", "-pc", "pc-", "pc.7", "pc 7", "pc_7", "Straße"})
    void windowsTakesNoSuchName(String name) {
        assertThat(WindowsName.isName(name)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"pc", "PC-7", "7a", "a23456789012345"})
    void windowsTakesSuchAName(String name) {
        assertThat(WindowsName.isName(name)).isTrue();
    }

    private static Map<String, String> texts(byte[] hive) {
        Map<String, String> texts = new TreeMap<>();
        List<Hive.Value> values = Hive.values(hive);
        values.forEach(value ->
                HiveText.of(hive, value).ifPresent(text -> texts.put(value.key() + " " + value.name(), text)));
        return texts;
    }

    private static byte[] hive() throws IOException {
        return hive("named");
    }

    private static byte[] hive(String name) throws IOException {
        try (InputStream file = WindowsNameTest.class.getResourceAsStream("/hives/" + name)) {
            return Objects.requireNonNull(file).readAllBytes();
        }
    }
}
