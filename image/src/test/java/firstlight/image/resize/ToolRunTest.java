package firstlight.image.resize;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

class ToolRunTest {
    /** Whether a kernel mounts it at all is asked before each erase of some file systems. */
    @Test
    void aMountThatIsRefusedLeavesNoFolder() throws IOException {
        String refusal = ToolRun.refusal(Path.of("/dev/null"), "nosuch", "ro").orElseThrow();
        Matcher folder = Pattern.compile("(/[^ :]*/firstlight-mount\\d+)[ :]").matcher(refusal);
        assertThat(folder.find()).as(refusal).isTrue();
        assertThat(Path.of(folder.group(1))).doesNotExist();
    }
}
