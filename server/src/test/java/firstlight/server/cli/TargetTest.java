package firstlight.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import firstlight.server.configuration.DataDirectory;
import firstlight.server.operator.OperatorError;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

class TargetTest {
    private static final Optional<Target> SIGNED_IN =
            Optional.of(new Target("https://other.school:8444", "session", "a".repeat(64)));

    @TempDir
    private Path directory;

    @Test
    void aDirectoryThatIsNamedIsNeverAnotherServer() {
        assertThatThrownBy(() ->
                        Target.choose(Optional.empty(), Optional.empty(), "", directory.resolve("typo"), SIGNED_IN))
                .isInstanceOf(OperatorError.class)
                .hasMessageContaining("no server has run with the data directory " + directory.resolve("typo"));
    }

    @Test
    void aUrlThatNamesNoHostIsRefusedInWordsAndANameOfAWindowsNetworkIsTaken() {
        for (String url : List.of("https://:8444", "https://a b", "https://host:80:90")) {
            assertThatThrownBy(() -> Target.safe(url))
                    .isInstanceOf(OperatorError.class)
                    .hasMessageContaining("'" + url + "'");
        }
        assertThat(Target.safe("https://first_light:8444/")).isEqualTo("https://first_light:8444");
        assertThat(Target.safe("https://[::1]:8444")).isEqualTo("https://[::1]:8444");
    }

    @CommandLine.Command
    private static final class Asks {
        @CommandLine.Mixin
        private final Shared shared = new Shared();
    }

    private static Optional<String> named(String variable, String... line) {
        Asks asks = new Asks();
        new CommandLine(asks).parseArgs(line);
        return asks.shared.server(Optional.of(variable));
    }

    /** The variable stands in a profile, for the server of every day; the directory is named for this command. */
    @Test
    void aDirectoryOnTheCommandLineGoesBeforeTheServerOfTheEnvironment() {
        assertThat(named("https://main:8444", "--data", "/srv/test")).isEmpty();
        assertThat(named("https://main:8444")).contains("https://main:8444");
        assertThat(named("")).isEmpty();
        assertThat(named("https://main:8444", "--server", "https://third:8444")).contains("https://third:8444");
    }

    @Test
    void thisHostsServerGoesBeforeTheOneSignedInTo() throws Exception {
        Files.writeString(directory.resolve("api-url"), "http://127.0.0.1:8081\n");
        Files.writeString(directory.resolve("api-token"), "local\n");
        assertThat(Target.choose(Optional.empty(), Optional.empty(), "", directory, SIGNED_IN))
                .isEqualTo(new Target("http://127.0.0.1:8081", "local", ""));
    }

    @Test
    void whoSignsInElsewhereOnAServersHostIsToldWhomCommandsAsk() throws Exception {
        String url = "https://other.school:8444";
        assertThat(SignInCommand.stillAsked(directory, url)).isEmpty();
        Files.writeString(directory.resolve("api-token"), "local\n");
        assertThat(SignInCommand.stillAsked(directory, url))
                .hasValueSatisfying(told -> assertThat(told).contains(directory.toString(), "--server " + url));
    }

    @Test
    void aTokenThatIsNamedIsUsedAtTheServerSignedInTo() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "of a program\n");
        Path unreadable = Path.of(DataDirectory.USUAL);
        assumeFalse(Files.isReadable(unreadable.resolve("api-token")), "a server's own host");
        assertThat(Target.choose(Optional.empty(), Optional.of(token), "", unreadable, SIGNED_IN))
                .isEqualTo(new Target("https://other.school:8444", "of a program", "a".repeat(64)));
    }

    @Test
    void aSecretGoesInClearToThisHostAlone() throws Exception {
        Path token = Files.writeString(directory.resolve("token"), "of a program\n");
        for (String url : new String[] {"http://127.0.0.1.school.example:8081", "http://10.0.0.1:8081"}) {
            assertThatThrownBy(
                            () -> Target.choose(Optional.of(url), Optional.of(token), "", directory, Optional.empty()))
                    .hasMessageContaining("is not named by https://");
            assertThat(new CommandLine(new SignInCommand())
                            .setExecutionExceptionHandler((failure, _, _) ->
                                    failure.getMessage().contains("is not named by https://") ? 1 : 70)
                            .execute("--server", url, "--user", "ann", "--password-file", token.toString()))
                    .as("a password even less")
                    .isEqualTo(1);
        }
        assertThat(Target.choose(
                                Optional.of("http://127.0.0.1:8081/"),
                                Optional.of(token),
                                "",
                                directory,
                                Optional.empty())
                        .url())
                .isEqualTo("http://127.0.0.1:8081");
    }
}
