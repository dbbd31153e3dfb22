package firstlight.server.work;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.database.Journal;
import firstlight.database.Kept;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.level.Level;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Schedule;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StarterTest {
    private static final Instant MONDAY = Instant.parse("2026-11-23T03:00:00Z");
    private static final Duration FOR_EVER = Duration.ZERO;

    @TempDir
    private Path directory;

    private Database database;
    private Device device;

    @BeforeEach
    void open() {
        database = Database.open(directory, MONDAY.minusSeconds(60));
        Facts facts = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:01");
        device = database.devices().register(NewDevice.of(facts, Registration.REGISTERED), MONDAY.minusSeconds(60));
    }

    @AfterEach
    void close() {
        database.close();
    }

    @Test
    void onceADayTheTokensWhoseTimeIsOverAreTakenAway() throws SQLException {
        Instant opened = MONDAY.minusSeconds(60);
        database.journal().open(device.id(), device.facts(), opened);
        Starter starter = Starter.idle(database, FOR_EVER, opened);
        look(starter, opened.plus(Duration.ofHours(23)));
        assertThat(tokens()).isEqualTo(1);
        look(starter, opened.plus(Duration.ofHours(25)));
        assertThat(tokens()).isZero();
    }

    @Test
    void whatEndedLongAgoIsTakenAwayButNotWhatRunsOrIsAskedFor() throws InvalidCondition {
        Instant longAgo = MONDAY.minus(Duration.ofDays(100));
        Journal journal = database.journal();
        long old = boot("52:54:00:00:00:02", longAgo);
        Work running = database.works().assign(device, new Task.Inventory(), false, longAgo);
        long atWork = boot("52:54:00:00:00:01", longAgo.plusSeconds(60));
        database.works().begin(running, atWork, Limits.NONE, longAgo);
        long young = boot("52:54:00:00:00:03", MONDAY.minus(Duration.ofDays(89)));

        Work done = database.works().assign(device, new Task.Inventory(), false, longAgo);
        database.works().keep(done.done("done", longAgo));
        if (!(database.policy()
                        .addRule(Rule.of(
                                0, Level.SERVER, 0, "all", true, "always", new Task.Inventory(), Repeat.ONCE, ""))
                instanceof Kept.Done<Rule>(Rule rule))) {
            throw new AssertionError("the rule is not kept");
        }
        Work ofRule = database.works()
                .create(device.id(), new Task.Inventory(), Terms.by("rule").ofRule(rule.id()), longAgo);
        database.works().keep(ofRule.done("done", longAgo));

        Starter starter = Starter.idle(database, Duration.ofDays(90), MONDAY);
        look(starter, MONDAY.plusSeconds(60));
        assertThat(journal.boots(0, 10)).as("not while the server starts").hasSize(3);
        look(starter, MONDAY.plus(Duration.ofMinutes(20)));

        assertThat(journal.boots(0, 10)).extracting(Boot::id).containsExactly(young, atWork);
        assertThat(journal.events(0, 0, 10)).extracting(Journal.Event::boot).containsExactly(atWork, young);
        assertThat(journal.events(old, 0, 10)).isEmpty();
        assertThat(journal.boots(device.id(), 10)).extracting(Boot::id).containsExactly(young, atWork);
        assertThat(journal.events(young, 0, 10)).hasSize(1);
        assertThat(database.works().list(10))
                .as("rules ask whether a device has had its work")
                .extracting(Work::id)
                .containsExactly(ofRule.id(), running.id());
    }

    private long boot(String mac, Instant at) {
        long boot = database.journal()
                .open(device.id(), Facts.NONE.with(FactName.MAC, mac), at)
                .transaction();
        database.journal().append(database.journal().boot(boot).orElseThrow(), at, 3, "question", mac);
        return boot;
    }

    private long tokens() throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("firstlight.sqlite"));
                ResultSet row = connection.createStatement().executeQuery("select count(*) from token")) {
            return row.getLong(1);
        }
    }

    private Schedule daily() {
        return database.schedules()
                .add(new Schedule(
                        0,
                        "daily",
                        true,
                        "0 3 * * *",
                        ZoneId.of("UTC"),
                        Set.of(device.id()),
                        Set.of(),
                        new Task.Inventory(),
                        Terms.by("schedule 'daily'"),
                        Optional.of(MONDAY)));
    }

    @Test
    void aScheduleFiresAtItsTimeAndOnce() {
        daily();
        Starter one = Starter.idle(database, FOR_EVER, MONDAY);
        Starter other = Starter.idle(database, FOR_EVER, MONDAY);
        look(one, MONDAY.minusSeconds(1));
        assertThat(database.works().list(10)).isEmpty();
        look(one, MONDAY);
        look(other, MONDAY.plusSeconds(1));
        List<Work> works = database.works().list(10);
        assertThat(works).hasSize(1);
        assertThat(works.getFirst().terms().createdBy()).isEqualTo("schedule 'daily'");
        assertThat(database.schedules().all().getFirst().next()).contains(MONDAY.plus(Duration.ofDays(1)));
    }

    @Test
    void aDeviceThatIsStillAtItGetsNoSecondOne() {
        daily();
        Starter starter = Starter.idle(database, FOR_EVER, MONDAY);
        look(starter, MONDAY);
        look(starter, MONDAY.plus(Duration.ofDays(1)));
        assertThat(database.works().list(10)).hasSize(1);
        database.works().keep(database.works().list(1).getFirst().done("done", MONDAY));
        look(starter, MONDAY.plus(Duration.ofDays(2)));
        assertThat(database.works().list(10)).hasSize(2);
    }

    @Test
    void nightsThatTheServerSleptThroughAreMadeGoodByOne() {
        daily();
        look(
                Starter.idle(database, FOR_EVER, MONDAY),
                MONDAY.plus(Duration.ofDays(5)).plusSeconds(7));
        assertThat(database.works().list(10)).hasSize(1);
        assertThat(database.schedules().all().getFirst().next()).contains(MONDAY.plus(Duration.ofDays(6)));
    }

    /** While the clock goes as time does. */
    private static void look(Starter starter, Instant now) {
        starter.look(now, Duration.between(MONDAY, now).toNanos());
    }

    @Test
    void aClockThatIsAheadForAMinuteGivesNothingOutAndTakesNothingAway() {
        daily();
        Instant evening = MONDAY.minus(Duration.ofHours(6));
        long boot = boot("52:54:00:00:00:02", evening.minus(Duration.ofDays(10)));
        Starter starter = Starter.idle(database, Duration.ofDays(90), evening);
        Instant yearsAhead = evening.plus(Duration.ofDays(2000));

        starter.look(yearsAhead, Duration.ofMinutes(20).toNanos());
        starter.look(
                yearsAhead.plusSeconds(5), Duration.ofMinutes(20).plusSeconds(5).toNanos());
        assertThat(database.works().list(10)).isEmpty();
        assertThat(database.alarms().open(10))
                .hasSize(1)
                .allMatch(alarm -> alarm.text().contains("clock jumped"));

        starter.look(
                evening.plus(Duration.ofMinutes(21)), Duration.ofMinutes(21).toNanos());
        starter.look(MONDAY.plusSeconds(1), Duration.ofHours(6).plusSeconds(1).toNanos());
        assertThat(database.works().list(10)).as("its time has come").hasSize(1);
        assertThat(database.journal().boot(boot)).isPresent();
    }

    @Test
    void aClockThatIsAheadForAMinuteGivesNoWorkBeforeItsTimeAndWakesNobodyForIt() {
        Device sleeper = database.devices()
                .register(
                        NewDevice.of(
                                Facts.NONE.with(FactName.UUID, "aaaaaaaa-0000-0000-0000-000000000001"),
                                Registration.REGISTERED),
                        MONDAY);
        Terms night = Terms.by("ann").withWake(true).notBefore(MONDAY);
        Work work = database.works().create(sleeper.id(), new Task.Inventory(), night, MONDAY.minusSeconds(60));
        Work atOnce = database.works().create(device.id(), new Task.Inventory(), Terms.by("ann"), MONDAY);
        Instant evening = MONDAY.minus(Duration.ofHours(6));
        Starter starter = Starter.idle(database, FOR_EVER, evening);
        Instant ahead = MONDAY.plus(Duration.ofDays(7));

        starter.look(ahead, Duration.ofMinutes(20).toNanos());
        assertThat(database.works().current(sleeper.id(), ahead)).isEmpty();
        assertThat(starter.sleepers(ahead.plus(Duration.ofMinutes(5)))).isEmpty();
        assertThat(database.works().current(device.id(), ahead)).contains(atOnce);
        database.works().begin(atOnce, boot("52:54:00:00:00:01", evening), Limits.NONE, ahead);

        starter.look(
                evening.plus(Duration.ofMinutes(21)), Duration.ofMinutes(21).toNanos());
        starter.look(MONDAY.minusSeconds(1), Duration.ofHours(6).minusSeconds(1).toNanos());
        assertThat(starter.sleepers(MONDAY.minusSeconds(1))).isEmpty();
        assertThat(starter.sleepers(MONDAY)).containsExactly(work);
        assertThat(database.works().current(sleeper.id(), MONDAY)).contains(work);
    }

    @Test
    void anHourAfterAClockWasSetAheadItIsTakenForRight() {
        daily();
        Instant right = MONDAY.plus(Duration.ofDays(400));
        Starter starter = Starter.idle(database, FOR_EVER, MONDAY.minusSeconds(60));
        starter.look(right, Duration.ofMinutes(1).toNanos());
        starter.look(right.plus(Duration.ofMinutes(59)), Duration.ofMinutes(60).toNanos());
        assertThat(database.works().list(10)).isEmpty();
        starter.look(right.plus(Duration.ofMinutes(61)), Duration.ofMinutes(62).toNanos());
        assertThat(database.works().list(10)).hasSize(1);
        Terms night = Terms.by("ann").notBefore(right);
        Work work = database.works().create(device.id(), new Task.Inventory(), night.withPriority(1), right);
        assertThat(database.works().current(device.id(), right.plus(Duration.ofMinutes(61))))
                .contains(work);
    }

    /** By a clock that was ahead: an hour after somebody set it right. */
    private void setBackAfterFiring(Schedule schedule, Instant ahead) {
        Starter starter = Starter.idle(database, FOR_EVER, ahead.minusSeconds(60));
        assertThat(database.schedules().fired(schedule, Optional.of(ahead))).isTrue();

        Instant evening = MONDAY.minus(Duration.ofHours(6));
        starter.look(evening, Duration.ofMinutes(1).toNanos());
        starter.look(
                evening.plus(Duration.ofMinutes(61)), Duration.ofMinutes(62).toNanos());
    }

    @Test
    void aScheduleThatFiredWhileTheClockWasAheadComesAgainOnceItWasSetBack() {
        Schedule daily = daily();
        Instant yearsAhead = MONDAY.plus(Duration.ofDays(2000));
        setBackAfterFiring(daily, yearsAhead);
        assertThat(database.schedules().all().getFirst().next()).contains(MONDAY);
        assertThat(database.works().list(10)).isEmpty();
    }

    @Test
    void aScheduleThatComesWeeksLateForAClockThatWasAheadIsNamed() {
        Schedule daily = daily();
        Instant ahead = MONDAY.plus(Duration.ofDays(45));
        setBackAfterFiring(daily, ahead);
        assertThat(database.schedules().all().getFirst().next()).contains(ahead);
        assertThat(database.alarms().open(10))
                .anySatisfy(alarm -> assertThat(alarm.text()).contains("'daily' at " + ahead, "schedule off, then on"));
    }

    @Test
    void aClockThatIsBehindBringsNoScheduleForward() {
        Schedule daily = daily();
        Instant next = MONDAY.plus(Duration.ofDays(1));
        assertThat(database.schedules().fired(daily, Optional.of(next))).isTrue();
        Instant batteryEmpty = MONDAY.minus(Duration.ofDays(2000));
        Starter starter = Starter.idle(database, FOR_EVER, batteryEmpty);
        starter.look(batteryEmpty.plusSeconds(5), Duration.ofSeconds(5).toNanos());
        Instant noon = MONDAY.plus(Duration.ofHours(9));
        starter.look(noon, Duration.ofMinutes(1).toNanos());
        starter.look(
                noon.plus(Duration.ofHours(2)),
                Duration.ofHours(2).plusMinutes(1).toNanos());
        starter.look(
                noon.plus(Duration.ofHours(1)),
                Duration.ofHours(3).plusMinutes(1).toNanos());
        starter.look(
                noon.plus(Duration.ofHours(3)),
                Duration.ofHours(5).plusMinutes(1).toNanos());

        assertThat(database.schedules().all().getFirst().next()).contains(next);
        assertThat(database.works().list(10)).isEmpty();
        assertThat(database.alarms().open(10))
                .noneSatisfy(alarm -> assertThat(alarm.text()).contains("'daily'"));
    }

    @Test
    void aSleeperIsWokenWhenItsWorkIsDueAndAFewTimesMore() {
        Terms terms = Terms.by("ann").withWake(true).notBefore(MONDAY);
        Work work = Work.fresh(1, device.id(), new Task.Inventory(), terms, MONDAY);
        Waking waking = new Waking();
        assertThat(waking.due(List.of(work), MONDAY.minusSeconds(1))).isEmpty();
        assertThat(waking.due(List.of(work), MONDAY)).containsExactly(work);
        assertThat(waking.due(List.of(work), MONDAY.plusSeconds(5))).isEmpty();
        int again = 0;
        for (int minute = 1; minute < 60; minute++) {
            again += waking.due(List.of(work), MONDAY.plus(Duration.ofMinutes(minute)))
                    .size();
        }
        assertThat(again).isEqualTo(3);
        assertThat(waking.due(List.of(work.begun(7, MONDAY)), MONDAY.plus(Duration.ofHours(2))))
                .isEmpty();
    }

    @Test
    void aMagicPacketHasTheAddressSixteenTimes() {
        byte[] packet = MagicPacket.of(MacAddress.parse("52:54:00:00:00:01")).toArray();
        assertThat(packet)
                .hasSize(102)
                .startsWith(-1, -1, -1, -1, -1, -1, 0x52, 0x54)
                .endsWith(0x52, 0x54, 0, 0, 0, 1);
    }

    @Test
    void theLastNetworksBroadcastIsAWayToo() {
        assertThat(WakeOnLan.broadcast("10.1.0.0/16").orElseThrow()).hasToString("10.1.255.255");
        assertThat(WakeOnLan.broadcast("192.168.7.0/24").orElseThrow()).hasToString("192.168.7.255");
        assertThat(WakeOnLan.broadcast("10.1.2.3/32")).isEmpty();
        assertThat(WakeOnLan.broadcast("nonsense")).isEmpty();
    }

    @Test
    void aCronLineThatNeverComesHasNoNextTime() {
        assertThat(Cron.next("0 0 30 2 *", ZoneId.of("UTC"), MONDAY)).isEmpty();
        assertThat(Cron.next("*/15 * * * *", ZoneId.of("UTC"), MONDAY)).contains(MONDAY.plusSeconds(900));
    }

    private static List<Instant> times(String cron, String from, int count) {
        List<Instant> times = new ArrayList<>();
        Instant now = Instant.parse(from);
        for (int i = 0; i < count; i++) {
            now = Cron.next(cron, ZoneId.of("Europe/Berlin"), now).orElseThrow();
            times.add(now);
            now = now.plusSeconds(3);
        }
        return times;
    }

    @Test
    void ofTwoFieldsOfDaysBothMustBeRightWhereOneBeginsWithAStar() {
        assertThat(times("0 3 */2 * 1", "2026-02-28T12:00:00Z", 2))
                .as("the Mondays of uneven days")
                .containsExactly(Instant.parse("2026-03-09T02:00:00Z"), Instant.parse("2026-03-23T02:00:00Z"));
        assertThat(times("59 23 13 * */5", "2026-01-01T12:00:00Z", 2))
                .as("Sundays or Fridays that are a thirteenth")
                .containsExactly(Instant.parse("2026-02-13T22:59:00Z"), Instant.parse("2026-03-13T22:59:00Z"));
        assertThat(times("*/30 * */31 * 1", "2026-05-31T12:00:00Z", 3))
                .as("all half hours of a Monday that is a first")
                .containsExactly(
                        Instant.parse("2026-05-31T22:00:00Z"),
                        Instant.parse("2026-05-31T22:30:00Z"),
                        Instant.parse("2026-05-31T23:00:00Z"));
        assertThat(times("0 3 2,3 * 1", "2026-03-01T12:00:00Z", 3))
                .as("else either")
                .containsExactly(
                        Instant.parse("2026-03-02T02:00:00Z"),
                        Instant.parse("2026-03-03T02:00:00Z"),
                        Instant.parse("2026-03-09T02:00:00Z"));
    }

    @Test
    void anHourThatIsThereTwiceComesOnceAndOneThatIsLeftOutComesBehindTheGap() {
        assertThat(times("0 2 * * *", "2026-10-24T12:00:00Z", 2))
                .as("autumn: 02:00 is there at +02:00 and at +01:00")
                .containsExactly(Instant.parse("2026-10-25T00:00:00Z"), Instant.parse("2026-10-26T01:00:00Z"));
        assertThat(times("30 2 * * *", "2026-10-25T01:10:00Z", 1))
                .as("a server that starts in the second of them")
                .containsExactly(Instant.parse("2026-10-26T01:30:00Z"));
        assertThat(times("0 2 * * 0", "2027-03-27T12:00:00Z", 2))
                .as("spring: after 01:59 comes 03:00")
                .containsExactly(Instant.parse("2027-03-28T01:00:00Z"), Instant.parse("2027-04-04T00:00:00Z"));
        assertThat(times("30 * * * *", "2026-10-24T23:00:00Z", 4))
                .as("each hour that passes")
                .containsExactly(
                        Instant.parse("2026-10-24T23:30:00Z"),
                        Instant.parse("2026-10-25T00:30:00Z"),
                        Instant.parse("2026-10-25T01:30:00Z"),
                        Instant.parse("2026-10-25T02:30:00Z"));
        assertThat(times("0 3 * * *", "2027-03-27T12:00:00Z", 1))
                .containsExactly(Instant.parse("2027-03-28T01:00:00Z"));
    }
}
