package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.policy.work.Beginning;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Session;
import firstlight.policy.work.SessionState;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Multicast sessions, on each kind of database. */
@ParameterizedClass
@EnumSource(TestStorage.class)
class SessionTest extends OnEachStorage {
    private static final Limits ONE_RESTORE = new Limits(1, 0, Duration.ofMinutes(10));

    private Session session(String name, int clients, int minutes) {
        return done(database.sessions()
                .add(Session.fresh(name, "room12", 0, List.of("/dev/sda", "/dev/sdb"), clients, minutes, "anna", NOW)));
    }

    private List<Long> devices(int count) {
        return IntStream.range(0, count).mapToObj(i -> device("S" + i).id()).toList();
    }

    private List<Work> join(Session session, List<Long> devices) {
        return done(database.sessions().join(session.id(), devices, Terms.by("anna"), NOW));
    }

    private Beginning come(Work work, Instant now) {
        Work current = database.works().current(work.device(), now).orElseThrow();
        return database.works().begin(current, 100 + work.id(), ONE_RESTORE, now);
    }

    private SessionState state(Session session) {
        return database.sessions().find(session.id()).orElseThrow().state();
    }

    private static String refusal(Kept<?> kept) {
        assertThat(kept).isInstanceOf(Kept.Refused.class);
        return ((Kept.Refused<?>) kept).why();
    }

    @Test
    void aSessionAndWhoWaitsForItOutliveTheServer() {
        Session made = session("monday", 3, 15);
        List<Work> works = join(made, devices(2));
        come(works.getFirst(), NOW.plusSeconds(5));
        Session before = database.sessions().find("MONDAY").orElseThrow();
        assertThat(before.gathering()).contains(NOW.plusSeconds(5));

        restart();
        assertThat(database.sessions().all()).containsExactly(before);
        assertThat(database.sessions().members(made.id())).hasSize(2);
        assertThat(database.sessions().roster(made.id(), NOW.plusSeconds(20)).waiting())
                .isEqualTo(1);
        assertThat(database.sessions()
                        .roster(made.id(), NOW.minus(Duration.ofDays(30)))
                        .waiting())
                .as("the clock was ahead")
                .isZero();
    }

    @Test
    void theLastWhoComesBeginsItAndAllBegin() {
        Session made = session("monday", 3, 15);
        List<Work> works = join(made, devices(3));
        assertThat(come(works.get(0), NOW))
                .isInstanceOfSatisfying(
                        Beginning.Gathering.class,
                        gathering -> assertThat(gathering.why()).contains("begins when 3 clients wait (1 do)"));
        assertThat(come(works.get(1), NOW)).isInstanceOf(Beginning.Gathering.class);
        for (Work work : List.of(works.get(2), works.get(0), works.get(1))) {
            assertThat(come(work, NOW.plusSeconds(3)))
                    .isInstanceOfSatisfying(
                            Beginning.Begun.class,
                            begun -> assertThat(begun.work().attempts()).isEqualTo(1));
        }
        assertThat(state(made)).isEqualTo(SessionState.RUNNING);
        works.forEach(work -> database.works()
                .keep(database.works().find(work.id()).orElseThrow().done("restored", NOW.plusSeconds(60))));
        Session ended = database.sessions().find(made.id()).orElseThrow();
        assertThat(ended.state()).isEqualTo(SessionState.DONE);
        assertThat(ended.ended()).contains(NOW.plusSeconds(60));
    }

    @Test
    void timeBeginsItForThoseWhoWaitAndALateOneBeginsAtOnce() {
        Session made = session("monday", 0, 15);
        List<Work> works = join(made, devices(2));
        come(works.getFirst(), NOW);
        come(works.getFirst(), NOW.plus(Duration.ofMinutes(15)).minusSeconds(5));
        assertThat(database.sessions().look(NOW.plus(Duration.ofMinutes(15)).minusSeconds(2)))
                .isEmpty();
        assertThat(database.sessions().look(NOW.plus(Duration.ofMinutes(15))))
                .singleElement()
                .matches(session -> session.state() == SessionState.RUNNING);
        assertThat(come(works.getLast(), NOW.plus(Duration.ofHours(2)))).isInstanceOf(Beginning.Begun.class);
    }

    @Test
    void allMembersGetTheVersionThatTheFirstOneFixed() {
        Session made = session("monday", 1, 0);
        assertThat(database.sessions().pinned(made.id(), 7).orElseThrow().version())
                .isEqualTo(7);
        assertThat(database.sessions().pinned(made.id(), 8).orElseThrow().version())
                .isEqualTo(7);
        assertThat(database.sessions().find(made.id()).orElseThrow().restore().disks())
                .containsExactly("/dev/sda", "/dev/sdb");
    }

    @Test
    void cancellingTakesBackTheWorkOfAllMembersThatHaveNotEnded() {
        Session made = session("monday", 2, 0);
        List<Work> works = join(made, devices(3));
        database.works().keep(works.getFirst().done("restored", NOW));
        Session cancelled = done(database.sessions().cancel(made.id(), "anna", NOW.plusSeconds(1)));
        assertThat(cancelled.state()).isEqualTo(SessionState.CANCELLED);
        assertThat(database.sessions().members(made.id()))
                .extracting(Work::state)
                .containsExactly(WorkState.DONE, WorkState.CANCELLED, WorkState.CANCELLED);
        assertThat(database.works().open()).isEmpty();
        assertThat(refusal(database.sessions().cancel(made.id(), "anna", NOW))).endsWith("has ended already");
    }

    @Test
    void aMemberOfAnEndedSessionIsTakenBackWhenItComes() {
        Session made = session("monday", 2, 0);
        long device = devices(1).getFirst();
        done(database.sessions().cancel(made.id(), "anna", NOW));
        Work late = database.works().create(device, new Task.Join(made.id()), Terms.by("rule 'r'"), NOW);
        assertThat(come(late, NOW)).isInstanceOf(Beginning.TakenElsewhere.class);
        assertThat(database.works().find(late.id()).orElseThrow().state()).isEqualTo(WorkState.CANCELLED);
    }

    @Test
    void nobodyIsAMemberTwiceAndThenNobodyOfTheRequestIs() {
        Session made = session("monday", 2, 0);
        List<Long> devices = devices(2);
        join(made, devices.subList(0, 1));
        assertThat(refusal(database.sessions().join(made.id(), devices, Terms.by("anna"), NOW)))
                .isEqualTo("1 of these devices is in session " + made.id() + " 'monday' already");
        assertThat(database.sessions().members(made.id())).hasSize(1);
    }

    @Test
    void anEndedOrUnknownSessionCannotBeJoinedAndAnOpenNameIsTaken() {
        Session made = session("monday", 2, 0);
        assertThat(refusal(database.sessions().add(Session.fresh("Monday", "x", 0, List.of(), 0, 15, "anna", NOW))))
                .contains("has that name");
        done(database.sessions().cancel(made.id(), "anna", NOW));
        assertThat(refusal(database.sessions().join(made.id(), devices(1), Terms.by("anna"), NOW)))
                .endsWith("has ended");
        assertThat(database.sessions().join(99, List.of(1L), Terms.by("anna"), NOW))
                .isInstanceOf(Kept.Gone.class);
        Session again = session("monday", 2, 0);
        assertThat(database.sessions().find("monday")).contains(again);
    }

    @Test
    void aSessionIsStartedByHandOnceAndNotWithoutMembers() {
        Session made = session("monday", 9, 0);
        assertThat(refusal(database.sessions().start(made.id(), "anna", NOW))).endsWith("has no members");
        List<Work> works = join(made, devices(1));
        assertThat(done(database.sessions().start(made.id(), "anna", NOW)).outcome())
                .isEqualTo("started by anna; 0 clients waited");
        assertThat(refusal(database.sessions().start(made.id(), "bob", NOW))).endsWith("has begun already");
        assertThat(come(works.getFirst(), NOW)).isInstanceOf(Beginning.Begun.class);
    }
}
