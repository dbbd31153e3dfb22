package firstlight.policy;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

class NewcomersTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @Test
    void aSiteComesAtOnceAndThenASiteADay() {
        Newcomers newcomers = new Newcomers(24);
        for (int i = 0; i < 24; i++) {
            assertThat(newcomers.admit(NOW)).isTrue();
        }
        assertThat(newcomers.admit(NOW)).isFalse();
        Instant later = NOW.plus(Duration.ofMinutes(61));
        assertThat(newcomers.admit(later)).isTrue();
        assertThat(newcomers.admit(later)).isFalse();
        Instant muchLater = NOW.plus(Duration.ofDays(9));
        for (int i = 0; i < 24; i++) {
            assertThat(newcomers.admit(muchLater)).isTrue();
        }
        assertThat(newcomers.admit(muchLater)).isFalse();
    }

    @Test
    void aClockThatIsSetBackNeitherOpensNorShutsTheDoor() {
        Newcomers newcomers = new Newcomers(24);
        for (int i = 0; i < 24; i++) {
            newcomers.admit(NOW);
        }
        Instant back = NOW.minus(Duration.ofDays(365));
        assertThat(newcomers.admit(back)).isFalse();
        assertThat(newcomers.admit(back.plus(Duration.ofMinutes(61)))).isTrue();
    }

    @Test
    void whatIsBeyondIsNobodyUntilItAsksAgainAndThoseThatAreKnownAreServed() {
        InMemory memory = new InMemory();
        Settings settings = new Settings(NewDevices.REGISTER, "Press F8", PolicyValues.NONE, Limits.NONE);
        Registry registry = new Registry(memory.repositories(), settings, new Newcomers(2));
        List<Facts> pcs = List.of(pc(1), pc(2), pc(3));

        List<Recognition> first = registry.recogniseOrRegister(pcs, RuleBook.EMPTY, NOW).stream()
                .map(Asker::recognition)
                .toList();
        assertThat(first.getLast()).isInstanceOf(Recognition.Unknown.class);
        assertThat(first.getLast().reasons().getLast()).contains("new PCs");
        assertThat(memory.devices).hasSize(2);
        assertThat(registry.recogniseOrRegister(pc(3), RuleBook.EMPTY, NOW).recognition())
                .isInstanceOf(Recognition.Unknown.class);
        assertThat(registry.recogniseOrRegister(pc(1), RuleBook.EMPTY, NOW).recognition())
                .isInstanceOf(Recognition.Known.class);

        assertThat(registry.recogniseAtOnce(pc(3), RuleBook.EMPTY, NOW).map(Asker::recognition))
                .as("no other answer is foreseen")
                .containsInstanceOf(Recognition.Unknown.class);

        Instant tomorrow = NOW.plus(Duration.ofDays(1));
        assertThat(registry.recogniseOrRegister(pc(3), RuleBook.EMPTY, tomorrow).recognition())
                .isInstanceOf(Recognition.Known.class);
        assertThat(new Decisions(memory.repositories(), () -> RuleBook.EMPTY, settings).firstAnswer(pc(4), NOW))
                .as("a new server begins anew")
                .isNotInstanceOf(FirstAnswer.NoAnswer.class);
    }

    private static Facts pc(int number) {
        return Facts.NONE.with(FactName.MAC, "52:54:00:00:00:0" + number);
    }
}
