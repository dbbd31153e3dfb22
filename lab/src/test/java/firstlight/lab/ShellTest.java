package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

class ShellTest {
    /** By sudo each command has a terminal of its own, which hangs up all processes of its session when the command ends. */
    @Test
    void whatMayStayHasASessionOfItsOwnAndTheNumberThatIsWrittenDown() throws Exception {
        Process process = new ProcessBuilder(
                        Shell.apart(List.of("sh", "-c", "echo $$ $(sed 's/.*) //' /proc/$$/stat | cut -d' ' -f4)")))
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.US_ASCII);
        assertThat(said.strip()).isEqualTo(process.pid() + " " + process.pid());
        assertThat(Shell.inside("somewhere", List.of("true"))).startsWith("setsid", "ip", "netns", "exec", "somewhere");
    }
}
