package firstlight.image.files;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PermissionsTest {
    @ParameterizedTest
    @CsvSource({
        "0100644,-rw-r--r--",
        "0041777,drwxrwxrwt",
        "0120777,lrwxrwxrwx",
        "0010600,prw-------",
        "0140755,srwxr-xr-x",
        "0020666,crw-rw-rw-",
        "0060660,brw-rw----"
    })
    void areWrittenAsLsWritesThem(String mode, String text) {
        FileEntry entry = new FileEntry("x", Integer.parseInt(mode, 8), 0, 0, 1, 0, Instant.EPOCH, Instant.EPOCH, "");
        assertThat(entry.permissions()).isEqualTo(text);
    }
}
