package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LabCommandTest {
    /** No scenario is played: there is no such DHCP server, which is looked at next. */
    @Test
    void aFolderThatIsGivenForAFileIsToldBeforeTheScenario(@TempDir Path folder) {
        String scenario = Scenarios.all().getFirst().name();
        assertThatThrownBy(() -> new LabCommand().run(scenario, "none of them", false, folder, null))
                .hasMessage("--pcap: " + folder + " is a folder");
        assertThatThrownBy(() -> new LabCommand().run(scenario, "none of them", false, null, folder))
                .hasMessage("--screenshot: " + folder + " is a folder");
        assertThatThrownBy(() -> new LabCommand().run(scenario, "none of them", false, folder.resolve("a.pcap"), null))
                .hasMessage("there is no DHCP server 'none of them' here");
    }

    /** At its end the scenario would put a file in its place: of {@code /dev/null}, for all that runs on the host. */
    @Test
    void whatIsNoPlainFileIsNotReplaced(@TempDir Path folder) {
        Path pipe = folder.resolve("pipe");
        Shell.run("mkfifo", pipe.toString());
        String scenario = Scenarios.all().getFirst().name();
        assertThatThrownBy(() -> new LabCommand().run(scenario, "none of them", false, pipe, null))
                .hasMessage("--pcap: " + pipe + " is no plain file");
    }
}
