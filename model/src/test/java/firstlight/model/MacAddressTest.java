package firstlight.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class MacAddressTest {
    @ParameterizedTest
    @ValueSource(
            strings = {"52:54:00:ab:cd:ef", "52-54-00-AB-CD-EF", "5254.00ab.cdef", " 525400abcdef ", "5254:00-ab.cdef"})
    void isReadAsPeopleAndProgramsWriteIt(String text) {
        MacAddress mac = MacAddress.parse(text);

        assertThat(mac.value()).isEqualTo(0x5254_00AB_CDEFL);
        assertThat(mac).hasToString("52:54:00:ab:cd:ef");
        assertThat(mac.hyphenated()).isEqualTo("52-54-00-ab-cd-ef");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "52:54:00:ab:cd",
                "52:54:00:ab:cd:ef:00",
                "52:54:00:ab:cd:eg",
                "52 54 00 ab cd ef",
                "-5254:00:ab:cd:e",
                "٥٢:54:00:ab:cd:ef"
            })
    void whatIsNoneIsRefusedByWhatWasWritten(String text) {
        assertThatIllegalArgumentException()
                .isThrownBy(() -> MacAddress.parse(text))
                .withMessageContaining("'" + text + "' is no MAC address");
    }
}
