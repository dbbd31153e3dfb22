package firstlight.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
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
