package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.server.operator.OperatorError;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;

class MainTest {
    private final StringWriter out = new StringWriter();
    private final StringWriter err = new StringWriter();

    @Command(name = "fail", description = "Fails.")
    record Fail() implements Runnable {
        @Override
        public void run() {
            throw new OperatorError("port 67 is taken", "stop the other server");
        }
    }

    private int run(String... arguments) {
        CommandLine line = Main.commandLine();
        line.addSubcommand(new Fail());
        return line.setOut(new PrintWriter(out)).setErr(new PrintWriter(err)).execute(arguments);
    }

    @Test
    void withoutACommandItTeaches() {
        assertThat(run()).isZero();
        assertThat(out.toString()).contains("Usage: firstlight", "For example:", "firstlight work capture");
    }

    @Test
    void itTellsItsVersion() {
        assertThat(run("--version")).isZero();
        assertThat(out.toString()).matches("firstlight [0-9]+\\.[0-9]+\\.[0-9]+( \\(.+\\))?\\R");
    }

    @Test
    void whatAnOperatorCanMendIsTwoLinesWithoutAStackTrace() {
        assertThat(run("fail")).isEqualTo(1);
        assertThat(err.toString().lines()).containsExactly("firstlight: port 67 is taken", "  stop the other server");
    }

    @Test
    void anUnknownCommandNamesItselfAndTheHelp() {
        assertThat(run("dance")).isEqualTo(2);
        assertThat(err.toString()).contains("dance", "see 'firstlight --help'");
    }

    @Test
    void aNumberThatIsNoneIsToldWithoutJavasTypes() {
        assertThat(run("work", "retry", "abc")).isEqualTo(2);
        assertThat(err.toString()).contains("'abc' is no whole number");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--engine-port 84430 | --engine-port 84430 is no port",
                "--http-port 0       | --http-port 0 is no port",
                "--http-port 8443    | http, engine and api must be three different ports: 8443, 8443 and 8081",
            })
    void aPortThatCannotBeIsToldBeforeAnythingIsMade(String options, String told, @TempDir Path folder) {
        Path data = folder.resolve("data");
        List<String> words = new ArrayList<>(List.of("serve", "--stop-when-ready", "--data", data.toString()));
        words.addAll(List.of(options.split(" ", -1)));
        assertThat(run(words.toArray(String[]::new))).isEqualTo(1);
        assertThat(err.toString()).startsWith("firstlight: " + told);
        assertThat(data).doesNotExist();
    }

    /** The medium takes minutes. */
    @Test
    void aSizeThatIsNoneIsToldBeforeTheMediumIsMade(@TempDir Path folder) {
        Path data = folder.resolve("data");
        assertThat(run(
                        "media",
                        "usb",
                        folder.resolve("usb.raw").toString(),
                        "--size",
                        "8GB",
                        "--data",
                        data.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).startsWith("firstlight: --size '8GB' is no size");
    }

    @Test
    void aUrlForADhcpServerIsPrintedWithTheAddressThatWasNamedOnly() {
        assertThat(run("dhcp-config", "kea", "--http-boot")).isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "firstlight: --http-boot needs this host's address on the PCs' network",
                        "  name it with --address");
        assertThat(out.toString()).isEmpty();
        assertThat(run("dhcp-config", "kea", "--http-boot", "--address", "10.0.0.9", "--uefi", "grub"))
                .isZero();
        assertThat(out.toString()).contains("http://10.0.0.9:8080/shimx64.efi");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--address 10.0.0.9/24                    | --address has '10.0.0.9/24', which is no address",
                "--address firstlight.example             | --address has 'firstlight.example', which is no address",
                "--address 10.0.0.300                     | --address has '10.0.0.300', which is no address",
                "--address 10.0.0.9 --http-port 0         | --http-port 0 is no port",
                "--address 10.0.0.9 --http-port 80801     | --http-port 80801 is no port",
            })
    void aUrlThatNoPcCouldAskIsNotPrinted(String options, String told) {
        List<String> words = new ArrayList<>(List.of("dhcp-config", "isc", "--http-boot"));
        words.addAll(List.of(options.split(" ", -1)));
        assertThat(run(words.toArray(String[]::new))).isEqualTo(1);
        assertThat(err.toString()).startsWith("firstlight: " + told);
        assertThat(out.toString()).isEmpty();
    }

    @Test
    void aFileThatIsNotThereIsNamedWithTheReason(@TempDir Path data) {
        Path absent = data.resolve("absent");
        assertThat(run("vault", "add", "key", "--file", absent.toString(), "--data", data.toString()))
                .isEqualTo(1);
        assertThat(err.toString().lines())
                .containsExactly(
                        "firstlight: " + absent + " cannot be read: there is no such file or folder",
                        "  see the file and its permission");
    }

    @Test
    void aPassphraseIsKeptWhereAServerReadsItOnly(@TempDir Path folder) throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "open sesame");
        Path data = folder.resolve("data");
        assertThat(run("vault", "add", "room12", "--file", secret.toString(), "--data", data.toString()))
                .isEqualTo(1);
        assertThat(err.toString()).startsWith("firstlight: no server has run with the data directory " + data);
        assertThat(data).doesNotExist();
    }

    @Test
    void valuesMayBeWrittenInSmallLettersInEveryCommand() {
        assertThat(Main.commandLine().getSubcommands().values())
                .allMatch(command -> command.isCaseInsensitiveEnumValuesAllowed());
    }

    @Test
    void aCommandOfTheServersOwnIsFoundWithoutLookingAtTheOthers() {
        for (String name : Main.commandLine().getSubcommands().keySet()) {
            assertThat(Main.commandFor(name).getSubcommands()).containsKey(name);
        }
        assertThat(Main.commandFor("serve").getSubcommands()).containsOnlyKeys("serve");
        assertThat(Main.commandFor("dance").getSubcommands()).hasSizeGreaterThan(5);
    }
}
