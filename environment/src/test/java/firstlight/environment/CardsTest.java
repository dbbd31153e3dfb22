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

    /** What the cable's loop and DHCP come to; each tenth of a second {@code tick} runs, which knows how many have {@code passed}. */
    private String afterTheLink(String tick) throws IOException, InterruptedException {
        String start = Bundled.text("init.sh");
        String link = start.substring(
                start.indexOf("for try in $(seq 1 300); do\n  found="),
                start.indexOf("rm -f /run/firstlight.address\n"));
        return said(
                "mac=" + OWN,
                "card=$(cards)",
                "passed=0",
                "usleep() { passed=$((passed + 1)); " + tick + "; }",
                link,
                "echo \"$card of '$mac' after $passed\"");
    }

    /** The other one may be on a network of its own, with a DHCP server, and without ours. */
    @Test
    void aCardWhoseLinkTakesHalfAMinuteIsNotGivenUpForAnother() throws IOException, InterruptedException {
        card("eth0", DOCKS, true);
        card("eth1", OWN, false);
        assertThat(afterTheLink("[ $passed = 290 ] && echo 1 >" + root + "/sys/class/net/eth1/carrier"))
                .endsWith("eth1 of '" + OWN + "' after 290");
        card("eth1", OWN, false);
        assertThat(afterTheLink(":")).endsWith("trying eth0\neth0 of '' after 299");
    }

    /** As every card is: without a link until it is switched on, and for some seconds more. */
    @Test
    void theOthersAreSwitchedOnInTimeForTheirLinks() throws IOException, InterruptedException {
        write("bin/ip", "#!/bin/sh\necho up >" + root + "/raised-$3\n");
        card("eth0", DOCKS, false);
        card("eth1", OWN, false);
        String tick = "[ -f " + root + "/raised-eth0 ] && up=$((up + 1)); [ \"$up\" = 50 ] && echo 1 >" + root
                + "/sys/class/net/eth0/carrier";
        assertThat(afterTheLink(tick)).endsWith("trying eth0\neth0 of '' after 299");
    }

    /** Drivers reset it as the first packet goes out. */
    @Test
    void aLinkThatIsDownForAMomentDoesNotGiveTheMacAway() throws IOException, InterruptedException {
        card("eth0", DOCKS, true);
        card("eth1", OWN, false);
        String start = Bundled.text("init.sh");
        String dhcp = start.substring(
                start.indexOf("for try in 1 2 3 4"), start.indexOf("[ -s /run/firstlight.address ] || fail \"no DHCP"));
        assertThat(said(
                        "mac=" + OWN,
                        "card=eth1",
                        "udhcpc() { echo 10.0.0.7 >" + root + "/run/firstlight.address; }",
                        dhcp.replace("/run/", root + "/run/"),
                        "echo \"$card of '$mac'\""))
                .isEqualTo("eth1 of '" + OWN + "'");
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
