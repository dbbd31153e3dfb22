package firstlight.policy;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import firstlight.model.MenuSetting;
import firstlight.policy.level.GroupTree;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Session;
import firstlight.policy.work.SessionState;
import firstlight.policy.work.SessionStep;
import firstlight.policy.work.Task;
import firstlight.policy.work.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What PCs get that take part in a session. */
class SessionDecisionsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Facts ONE = IdentityTest.facts("mac=52:54:00:00:00:01; serial=S1; model=OptiPlex");
    private static final Facts TWO = IdentityTest.facts("mac=52:54:00:00:00:02; serial=S2; model=OptiPlex");
    private static final Task JOIN = new Task.Join(1);

    private final InMemory memory = new InMemory();
    private final Decisions decisions = new Decisions(
            memory.repositories(),
            () -> memory.book,
            new Settings(
                    NewDevices.REGISTER,
                    "Press F8",
                    PolicyValues.NONE.with(draft -> draft.menu = Optional.of(new MenuSetting.Never())),
                    new Limits(1, 0, Duration.ofMinutes(10))));

    private void session(int clients) {
        Session fresh = Session.fresh("room12", "room12", 4, List.of(), clients, 15, "anna", NOW);
        memory.sessions.add(new Session(
                1,
                fresh.name(),
                fresh.image(),
                fresh.version(),
                fresh.disks(),
                clients,
                15,
                SessionState.WAITING,
                "anna",
                NOW,
                fresh.gathering(),
                fresh.started(),
                fresh.ended(),
                ""));
    }

    private void everyOptiPlexJoins() throws InvalidCondition {
        Rule rule = Rule.of(1, Level.SERVER, 1, "r1", true, "model = OptiPlex", JOIN, Repeat.ONCE, "");
        memory.book = new RuleBook(GroupTree.of(List.of()), PolicyValues.NONE, List.of(rule), Set.of());
    }

    @Test
    void aMemberWaitsForTheOthersAndThenAllBeginWhateverTheLimitOfRestores() {
        session(2);
        Device one = memory.add("pc1", ONE);
        Device two = memory.add("pc2", TWO);
        memory.assign(one, JOIN);
        memory.assign(two, JOIN);
        assertThat(decisions.firstAnswer(ONE, NOW)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        assertThat(decisions.order(1, ONE, 1, NOW)).isInstanceOfSatisfying(Decisions.Order.Wait.class, wait -> {
            assertThat(wait.pause()).isLessThan(Duration.ofSeconds(10));
            assertThat(wait.reasons().getLast()).contains("begins when 2 clients wait (1 do)");
        });
        assertThat(memory.works.getFirst().attempts())
                .as("waiting is no attempt")
                .isZero();
        assertThat(decisions.order(2, TWO, 2, NOW.plusSeconds(40))).isInstanceOf(Decisions.Order.Begin.class);
        assertThat(decisions.order(1, ONE, 1, NOW.plusSeconds(41))).isInstanceOf(Decisions.Order.Begin.class);

        decisions.done(memory.works.getFirst(), "restored", NOW.plusSeconds(60));
        assertThat(memory.find(1).orElseThrow().lastImage().orElseThrow().version())
                .isEqualTo(4);
    }

    @Test
    void whoSwitchedOffMeanwhileDoesNotCount() {
        session(2);
        memory.assign(memory.add("pc1", ONE), JOIN);
        memory.assign(memory.add("pc2", TWO), JOIN);
        decisions.order(1, ONE, 1, NOW);
        assertThat(decisions.order(2, TWO, 2, NOW.plusSeconds(90))).isInstanceOf(Decisions.Order.Wait.class);
    }

    @Test
    void aRuleGivesWorkWhileItsSessionIsOpenAndNothingAfterwards() throws InvalidCondition {
        session(1);
        everyOptiPlexJoins();
        memory.add("pc1", ONE);
        memory.add("pc2", TWO);
        assertThat(decisions.firstAnswer(ONE, NOW)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        assertThat(decisions.order(1, ONE, 1, NOW)).isInstanceOf(Decisions.Order.Begin.class);

        memory.step(1, new SessionStep.Input.Cancel("anna"), NOW);
        FirstAnswer late = decisions.firstAnswer(TWO, NOW);
        assertThat(late).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(late.reasons().getLast()).contains("but session 1 'room12' has ended; make a new one");
    }

    @Test
    void workOfASessionThatIsOverIsTakenBackWithoutAnAlarm() {
        session(2);
        memory.assign(memory.add("pc1", ONE), JOIN);
        memory.step(1, new SessionStep.Input.Cancel("anna"), NOW);
        assertThat(decisions.firstAnswer(ONE, NOW)).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(memory.works.getFirst().state()).isEqualTo(WorkState.CANCELLED);
        assertThat(memory.works.getFirst().outcome()).isEqualTo("session 1 'room12' has ended");
        assertThat(memory.alarms).isEmpty();
    }

    @Test
    void aDeviceThatHasTheSessionsVeryImageIsSkipped() {
        session(2);
        Device one = memory.add("pc1", ONE);
        memory.imaged(one.id(), Optional.of(new LastImage("room12", 4, List.of(), NOW)));
        memory.assign(one, JOIN);
        assertThat(decisions.firstAnswer(ONE, NOW)).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(memory.works.getFirst().state()).isEqualTo(WorkState.DONE);
    }
}
