package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
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
                start.indexOf("rm -f /run/firstlight.address\nif "));
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

    /** What comes between a card with a link and the engine's work, with made answers to DHCP and to arping. */
    private String addressed(String... made) throws IOException, InterruptedException {
        String start = Bundled.text("init.sh");
        String dhcp = start.substring(
                start.lastIndexOf("\n", start.indexOf("for try in 1 2 3 4 5 6 7 8 9 10; do")),
                start.indexOf("[ -s /run/firstlight.address ] || fail \"no DHCP"));
        String[] lines = {
            "img() { echo 'network 10.0.0.9/24 gateway 10.0.0.1'; }",
            "arping() { echo \"arping $*\" >>" + root + "/calls; }",
            "ip() { case $* in 'addr add'* | 'route add'*) echo \"ip $*\" >>" + root + "/calls ;; esac; }",
            "udhcpc() { echo \"udhcpc $1\" >>" + root + "/calls; }",
            "usleep() { wait; }",
            String.join("\n", made),
            "mac=" + OWN,
            "card=eth0 unanswered=0",
            dhcp.replace("/run/", root + "/run/"),
            "wait; cat " + root + "/calls",
        };
        card("eth0", OWN, true);
        return said(lines);
    }

    /** A port of a switch with spanning tree lets nothing through for 30 s after its link; each question takes 8. */
    @Test
    void theDisksAddressIsTakenWhenAPortWithSpanningTreeWouldHaveLetDhcpThrough()
            throws IOException, InterruptedException {
        assertThat(addressed()).endsWith("""
                        (4 of 10)
                        no DHCP server answers: eth0 takes the address 10.0.0.9/24 of the disk's image-safe data, and goes on asking
                        udhcpc -n
                        udhcpc -n
                        udhcpc -n
                        udhcpc -n
                        udhcpc -n
                        arping -q -D -c 2 -w 3 -I eth0 10.0.0.9
                        ip addr add 10.0.0.9/24 dev eth0
                        ip route add default via 10.0.0.1
                        udhcpc -f""");
    }

    /** The disk came from another PC, or DHCP gave its address away. */
    @Test
    void anAddressOfTheDiskThatAnotherDeviceHasIsNotTaken() throws IOException, InterruptedException {
        assertThat(addressed("arping() { return 1; }"))
                .contains(
                        "(4 of 10)\nanother device on this network has the address 10.0.0.9 of the disk's image-safe data:"
                                + " eth0 does not take it\n")
                .contains("(10 of 10)")
                .doesNotContain("takes the address", "ip addr");
    }

    /** Nobody answered for it, and it was asked for the address that was to help. */
    @Test
    void aDiskThatHangsDoesNotHoldUpTheNetwork() throws IOException, InterruptedException {
        assertThat(addressed(
                        "mkfifo " + root + "/hangs",
                        "img() { read -r answer <" + root + "/hangs; }",
                        "usleep() { :; }"))
                .contains("(10 of 10)")
                .doesNotContain("takes the address");
        said("echo >" + root + "/hangs"); // its end
    }

    @Test
    void theEngineIsToldOfTheCardThatGotTheAddress() throws IOException, InterruptedException {
        card("eth0", DOCKS, true);
        card("eth1", OWN, true);
        said("fixed=10.0.0.5", "argument() { :; }", "arping() { :; }", "ip() { :; }", "fixed_address eth1");
        assertThat(root.resolve("run/firstlight.card")).hasContent(OWN + " eth1");

        bound("dns=10.0.0.1"); // of eth0
        assertThat(root.resolve("run/firstlight.card")).hasContent(DOCKS + " eth0");
        said(
                "ip() { :; }",
                "interface=eth1 ip=10.0.0.8",
                "set -- renew",
                Bundled.text("udhcpc.script").replace("/sys/", root + "/sys/").replace("/run/", root + "/run/"));
        assertThat(root.resolve("run/firstlight.card"))
                .as("another card's renewal")
                .hasContent(DOCKS + " eth0");
    }

    /** For want of a network there is a prompt, and the person puts the cable in. */
    @Test
    void whereAPromptCameForWantOfANetworkItIsTriedFurther() throws IOException, InterruptedException {
        card("eth0", OWN, true);
        String start = Bundled.text("init.sh");
        String fail = start.substring(start.indexOf("fail() {"), start.indexOf("maintenance=$(argument"));
        String[] lines = {
            fail.replace("/run/", root + "/run/"),
            "killall() { :; }",
            "restart() { echo \"restarts: $2\"; exit; }",
            "shell() { wait; echo shell; exit; }",
            "fixed_address() { echo fixed $*; }",
            "watched() { echo watched $*; }",
            "every_card() { echo every card; exit; }",
            "maintenance= medium=http://10.0.0.1:8080 fixed=",
            "fail 'no cable'",
        };
        assertThat(said(lines)).startsWith("no cable\n").endsWith("\nevery card\nshell");
        lines[7] = "maintenance= medium=http://10.0.0.1:8080 fixed=10.0.0.5";
        assertThat(said(lines)).endsWith("\nfixed eth0\nwatched eth0\nshell");
        write("run/firstlight.address", "10.0.0.5\n");
        assertThat(said(lines)).isEqualTo("no cable\nshell");
        lines[7] = "maintenance= medium= fixed=";
        assertThat(said(lines)).isEqualTo("restarts: no cable");
    }

    /** What {@code watched} says and asks of eth0; {@code ticks} is run at each of its looks, of which {@code $tick} counts. */
    private String watched(String mode, String ticks) throws IOException, InterruptedException {
        card("eth0", OWN, true);
        card("eth1", DOCKS, true);
        write("sys/class/net/eth0/ifindex", "2\n");
        return said(
                "fixed=",
                mode,
                "dhcp() { echo \"dhcp $*\"; [ -n \"$silent\" ] || echo 10.0.0.7 >" + root
                        + "/run/firstlight.address; }",
                "fixed_address() { echo \"fixed $*\"; echo $fixed >" + root + "/run/firstlight.address; }",
                "kept_address() { echo \"kept $*\"; echo 10.0.0.9 >" + root + "/run/firstlight.address; }",
                "tick=0 net=" + root + "/sys/class/net",
                "sleep() { tick=$((tick + 1)); case $tick in " + ticks + " 9) exit ;; esac; }",
                "watched eth0");
    }

    private static final String RESET =
            "2) rm -r $net/eth0 ;; 4) mkdir $net/eth2 $net/eth2/device; echo 5 >$net/eth2/ifindex;" + " echo " + OWN
                    + " >$net/eth2/address; echo 0 >$net/eth2/carrier ;; 6) echo 1 >$net/eth2/carrier ;;";

    /** A new interface for the kernel; the engine asked for an hour in vain. */
    @Test
    void aCardThatWasResetGetsAnAddressAgain() throws IOException, InterruptedException {
        String back = "the network card " + OWN + " was reset and is eth2 now: it gets an address again\n";
        assertThat(watched("", RESET)).isEqualTo(back + "dhcp eth2 -n\neth2 has 10.0.0.7");
        deleteCard("eth2");
        assertThat(watched("fixed=10.0.0.5", RESET)).isEqualTo(back + "fixed eth2\neth2 has 10.0.0.5");
        deleteCard("eth2");
        write("run/firstlight.kept", "10.0.0.9/24\n");
        assertThat(watched("", RESET)).isEqualTo(back + "kept eth2\neth2 has 10.0.0.9");
    }

    @Test
    void aCardThatIsAsItWasIsLeftAlone() throws IOException, InterruptedException {
        assertThat(watched("", "3) echo 0 >$net/eth0/carrier ;;")).isEmpty();
    }

    @Test
    void aCardThatWasResetIsAskedForUntilItHasAnAddress() throws IOException, InterruptedException {
        assertThat(watched("silent=1", RESET + " 8) silent= ;;"))
                .endsWith("dhcp eth2 -n\neth2 has 10.0.0.7")
                .containsPattern("(?s)dhcp eth2 -n\n.*dhcp eth2 -n\n.*dhcp eth2 -n\n");
    }

    /** The prompt of a medium: a USB card takes its seconds, and one may be put in later. */
    @Test
    void atThePromptOfAMediumCardsThatComeLaterAskDhcpToo() throws IOException, InterruptedException {
        card("eth0", OWN, false);
        write("sys/class/net/eth0/ifindex", "2\n");
        Files.createDirectories(root.resolve("sys/class/net/lo"));
        assertThat(said(
                        "dhcp() { echo \"dhcp $*\"; }",
                        "tick=0 net=" + root + "/sys/class/net",
                        "sleep() { wait; tick=$((tick + 1)); case $tick in 2) mkdir -p $net/eth1/device; echo 3 >$net/eth1/ifindex ;;"
                                + " 4) echo 4 >$net/eth0/ifindex ;; 6) exit ;; esac; }",
                        "every_card"))
                .isEqualTo("dhcp eth0 -b\ndhcp eth1 -b\ndhcp eth0 -b");
    }

    /** What udhcpc's script makes of an answer, given as variables. */
    private List<String> bound(String answer) throws IOException, InterruptedException {
        write("sys/class/net/eth0/mtu", "1500\n");
        Files.deleteIfExists(root.resolve("calls"));
        String script =
                Bundled.text("udhcpc.script").replace("/sys/", root + "/sys/").replace("/run/", root + "/run/");
        said(
                "ip() { case $* in *del*) return 1 ;; esac; echo \"$*\" >>" + root + "/calls; }",
                "interface=eth0 ip=10.0.0.7 mask=24",
                answer,
                "set -- bound",
                script);
        return Files.readAllLines(root.resolve("calls"));
    }

    @Test
    void classlessRoutesTakeThePlaceOfRouters() throws IOException, InterruptedException {
        assertThat(bound("router=10.0.0.1"))
                .contains("-4 route add default via 10.0.0.1 dev eth0 onlink")
                .noneMatch(line -> line.contains("route replace"));
        assertThat(bound("router=10.0.0.1 staticroutes='10.5.0.0/16 10.0.0.2 10.6.0.0/16 0.0.0.0 0.0.0.0/0 10.0.0.3'"))
                .endsWith(
                        "-4 route replace 10.5.0.0/16 via 10.0.0.2 dev eth0 onlink",
                        "-4 route replace 10.6.0.0/16 dev eth0",
                        "-4 route replace 0.0.0.0/0 via 10.0.0.3 dev eth0 onlink")
                .noneMatch(line -> line.contains("10.0.0.1"));
    }

    /** RFC 3442 has clients leave option 3 alone then; many servers give the router there and nowhere else. */
    @Test
    void aRouterBesideOtherNetworksIsTaken() throws IOException, InterruptedException {
        assertThat(bound("router=10.0.0.1 staticroutes='10.5.0.0/16 10.0.0.2'"))
                .endsWith(
                        "-4 route replace 10.5.0.0/16 via 10.0.0.2 dev eth0 onlink",
                        "-4 route add default via 10.0.0.1 dev eth0 onlink");
    }

    @Test
    void theGatewayOfTheDisksAddressStaysWhenDhcpAnswersAfterAll() throws IOException, InterruptedException {
        write("run/firstlight.kept", "10.0.0.9/24 gateway 10.0.0.254\n");
        String route = "ip() { case $* in '-4 route') echo 'default via 10.0.0.254' ;; *) echo \"$*\" >>" + root
                + "/calls ;; esac; }";
        assertThat(bound("router=10.0.0.1\n" + route)).noneMatch(line -> line.contains("route"));
        assertThat(bound("router=10.0.0.1")).contains("-4 route add default via 10.0.0.1 dev eth0 onlink");
    }

    @Test
    void anMtuThatIsSmallerIsTaken() throws IOException, InterruptedException {
        assertThat(bound("mtu=1400")).contains("link set eth0 mtu 1400");
        for (String other : List.of("", "mtu=1500", "mtu=9000", "mtu=576", "mtu=0")) {
            assertThat(bound(other)).as(other).noneMatch(line -> line.contains("mtu"));
        }
    }

    @Test
    void theDisksAddressStaysBesideOneThatDhcpGives() throws IOException, InterruptedException {
        write("run/firstlight.kept", "10.0.0.9/24\n");
        write("calls", "");
        String script = Bundled.text("udhcpc.script").replace("/run/", root + "/run/");
        String ip = "ip() { echo \"$*\" >>" + root + "/calls; }";
        said(ip, "interface=eth0", "set -- deconfig", script);
        assertThat(root.resolve("calls")).isEmptyFile();
        Files.delete(root.resolve("run/firstlight.kept"));
        said(ip, "interface=eth0", "set -- deconfig", script);
        assertThat(root.resolve("calls")).content().contains("-4 addr flush dev eth0");
    }

    private void deleteCard(String name) throws IOException {
        try (Stream<Path> files = Files.walk(root.resolve("sys/class/net/" + name))) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
    }

    /** The cards that are asked for an address once others were tried, and the one that was taken; {@code answering} have a server. */
    private String askedAfterPassing(String answering) throws IOException, InterruptedException {
        String start = Bundled.text("init.sh");
        String dhcp = start.substring(
                start.indexOf("for try in 1 2 3 4"), start.indexOf("[ -s /run/firstlight.address ] || fail \"no DHCP"));
        Files.deleteIfExists(root.resolve("run/firstlight.address"));
        return said(
                "mac=" + OWN,
                "passed_through eth1 >" + root + "/passed",
                "echo >" + root + "/asked",
                "udhcpc() { while [ $1 != -i ]; do shift; done; echo $2 >>" + root + "/asked; case $2 in " + answering
                        + ") echo 10.0.0.7 >" + root + "/run/firstlight.address ;; esac; }",
                dhcp.replace("/run/", root + "/run/"),
                "echo $(cat " + root + "/asked), took $card");
    }

    /** A BMC's, on USB, gives addresses for itself; a server's own card may have its link after 35 s. */
    @Test
    void theCardThatBootedIsAskedBeforeThoseThatWereTakenForIt() throws IOException, InterruptedException {
        card("eth0", DOCKS, true);
        card("eth1", OWN, false);
        assertThat(askedAfterPassing("eth*")).isEqualTo("eth1, took eth1");
        assertThat(askedAfterPassing("eth0")).isEqualTo("eth1 eth0, took eth0");
        assertThat(said(
                        "mac=" + OWN,
                        "passed_through eth1",
                        "echo 1 >" + root + "/sys/class/net/eth1/carrier",
                        "echo $(in_turn), $(late)"))
                .as("once it has its link")
                .endsWith("eth1 eth0,");
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
        String functions = start.substring(start.indexOf("cards() {"), start.indexOf("ip link set lo up\n"))
                .replace("/sys/", root + "/sys/")
                .replace("/run/", root + "/run/");
        Path script = Files.writeString(
                root.resolve("script"),
                "say() { echo \"$*\"; }\n" + functions + String.join("\n", List.of(lines)) + "\n");
        ProcessBuilder builder = new ProcessBuilder("timeout", "100", "sh", script.toString())
                .redirectErrorStream(true)
                .redirectInput(Path.of("/dev/null").toFile());
        builder.environment()
                .merge("PATH", root.resolve("bin").toString(), (usual, own) -> own + File.pathSeparator + usual);
        Process process = builder.start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        process.waitFor();
        return said.strip();
    }
}
