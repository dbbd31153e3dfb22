package firstlight.engine;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.engine.DiskSilence.AnswersAgain;
import firstlight.engine.DiskSilence.Effect;
import firstlight.engine.DiskSilence.GivesUp;
import firstlight.engine.DiskSilence.Look;
import firstlight.engine.DiskSilence.NotAnswering;
import firstlight.engine.DiskSilence.Step;
import firstlight.engine.Requests.Request;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiskSilenceTest {
    private static final Optional<Request> READING = Optional.of(new Request("reading", 12_345_678_900L));

    private final List<Effect> effects = new ArrayList<>();
    private DiskSilence state = DiskSilence.ANSWERS;
    private long now;

    private void look(Look look, int seconds) {
        for (int i = 0; i < seconds; i++) {
            Step step = DiskSilence.step(state, look, Duration.ofMinutes(5), now);
            state = step.state();
            step.effect().ifPresent(effects::add);
            now += 1_000_000_000L;
        }
    }

    private static Look busy(long ended) {
        return new Look(true, ended, false, READING);
    }

    private static Look idle(long ended) {
        return new Look(false, ended, false, Optional.empty());
    }

    @Test
    void aDiskThatWorksOrHasNothingToDoIsNotSpokenOf() {
        for (int ended = 0; ended < 200; ended++) {
            look(busy(ended), 50);
        }
        look(idle(200), 10_000);
        assertThat(effects).isEmpty();
    }

    @Test
    void aSilenceIsToldEveryMinuteWithItsLengthAndThenItsEnd() {
        look(busy(7), 143);
        look(busy(8), 1);
        look(busy(9), 30);
        assertThat(effects)
                .containsExactly(
                        new NotAnswering(Duration.ofSeconds(60), READING),
                        new NotAnswering(Duration.ofSeconds(120), READING),
                        new AnswersAgain(Duration.ofSeconds(143), false));
    }

    @Test
    void aSilenceThatWasNotToldEndsWithoutAWord() {
        look(busy(7), 60);
        look(busy(8), 60);
        look(idle(9), 60);
        assertThat(effects).isEmpty();
    }

    @Test
    void anAnswerThatIsAnErrorIsToldAsSuch() {
        look(busy(7), 100);
        look(new Look(false, 8, true, Optional.empty()), 1);
        assertThat(effects.getLast()).isEqualTo(new AnswersAgain(Duration.ofSeconds(100), true));
    }

    @Test
    void aSilenceWithoutAnEndIsGivenUpOnceAndForAll() {
        look(busy(7), 1000);
        look(busy(8), 1000);
        assertThat(effects).hasSize(5).last().isEqualTo(new GivesUp(Duration.ofMinutes(5), READING));
    }

    @Test
    void theTimeInWhichThePcItselfStoodStillDoesNotCount() {
        look(busy(7), 10);
        now += Duration.ofHours(9).toNanos();
        look(busy(7), 10);
        assertThat(effects).isEmpty();
    }

    @Test
    void patienceIsAMinuteToADay() {
        assertThat(DiskSilence.patience("90")).contains(Duration.ofSeconds(90));
        assertThat(DiskSilence.patience("86400")).contains(Duration.ofDays(1));
        for (String wrong : List.of("", "59", "86401", "10m", "-60", "999999")) {
            assertThat(DiskSilence.patience(wrong)).as(wrong).isEmpty();
        }
    }

    @Test
    void theRequestSaysWhereItIs() {
        assertThat(new Request("reading", 12_345_678_900L)).hasToString("reading at 12.3 GB");
        assertThat(new Request("flushing", -1)).hasToString("flushing");
    }
}
