package firstlight.netboot.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ByteRangeTest {
    @ParameterizedTest
    @CsvSource({
        "bytes=0-0, 0, 0",
        "bytes=10-19, 10, 19",
        "bytes=90-, 90, 99",
        "bytes=90-1000, 90, 99",
        "bytes=-10, 90, 99",
        "bytes=-1000, 0, 99",
    })
    void aSingleRangeIsCutToTheFile(String header, long first, long last) {
        assertThat(ByteRange.of(Optional.of(header), 100)).isEqualTo(new ByteRange.Part(first, last));
    }

    @ParameterizedTest
    @CsvSource({"bytes=100-", "bytes=100-200", "bytes=-0"})
    void aRangeBehindTheEndCannotBeSatisfied(String header) {
        assertThat(ByteRange.of(Optional.of(header), 100)).isEqualTo(new ByteRange.Unsatisfiable());
    }

    @ParameterizedTest
    @CsvSource({"items=0-1", "'bytes=0-1,3-4'", "bytes=5-4", "bytes=-", "bytes=a-b"})
    void whatIsNoSingleRangeIsAnsweredWithAllOfIt(String header) {
        assertThat(ByteRange.of(Optional.of(header), 100)).isEqualTo(new ByteRange.Whole());
    }
}
