package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import firstlight.lab.ScenarioRun.Wishes;
import firstlight.lab.Step.Act;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A LAN of real namespaces with its capture, and no PC on it. */
class StageTest {
    @TempDir
    Path folder;

    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();

    @BeforeEach
    void asRoot() {
        assumeTrue(Files.isReadable(Path.of("/proc/1/environ")), "needs root");
        String lan = "unshare -n true && ip -V && tcpdump --version";
        assumeTrue(Shell.attempt(List.of("sh", "-c", lan)).status() == 0, "needs namespaces, iproute2 and tcpdump");
    }

    /** Its profile denies tcpdump what is below ~/.cache, also as a file that it was started with: no scenario could be played. */
    @Test
    void tcpdumpHoldsNoFileWhereAppArmorDeniesItAny() throws IOException {
        Path logs = Files.createDirectories(folder.resolve(".cache/logs"));
        try (Journal journal = journal();
                Stage stage = stage(logs, journal)) {
            Shell.Outcome refused = Shell.attempt(Shell.inside(
                    stage.lan().serverSide(), List.of("bash", "-c", "echo hello >/dev/tcp/10.77.0.254/9")));
            assertThat(refused.status()).isNotZero();
            Optional<Seen> seen = stage.evidence()
                    .await(0, it -> it.toString().contains("10.77.0.254"), Duration.ofMinutes(1), () -> true);
            assertThat(seen).as("the evidence").isPresent();
            assertThat(logs.resolve("lan.pcap")).isNotEmptyFile();
            assertThat(filesOf(tcpdump(stage))).isNotEmpty().noneMatch(file -> file.startsWith(logs));
        }
    }

    @Test
    void whatWasNotSeenIsNoEvidenceOnceTheCaptureEnded() {
        try (Journal journal = journal();
                Stage stage = stage(folder, journal)) {
            Play play = new Play(stage);
            play.play(List.of());
            assertThat(tcpdump(stage).destroyForcibly()).isTrue();
            Wait.until(
                    "a scenario to be told of the capture's end",
                    20,
                    () -> failure(play).contains("the packet capture ended before its time"));
        }
    }

    private static String failure(Play play) {
        try {
            play.play(List.of());
            return "";
        } catch (LabFailure failure) {
            return String.valueOf(failure.getMessage());
        }
    }

    /** It ended the thread of one scenario, and with it the table of all. */
    @Test
    void aMistakeOfTheLabIsItsScenariosFailure() {
        Act odd = new Act(Phase.CHECK, "a number is read", stage -> Integer.toString(Integer.parseInt("EOF on")));
        ScenarioRun.Result result = new ScenarioRun(
                        new Home(folder, List.of()), new PrintStream(terminal, true, StandardCharsets.UTF_8))
                .run(new Scenario("odd", "a mistake", Lan.Topology.SEPARATE, List.of(odd)), Wishes.NONE);
        assertThat(result.failure()).contains("a mistake of the lab's", "EOF on");
        assertThat(terminal.toString(StandardCharsets.UTF_8)).contains("at firstlight.lab.StageTest");
    }

    /** Java's own times of processes move with the clock, and 'lab down' took the LAN of a test that was running. */
    @Test
    void aRunKnowsItsProcessesByTheKernelsCountOfTime() throws IOException, InterruptedException {
        Process left;
        try (RunState state = RunState.open()) {
            String stat = Files.readString(Path.of("/proc/self/stat"));
            String boot = Files.readString(Path.of("/proc/sys/kernel/random/boot_id"));
            assertThat(state.folder().resolve("things"))
                    .content()
                    .isEqualTo("owner " + ProcessHandle.current().pid() + " "
                            + stat.substring(stat.lastIndexOf(')')).split(" ", -1)[20] + " " + boot);
            left = state.started(new ProcessBuilder("sleep", "600").start());
        }
        assertThat(left.waitFor(1, TimeUnit.MINUTES)).isTrue();
    }

    private Journal journal() {
        return new Journal(new PrintStream(terminal, true, StandardCharsets.UTF_8), "", folder.resolve("journal"));
    }

    private Stage stage(Path logs, Journal journal) {
        return new Stage(new Home(folder, List.of()), Lan.Topology.SEPARATE, DhcpSoftware.DNSMASQ, logs, journal);
    }

    private static ProcessHandle tcpdump(Stage stage) {
        return Shell.run("ip", "netns", "pids", stage.lan().wire())
                .lines()
                .flatMap(pid -> ProcessHandle.of(Long.parseLong(pid.strip())).stream())
                .filter(process -> process.info().command().orElse("").endsWith("tcpdump"))
                .findFirst()
                .orElseThrow();
    }

    private static List<Path> filesOf(ProcessHandle process) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc/" + process.pid() + "/fd"))) {
            for (Path link : all.toList()) {
                files.add(Files.readSymbolicLink(link));
            }
        }
        return files;
    }
}
