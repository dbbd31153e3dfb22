package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The environment's script {@code controllers}, on made devices and a made kernel log. */
class ControllersTest {
    private static final String PLACE = "0000:00:03.0";

    @TempDir
    Path root;

    @BeforeEach
    void theEnvironmentHasADriverForOneCard() throws IOException, InterruptedException {
        write("lib/modules/" + kernel() + "/modules.alias", """
                alias pci:v00008086d00001229sv*sd*bc02sc00i* e100
                alias pci:v*d*sv*sd*bc01sc06i01* ahci
                """);
        device("0x020000", "pci:v00008086d00001229sv00001AF4sd00001100bc02sc00i00");
    }

    @Test
    void aDriverThatWouldNotTakeItsCardIsNamedWithItsOwnWords() throws IOException, InterruptedException {
        log("""
                [    0.400000] pci 0000:00:03.0: BAR 0: failed to assign [mem size 0x1000]
                [    1.500000] e100 0000:00:03.0: PCI INT A -> GSI 11
                [    1.600000] e100 0000:00:03.0: EEPROM corrupted, not valid
                [    1.700000] e100 0000:00:04.0: Error of another card
                [    1.800000] e100: probe of 0000:00:03.0 failed with error -11
                """);
        assertThat(refusal()).isEqualTo("e100, which says: e100 0000:00:03.0: EEPROM corrupted, not valid");
    }

    @Test
    void whereTheDriverSaidNothingTheKernelsWordStands() throws IOException, InterruptedException {
        log("[    1.800000] e100: probe of 0000:00:03.0 failed with error -11\n");
        assertThat(refusal()).isEqualTo("e100, which says: e100: probe of 0000:00:03.0 failed with error -11");
    }

    @Test
    void aSilentDriverIsNamedAllTheSame() throws IOException, InterruptedException {
        log("");
        assertThat(refusal()).isEqualTo("e100");
    }

    @Test
    void aDriverForAllOfAKindIsFoundByThatKind() throws IOException, InterruptedException {
        device("0x010601", "pci:v00001234d00005678sv00000000sd00000000bc01sc06i01");
        log("");
        assertThat(refusal()).isEqualTo("ahci");
    }

    @Test
    void aCardWithoutADriverHereAndOneThatHasItRefuseNothing() throws IOException, InterruptedException {
        log("");
        device("0x020000", "pci:v00001011d00000019sv00000000sd00000000bc02sc00i00");
        assertThat(refusal()).isEmpty();
        device("0x020000", "pci:v00008086d00001229sv00001AF4sd00001100bc02sc00i00");
        write("sys/bus/pci/devices/" + PLACE + "/driver", "");
        assertThat(refusal()).isEmpty();
    }

    private void device(String kind, String alias) throws IOException {
        write("sys/bus/pci/devices/" + PLACE + "/class", kind + "\n");
        write("sys/bus/pci/devices/" + PLACE + "/modalias", alias + "\n");
    }

    /** What {@code dmesg} will print. */
    private void log(String text) throws IOException {
        write("log", text);
        write("bin/dmesg", "#!/bin/sh\ncat \"$ROOT/log\"\n");
        assertThat(root.resolve("bin/dmesg").toFile().setExecutable(true)).isTrue();
    }

    /** What the script wrote of the device; empty when nothing. */
    private String refusal() throws IOException, InterruptedException {
        Path script = Files.writeString(root.resolve("controllers"), Bundled.text("controllers.sh"));
        run("sh", script.toString(), "refused");
        Path file = root.resolve("run/firstlight.refused").resolve(PLACE);
        return Files.exists(file) ? Files.readString(file).strip() : "";
    }

    private void write(String file, String text) throws IOException {
        Files.createDirectories(root.resolve(file).getParent());
        Files.writeString(root.resolve(file), text);
    }

    private String kernel() throws IOException, InterruptedException {
        return run("uname", "-r").strip();
    }

    private String run(String... command) throws IOException, InterruptedException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectErrorStream(true);
        builder.environment().put("ROOT", root.toString());
        builder.environment()
                .merge("PATH", root.resolve("bin").toString(), (usual, own) -> own + File.pathSeparator + usual);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
        return said;
    }
}
