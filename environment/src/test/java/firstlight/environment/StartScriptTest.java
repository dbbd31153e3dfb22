package firstlight.environment;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Parts of the environment's start other than its network, on made files: each is init.sh's own text. */
class StartScriptTest {
    @TempDir
    Path root;

    @BeforeEach
    void files() throws IOException {
        for (String folder : new String[] {"sys/devices", "sys/kernel", "run", "proc", "bin", "firstlight/updates.d"}) {
            Files.createDirectories(root.resolve(folder));
        }
    }

    /** A USB disk, card or keyboard, which a person plugs in at the prompt. */
    @Test
    void whatIsPluggedInLaterGetsItsDriverToo() throws IOException, InterruptedException {
        Path modprobe =
                Files.writeString(root.resolve("bin/modprobe"), "#!/bin/sh\necho \"$@\" >>" + root + "/calls\n");
        assertThat(modprobe.toFile().setExecutable(true)).isTrue();
        String late = root + "/sys/devices/late";
        String said = said(
                "number() { echo \"$1\" >" + root + "/sys/kernel/uevent_seqnum; }",
                "number 1; mkdir " + root + "/sys/devices/disk; echo pci:disk >" + root + "/sys/devices/disk/modalias",
                "tick=0",
                "sleep() { tick=$((tick + 1)); case $tick in 60) mkdir " + late + "; echo usb:late >" + late
                        + "/modalias; number 2 ;; 70) exit ;; esac; }",
                part("echo '#' >/run/modaliases", "if [ -d /sys/firmware/efi ]"),
                "wait");
        assertThat(said).isEmpty();
        assertThat(Files.readAllLines(root.resolve("calls"))).containsExactly("-a -q pci:disk", "-a -q usb:late");
    }

    /** No PC of the site would start any more, and nobody would know. */
    @Test
    void aScriptOfTheUpdatesThatWaitsIsEnded() throws IOException, InterruptedException {
        Path script = root.resolve("firstlight/updates.d/x.sh");
        String loop = part("for script in /firstlight/updates.d", "echo '#' >/run/modaliases");
        String limited = "timeout() { echo \"$2 after $3 s\"; shift 3; \"$@\"; }";
        Files.writeString(script, "read -r line && echo \"heard $line\"; exit 3\n");
        assertThat(said(limited, loop))
                .isEqualTo("running x.sh of the updates\nKILL after 300 s\nx.sh ended with status 3");
        Files.writeString(script, "kill -KILL $$\n"); // as timeout does
        assertThat(said(limited, loop)).endsWith("x.sh did not end within 300 s, and was ended");
        Files.writeString(script, "true\n");
        assertThat(said(loop)).isEqualTo("running x.sh of the updates");
    }

    @Test
    void maintenanceThatWasGivenEndsInAShellToo() throws IOException, InterruptedException {
        String lines = part("maintenance=$(argument", "alone=$(argument") + "echo \"maintenance: $maintenance\"";
        String argument = "argument() { [ \"$1\" != firstlight.%s ] || echo 1; }";
        for (String word : List.of("maintenance", "shell")) {
            assertThat(said(argument.formatted(word), lines)).isEqualTo("maintenance: 1");
        }
        assertThat(said(argument.formatted("token"), lines)).isEqualTo("maintenance:");
    }

    /** It would be refused once more, in the middle of what a person types. */
    @Test
    void anAddressOfTheMediumThatIsRefusedIsNotTriedFurther() throws IOException, InterruptedException {
        String[] lines = {
            "killall() { :; }",
            "addresses() { echo tries; }",
            "shell() { wait; echo shell; exit; }",
            "fixed_address() { say eth0 does not take it; }",
            "medium=http://10.0.0.1:8080 maintenance= refused= card=eth0 fixed=10.0.0.300",
            part("fail() {", "maintenance=$(argument"),
            part("rm -f /run/firstlight.address\nif", "unanswered=0"),
            "fail 'no DHCP server answered'",
        };
        assertThat(said(lines)).isEqualTo("eth0 does not take it\neth0 has no address\nshell");
        lines[4] = "medium=http://10.0.0.1:8080 maintenance= refused= card=eth0 fixed=";
        assertThat(said(lines))
                .startsWith("no DHCP server answered\nthe network is tried further")
                .endsWith("tries\nshell");
    }

    /** Somebody chose maintenance to look at that disk. */
    @Test
    void aDiskThatHangsTakesNobodysShell() throws IOException, InterruptedException {
        String end = part("case $status in\n  0) restart", "");
        assertThat(end.replace(root + "/proc/sysrq-trigger", "made"))
                .contains("made")
                .doesNotContain("/proc/");
        String[] lines = {
            "restart() { echo \"restarts: $2\"; exit; }",
            "fail() { echo \"fails: $1\"; exit; }",
            "sleep() { :; }",
            "status=40 maintenance= medium=",
            end,
        };
        assertThat(said(lines)).startsWith("the work failed, see above; this PC restarts in 60 seconds");
        assertThat(root.resolve("proc/sysrq-trigger")).hasContent("b");
        Files.delete(root.resolve("proc/sysrq-trigger"));
        for (String person : List.of("maintenance=1 medium=", "maintenance= medium=http://10.0.0.1:8080")) {
            lines[3] = "status=40 " + person;
            assertThat(said(lines)).isEqualTo("fails: the work failed, see above");
            assertThat(root.resolve("proc/sysrq-trigger")).doesNotExist();
        }
    }

    /** What stands in init.sh from {@code first} until {@code end}, or to its end where that is empty; its files are below the test's. */
    private String part(String first, String end) throws IOException {
        String start = Bundled.text("init.sh");
        int from = start.indexOf(first);
        assertThat(from).as(first).isPositive();
        String text = end.isEmpty() ? start.substring(from) : start.substring(from, start.indexOf(end, from));
        return text.replaceAll("(?<![A-Za-z0-9}])/(sys|run|proc|firstlight)/", root + "/$1/");
    }

    private String said(String... lines) throws IOException, InterruptedException {
        Path script =
                Files.writeString(root.resolve("script"), "say() { echo \"$*\"; }\n" + String.join("\n", lines) + "\n");
        Path typed = Files.writeString(root.resolve("typed"), "a line\n");
        ProcessBuilder builder = new ProcessBuilder("sh", script.toString())
                .redirectErrorStream(true)
                .redirectInput(typed.toFile());
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
