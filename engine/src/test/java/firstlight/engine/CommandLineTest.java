package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import org.junit.jupiter.api.Test;

class CommandLineTest {
    private static final String PIN = "ab".repeat(32);
    private static final String WHOLE =
            "console=ttyS0 quiet firstlight.server=https://192.168.1.10:8443 firstlight.token=s3cret firstlight.pin=sha256:"
                    + PIN;

    @Test
    void readsWhatTheBootScriptWrites() {
        assertThat(CommandLine.parse(WHOLE + " firstlight.mac=52:54:00:12:34:AB\n"))
                .isEqualTo(new CommandLine.Given(
                        URI.create("https://192.168.1.10:8443"), "s3cret", PIN, "52:54:00:12:34:ab", false, ""));
    }

    @Test
    void takesTheCardFromPxelinuxWhenTheScriptNamesNone() {
        assertThat(CommandLine.parse(WHOLE + " BOOTIF=01-52-54-00-12-34-56"))
                .isInstanceOfSatisfying(
                        CommandLine.Given.class,
                        given -> assertThat(given.mac()).isEqualTo("52:54:00:12:34:56"));
    }

    @Test
    void namesTheArgumentThatIsMissingOrWrong() {
        assertThat(reason("quiet")).contains("no firstlight.server").contains("https://ADDRESS:PORT");
        assertThat(reason(WHOLE.replace("https:", "http:"))).contains("firstlight.server=http://192.168.1.10:8443");
        assertThat(reason(WHOLE.replace("firstlight.token=s3cret", ""))).contains("no firstlight.token");
        assertThat(reason(WHOLE + "0")).contains("firstlight.pin=").contains("64 hexadecimal digits");
    }

    @Test
    void maintenanceIsKnownEvenWithoutAServer() {
        assertThat(CommandLine.parse("firstlight.maintenance=1"))
                .isInstanceOfSatisfying(
                        CommandLine.Unusable.class,
                        unusable -> assertThat(unusable.maintenance()).isTrue());
        assertThat(CommandLine.parse(WHOLE + " firstlight.maintenance=0"))
                .isInstanceOfSatisfying(
                        CommandLine.Given.class,
                        given -> assertThat(given.maintenance()).isFalse());
    }

    @Test
    void neverPrintsTheToken() {
        assertThat(CommandLine.parse(WHOLE).toString()).doesNotContain("s3cret");
    }

    private static String reason(String text) {
        return CommandLine.parse(text) instanceof CommandLine.Unusable unusable ? unusable.reason() : "understood";
    }
}
