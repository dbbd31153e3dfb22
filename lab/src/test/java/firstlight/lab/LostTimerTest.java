package firstlight.lab;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.lab.ScenarioRun.Attempt;
import firstlight.lab.ScenarioRun.Result;
import firstlight.lab.ScenarioRun.Wishes;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LostTimerTest {
    /** As Linux 6.1 says it. */
    private static final String SAID = "[   24.247584] rcu: \tPossible timer handling issue on cpu=0 timer-softirq=6";

    private final LostTimer timer = new LostTimer();
    private final List<Attempt> attempts = new ArrayList<>();
    private final ByteArrayOutputStream terminal = new ByteArrayOutputStream();

    @TempDir
    Path logs;

    @Test
    void aKernelThatSaysItAgainDoesNotGoOn() {
        timer.line(SAID);
        timer.line("[   24.247584] rcu: RCU grace-period kthread stack dump:");
        timer.line("[   30.000000] Firstlight's imaging environment");
        assertThat(timer.hopeless()).isFalse();
        timer.line(SAID.replace("24.247584", "45.267762"));
        assertThat(timer.hopeless()).isTrue();
    }

    @Test
    void aStallForAnotherReasonIsTheScenariosOwn() {
        for (int i = 0; i < 5; i++) {
            timer.line("[   24.244214] rcu: INFO: rcu_preempt detected stalls on CPUs/tasks:");
            timer.line("Possible timer handling issue on cpu=0"); // not the kernel's
        }
        assertThat(timer.hopeless()).isFalse();
    }

    @Test
    void aScenarioWhosePcTheEmulationFailedIsPlayedOnceMore() {
        Result result = play(Wishes.NONE, failed(Optional.of("pc1")), passed());
        assertThat(attempts).containsExactly(Attempt.FIRST, Attempt.AGAIN);
        assertThat(result.passed()).isTrue();
        assertThat(result.took()).isEqualTo(Duration.ofSeconds(30));
        assertThat(result.emulationFailed()).contains("pc1");
        assertThat(terminal.toString(StandardCharsets.UTF_8)).contains("once more", "pc1");
    }

    /** The host stood still twice, and its PC went on: nobody is told that the scenario was played twice. */
    @Test
    void whatPassedWasPlayedOnce() {
        Result result = play(Wishes.NONE, new Result("s", Duration.ofSeconds(10), "", Optional.of("pc1")));
        assertThat(attempts).containsExactly(Attempt.FIRST);
        assertThat(result.emulationFailed()).isEmpty();
    }

    @Test
    void whatFailsInTheSecondPlayHasFailed() {
        Result twice = play(Wishes.NONE, failed(Optional.of("pc1")), failed(Optional.of("pc1")), passed());
        assertThat(attempts).hasSize(2);
        assertThat(twice.passed()).isFalse();
    }

    @Test
    void whatFailsByItselfIsNotPlayedAgain() {
        assertThat(play(Wishes.NONE, failed(Optional.empty()), passed()).passed())
                .isFalse();
        assertThat(attempts).containsExactly(Attempt.FIRST);
    }

    @Test
    void whatSomebodyWantsToLookAtIsLeftAsItIs() {
        Wishes keep = new Wishes(DhcpSoftware.DNSMASQ, true, Optional.empty(), Optional.empty(), "");
        assertThat(play(keep, failed(Optional.of("pc1")), passed()).passed()).isFalse();
    }

    private Result play(Wishes wishes, Result... results) {
        try (Journal journal =
                new Journal(new PrintStream(terminal, true, StandardCharsets.UTF_8), "", logs.resolve("j"))) {
            return ScenarioRun.again(
                    attempt -> {
                        attempts.add(attempt);
                        return results[attempts.size() - 1];
                    },
                    journal,
                    wishes);
        }
    }

    private static Result failed(Optional<String> pc) {
        return new Result("s", Duration.ofSeconds(20), "phase 8 failed", pc);
    }

    private static Result passed() {
        return new Result("s", Duration.ofSeconds(10), "", Optional.empty());
    }
}
