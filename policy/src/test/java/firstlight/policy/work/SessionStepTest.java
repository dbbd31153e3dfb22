package firstlight.policy.work;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SessionStepTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static Session session(int clients, int minutes) {
        return Session.fresh("room12", "room12", 0, List.of(), clients, minutes, "anna", NOW);
    }

    private static Instant after(int minutes) {
        return NOW.plus(Duration.ofMinutes(minutes));
    }

    private static Session look(Session session, int waiting, int open, Instant now) {
        return SessionStep.on(session, new SessionStep.Input.Look(new Roster(waiting, open)), now)
                .session();
    }

    private static String refusal(Session session, SessionStep.Input input) {
        SessionStep step = SessionStep.on(session, input, NOW);
        assertThat(step.session()).isEqualTo(session);
        assertThat(step.effects()).singleElement().isInstanceOf(SessionStep.Effect.Refused.class);
        return ((SessionStep.Effect.Refused) step.effects().getFirst()).why();
    }

    @Test
    void itBeginsWhenEnoughClientsWait() {
        Session two = look(session(3, 15), 2, 5, NOW);
        assertThat(two.state()).isEqualTo(SessionState.WAITING);
        Session three = look(two, 3, 5, after(1));
        assertThat(three.state()).isEqualTo(SessionState.RUNNING);
        assertThat(three.started()).contains(after(1));
        assertThat(three.outcome()).isEqualTo("3 of 3 clients waited");
    }

    @Test
    void itBeginsWhenTheFirstHasWaitedLongEnoughThoughOthersCameLater() {
        Session first = look(session(30, 15), 1, 30, NOW);
        Session later = look(first, 9, 30, after(14));
        assertThat(later.state()).isEqualTo(SessionState.WAITING);
        assertThat(later.deadline()).contains(after(15));
        assertThat(look(later, 9, 30, after(15)).state()).isEqualTo(SessionState.RUNNING);
    }

    @Test
    void theMinutesBeginAnewWhenEverybodyHasGoneAway() {
        Session left = look(look(session(0, 15), 1, 2, NOW), 0, 2, after(5));
        assertThat(left.gathering()).isEqualTo(Optional.empty());
        Session again = look(left, 1, 2, after(14));
        assertThat(look(again, 1, 2, after(20)).state()).isEqualTo(SessionState.WAITING);
        assertThat(look(again, 1, 2, after(29)).state()).isEqualTo(SessionState.RUNNING);
    }

    @Test
    void nobodyWaitingMeansNoBeginningHoweverLong() {
        assertThat(look(session(0, 15), 0, 3, after(600)).state()).isEqualTo(SessionState.WAITING);
    }

    @Test
    void withoutNumberAndMinutesAPersonStartsIt() {
        Session waits = look(session(0, 0), 9, 9, after(600));
        assertThat(waits.state()).isEqualTo(SessionState.WAITING);
        assertThat(waits.waitsFor(new Roster(9, 9))).endsWith("begins when somebody starts it (9 wait)");
        SessionStep step = SessionStep.on(waits, new SessionStep.Input.Start("anna", new Roster(9, 9)), NOW);
        assertThat(step.session().state()).isEqualTo(SessionState.RUNNING);
        assertThat(step.session().outcome()).isEqualTo("started by anna; 9 clients waited");
        assertThat(step.effects()).containsExactly(new SessionStep.Effect.Began());
    }

    @Test
    void itIsDoneWhenItsLastMemberHasEndedAndNotBefore() {
        Session running = look(session(1, 0), 1, 2, NOW);
        assertThat(look(running, 0, 1, after(1))).isEqualTo(running);
        Session done = look(running, 0, 0, after(2));
        assertThat(done.state()).isEqualTo(SessionState.DONE);
        assertThat(done.ended()).contains(after(2));
        assertThat(look(done, 1, 1, after(3))).isEqualTo(done);
    }

    @Test
    void whatIsWaitedForIsToldToThoseWhoWait() {
        Session waits = look(session(5, 15), 2, 5, NOW);
        assertThat(waits.waitsFor(new Roster(2, 5)))
                .isEqualTo("begins when 5 clients wait (2 do), or at 2026-11-22T10:15:00Z at the latest");
    }

    @Test
    void cancellingTakesTheMembersWorkBack() {
        for (Session open : List.of(session(5, 15), look(session(1, 0), 1, 1, NOW))) {
            SessionStep step = SessionStep.on(open, new SessionStep.Input.Cancel("anna"), NOW);
            assertThat(step.session().state()).isEqualTo(SessionState.CANCELLED);
            assertThat(step.session().outcome()).isEqualTo("cancelled by anna");
            assertThat(step.effects()).containsExactly(new SessionStep.Effect.TakeBack());
        }
    }

    @Test
    void whatMakesNoSenseIsRefusedAndChangesNothing() {
        Roster nobody = new Roster(0, 0);
        Session running = look(session(1, 0), 1, 1, NOW);
        Session done = look(running, 0, 0, NOW);
        assertThat(refusal(session(5, 15), new SessionStep.Input.Start("anna", nobody)))
                .endsWith("has no members");
        assertThat(refusal(running, new SessionStep.Input.Start("anna", nobody)))
                .endsWith("has begun already");
        assertThat(refusal(done, new SessionStep.Input.Start("anna", nobody))).endsWith("has ended already");
        assertThat(refusal(done, new SessionStep.Input.Cancel("anna"))).endsWith("has ended already");
    }
}
