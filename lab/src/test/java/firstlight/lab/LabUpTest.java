package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class LabUpTest {
    /** The line is copied into a shell; a JDK may lie in a folder with a blank in its name. */
    @Test
    void aShellReadsTheJdkAsItIs() throws Exception {
        String home = "/home/o'neil/my jdks/25";
        Process shell = new ProcessBuilder(
                        "sh", "-c", "env -i " + LabUp.withJava(home) + "/bin/sh -c 'echo \"$FIRSTLIGHT_JAVA_HOME\"'")
                .redirectErrorStream(true)
                .start();
        shell.getOutputStream().close();
        assertThat(new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo(home + "\n");
        assertThat(shell.waitFor()).isZero();
    }
}
