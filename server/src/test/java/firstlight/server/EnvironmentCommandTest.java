package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.server.configuration.DataDirectory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EnvironmentCommandTest {
    @TempDir
    Path directory;

    @Test
    void aBuildByHandTakesTheUpdatesThatTheServersConfigurationNames() throws IOException {
        Path drivers = Files.createDirectories(directory.resolve("drivers"));
        Path yaml = Files.writeString(directory.resolve("firstlight.yaml"), "updates: " + drivers + "\n");
        DataDirectory data = new DataDirectory(directory);
        data.apiToken();
        data.keep(Optional.of(yaml));
        List<String> notes = new ArrayList<>();

        assertThat(EnvironmentCommand.updates(data, Optional.empty(), notes)).contains(drivers);
        assertThat(EnvironmentCommand.updates(data, Optional.of(drivers), notes))
                .contains(drivers);
        assertThat(notes).isEmpty();

        assertThat(EnvironmentCommand.updates(data, Optional.of(directory), notes))
                .contains(directory);
        assertThat(notes)
                .containsExactly("the server's next start builds with " + drivers + " again; write 'updates: "
                        + directory + "' into its configuration");
    }

    @Test
    void updatesThatAreNotThereAreToldBeforeTheDataDirectoryIsMade() {
        Path absent = directory.resolve("absent");
        Path data = directory.resolve("data");
        assertThatThrownBy(
                        () -> EnvironmentCommand.made(new DataDirectory(data), Optional.of(absent), new ArrayList<>()))
                .hasMessage("the updates folder " + absent + " is not there");
        assertThat(data).doesNotExist();
    }

    @Test
    void aBuildWhereNoServerHasRunSaysSo() {
        List<String> notes = new ArrayList<>();
        assertThat(EnvironmentCommand.updates(new DataDirectory(directory), Optional.empty(), notes))
                .isEmpty();
        assertThat(notes).containsExactly("no server has run with the data directory " + directory + " yet");
    }
}
