package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** How the environment's start finds the network card that booted: its own functions, on made cards. */
class CardsTest {
    private static final String OWN = "52:54:00:00:00:01";
    private static final String DOCKS = "00:e0:4c:00:00:02";

    @TempDir
    Path root;

    @BeforeEach
    void everyCardStarts() throws IOException {
        Files.createDirectories(root.resolve("run"));
        write("bin/ip", "#!/bin/sh\n");
        assertThat(root.resolve("bin/ip").toFile().setExecutable(true)).isTrue();
    }

    @Test
    void theCardWithTheMacIsTakenWithALinkOrWithout() throws IOException, InterruptedException {
        card("eth0", DOCKS, true);
        card("eth1", OWN, false);
        assertThat(said("mac=" + OWN, "cards")).isEqualTo("eth1");
        assertThat(said("mac=", "cards")).isEqualTo("eth0");
    }

    /** A ThinkPad with a socket of its own, at a dock that takes its address: the cable is in the dock. */
    @Test
    void ofTwoWithOneMacTheOneWithTheCableIsTaken() throws IOException, InterruptedException {
        card("eth0", OWN, false);
        card("eth1", OWN, true);
        assertThat(said("mac=" + OWN, "cards")).isEqualTo("eth1");
    }

    /** Firmware shows the PC's address, Linux the dock's: the PC restarted for ever. */
    @Test
    void whereNoCardOfTheMacHasALinkTheOthersAreTried() throws IOException, InterruptedException {
        card("eth0", DOCKS, true);
        card("eth1", "00:e0:4c:00:00:03", false);
        String[] tries = {"mac=" + OWN, "passed_through \"$(cards)\"", "echo \"$?, now of '$mac'\" $(cards)"};
        assertThat(said(tries))
                .isEqualTo("no network card with the address " + OWN + " has a link: trying eth0\n0, now of '' eth0");

        card("eth2", OWN, false);
        assertThat(said(tries)).contains("trying eth0").endsWith("0, now of '' eth0");
        card("eth2", OWN, true);
        assertThat(said(tries)).isEqualTo("1, now of '" + OWN + "' eth2");
    }

    @Test
    void whereNoOtherHasALinkTheMacStays() throws IOException, InterruptedException {
        card("eth0", OWN, false);
        card("eth1", DOCKS, false);
        assertThat(said("mac=" + OWN, "passed_through \"$(cards)\"", "echo \"$?, still of '$mac'\""))
                .isEqualTo("1, still of '" + OWN + "'");
    }

    private void card(String name, String mac, boolean linked) throws IOException {
        write("sys/class/net/" + name + "/device/vendor", "0x8086\n");
        write("sys/class/net/" + name + "/address", mac + "\n");
        write("sys/class/net/" + name + "/carrier", linked ? "1\n" : "0\n");
    }

    private void write(String file, String text) throws IOException {
        Path path = root.resolve(file);
        Files.createDirectories(Objects.requireNonNull(path.getParent()));
        Files.writeString(path, text);
    }

    private String said(String... lines) throws IOException, InterruptedException {
        String start = Bundled.text("init.sh");
        String functions = start.substring(start.indexOf("cards() {"), start.indexOf("unraised() {"))
                .replace("/sys/", root + "/sys/")
                .replace("/run/", root + "/run/");
        Path script = Files.writeString(
                root.resolve("script"),
                "say() { echo \"$*\"; }\n" + functions + String.join("\n", List.of(lines)) + "\n");
        ProcessBuilder builder = new ProcessBuilder("sh", script.toString()).redirectErrorStream(true);
        builder.environment()
                .merge(
                        "PATH",
                        root.resolve("bin").toString(),
                        (usual, own) -> own + java.io.File.pathSeparator + usual);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.strip();
    }
}
