package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.policy.Decisions;
import firstlight.policy.Device;
import firstlight.policy.IdentityKey;
import firstlight.policy.NewDevice;
import firstlight.policy.NewDevices;
import firstlight.policy.Question;
import firstlight.policy.Registration;
import firstlight.policy.Settings;
import firstlight.policy.Transactions;
import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import firstlight.policy.level.Group;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Beginning;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Schedule;
import firstlight.policy.work.Session;
import firstlight.policy.work.SessionState;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import firstlight.testkit.PostgresServer;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Two servers on one PostgreSQL. */
class SharingTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private Storage.PostgreSql storage;
    private Database one;
    private Database two;

    @BeforeEach
    void open() {
        storage = TestStorage.postgres(PostgresServer.shared().newDatabase());
        one = Database.open(storage, NOW);
        two = Database.open(storage, NOW);
    }

    @AfterEach
    void close() {
        one.close();
        two.close();
    }

    private static Facts pc(int number) {
        return Facts.NONE
                .with(FactName.MAC, String.format(Locale.ROOT, "52:54:00:00:%02x:%02x", number / 256, number % 256))
                .with(FactName.SERIAL, "S-" + number);
    }

    private static NewDevice wanted(Facts facts) {
        return NewDevice.of(facts, Registration.REGISTERED);
    }

    /** Waits for a change to come by, not for a time. */
    private static void until(Database database, BooleanSupplier condition) throws InterruptedException {
        CountDownLatch met = new CountDownLatch(1);
        database.onChange((topic, keys) -> {
            if (condition.getAsBoolean()) {
                met.countDown();
            }
        });
        if (!condition.getAsBoolean()) {
            assertThat(met.await(20, TimeUnit.SECONDS)).as("the change came").isTrue();
        }
    }

    @Test
    void oneNewPcAtTwoServersInTheSameInstantIsOneDevice() throws Exception {
        for (int round = 0; round < 20; round++) {
            Facts facts = pc(round);
            List<Device> made = Race.of(List.of(
                    () -> one.devices().register(wanted(facts), NOW),
                    () -> two.devices().register(wanted(facts), NOW),
                    () -> one.devices().register(wanted(facts), NOW),
                    () -> two.devices().register(wanted(facts), NOW)));
            assertThat(made).as("round %s", round).containsOnly(made.getFirst());
        }
        one.close();
        one = Database.open(storage, NOW);
        assertThat(one.devices().all()).hasSize(20);
    }

    @Test
    void differentNewPcsThatWouldBeNamedAlikeGetNamesOfTheirOwn() throws Exception {
        Facts first = Facts.NONE.with(FactName.SERIAL, "A");
        Facts second = Facts.NONE.with(FactName.SERIAL, "B");
        List<Device> made = Race.of(List.of(
                () -> one.devices().register(wanted(first), NOW),
                () -> two.devices().register(wanted(second), NOW)));
        assertThat(made).extracting(Device::name).doesNotHaveDuplicates();
        assertThat(made).extracting(Device::id).doesNotHaveDuplicates();
    }

    /** Its PC would be taken for one that nobody was asked about, and be sent to the imaging environment. */
    @Test
    void aQuestionStaysOpenWhileThoseOfAnotherServerComeIn() throws Exception {
        Set<IdentityKey> shown = one.questions().ask(question(0), NOW).shown();
        AtomicBoolean over = new AtomicBoolean();
        List<Boolean> outcomes = Race.of(List.of(
                () -> {
                    boolean always = true;
                    while (!over.get()) {
                        always &= one.questions().isOpen(shown);
                    }
                    return always;
                },
                () -> {
                    try {
                        for (int i = 1; i <= 40; i++) {
                            Set<IdentityKey> others =
                                    two.questions().ask(question(i), NOW).shown();
                            until(one, () -> one.questions().isOpen(others));
                        }
                    } finally {
                        over.set(true);
                    }
                    return true;
                }));
        assertThat(outcomes).containsExactly(true, true);
    }

    private static Question question(int number) {
        Facts facts = pc(number);
        return new Question(
                0, IdentityKey.of(facts), facts, 0, List.of(1L), List.of("why"), Optional.empty(), NOW, NOW);
    }

    @Test
    void ofTwoServersOneGetsTheWork() throws Exception {
        for (int round = 0; round < 20; round++) {
            Device device = one.devices().register(wanted(pc(round)), NOW);
            Work work = one.works().create(device.id(), new Task.Inventory(), Terms.by("ann"), NOW);
            long first = one.journal().open(device.id(), pc(round), NOW).transaction();
            long second = two.journal()
                    .open(device.id(), pc(round), NOW.plusSeconds(1000))
                    .transaction();
            List<Beginning> outcomes = Race.of(List.of(
                    () -> one.works().begin(work, first, Limits.NONE, NOW),
                    () -> two.works().begin(work, second, Limits.NONE, NOW)));
            assertThat(outcomes)
                    .filteredOn(Beginning.Begun.class::isInstance)
                    .as("round %s: %s", round, outcomes)
                    .hasSize(1);
        }
    }

    @Test
    void theSitesLimitCountsTheWorkOfAllServers() throws Exception {
        Limits three = new Limits(3, 0, Limits.NONE.silence());
        List<Callable<Beginning>> engines = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            Device device = one.devices().register(wanted(pc(i)), NOW);
            Work work = one.works().create(device.id(), Task.Restore.of("room12", 1, List.of()), Terms.by("ann"), NOW);
            Database server = i % 2 == 0 ? one : two;
            long transaction = 100L + i;
            engines.add(() -> server.works().begin(work, transaction, three, NOW));
        }
        assertThat(connected(one, 5) && connected(two, 5)).isTrue();
        assertThat(Race.of(engines))
                .filteredOn(Beginning.Begun.class::isInstance)
                .hasSizeBetween(1, 3);
        assertThat(one.works().list(99))
                .filteredOn(work -> work.state() == WorkState.RUNNING)
                .hasSizeBetween(1, 3);
    }

    @Test
    void aScheduleFiresAtOneServer() throws Exception {
        Schedule schedule = one.schedules()
                .add(new Schedule(
                        0,
                        "nightly",
                        true,
                        "0 3 * * *",
                        ZoneId.of("UTC"),
                        Set.of(),
                        Set.of(),
                        new Task.Inventory(),
                        Terms.by("schedule"),
                        Optional.of(NOW)));
        Optional<Instant> next = Optional.of(NOW.plusSeconds(86_400));
        assertThat(Race.of(List.<Callable<Boolean>>of(
                        () -> one.schedules().fired(schedule, next),
                        () -> two.schedules().fired(schedule, next),
                        () -> two.schedules().fired(schedule, next))))
                .containsOnlyOnce(true);
    }

    @Test
    void theFirstUserIsMadeByOneServer() throws Exception {
        User ann = new User(0, "ann", "", User.Origin.LOCAL, Role.ADMINISTRATOR, Set.of(), "x", true, NOW);
        User bob = new User(0, "bob", "", User.Origin.LOCAL, Role.ADMINISTRATOR, Set.of(), "x", true, NOW);
        assertThat(Race.of(List.<Callable<Optional<User>>>of(
                        () -> one.accounts().addFirst(ann), () -> two.accounts().addFirst(bob))))
                .filteredOn(Optional::isPresent)
                .hasSize(1);
    }

    @Test
    void aRuleThatTwoServersDecideInTheSameInstantGivesOneWork() throws Exception {
        Rule rule = Rule.of(0, Level.SERVER, 0, "all", true, "always", new Task.Inventory(), Repeat.ONCE, "");
        assertThat(one.policy().addRule(rule)).isInstanceOf(Kept.Done.class);
        until(two, () -> !two.policy().book().rules().isEmpty());
        for (int round = 0; round < 20; round++) {
            Facts facts = pc(round).with(FactName.MEMORY_MIB, "8192");
            Device device = one.devices().register(wanted(facts), NOW);
            until(two, () -> two.devices().find(device.id()).isPresent());
            List<Decisions.Order> orders = Race.of(List.of(
                    () -> ordered(one, device, facts),
                    () -> ordered(two, device, facts),
                    () -> ordered(two, device, facts)));
            assertThat(one.works().of(device.id(), 9)).as("round %s", round).hasSize(1);
            assertThat(orders)
                    .filteredOn(order -> order instanceof Decisions.Order.Begin)
                    .isNotEmpty();
        }
    }

    /** As the server that {@code database} is of would answer an engine. */
    private static Decisions.Order ordered(Database database, Device device, Facts facts) {
        Settings settings = new Settings(NewDevices.REGISTER, "", PolicyValues.NONE, Limits.NONE);
        long transaction = database.journal().open(device.id(), facts, NOW).transaction();
        return new Decisions(database.repositories(_ -> OptionalInt.empty()), database.policy()::book, settings)
                .order(device.id(), facts, transaction, NOW);
    }

    @Test
    void whatOneServerChangesIsInTheOthersPicture() throws Exception {
        Device device = one.devices().register(wanted(pc(1)), NOW);
        until(two, () -> two.devices().find(device.id()).isPresent());
        assertThat(two.devices().sharing(IdentityKey.of(pc(1)))).containsExactly(device);

        two.devices().change(device.id(), each -> each.withName("Library"));
        one.devices().learn(device, Facts.NONE.with(FactName.MODEL, "OptiPlex"), NOW);
        until(one, () -> one.devices().find("library").size() == 1);
        assertThat(one.devices().find(device.id()).orElseThrow().facts().first(FactName.MODEL))
                .as("neither change undid the other")
                .contains("OptiPlex");

        Work work = two.works().create(device.id(), new Task.Inventory(), Terms.by("ann"), NOW);
        until(one, () -> one.works().current(device.id(), NOW).isPresent());
        one.works().keep(work.cancelled(NOW));
        until(two, () -> two.works().current(device.id(), NOW).isEmpty());

        one.policy().addGroup(new Group(0, "Room 12", Group.NONE, PolicyValues.NONE));
        until(two, () -> !two.policy().book().groups().all().isEmpty());

        two.devices().remove(device.id());
        until(one, () -> one.devices().find(device.id()).isEmpty());
    }

    @Test
    void aRowThatCannotBeReadHoldsUpAServerOnlyUntilItIsMended() throws Exception {
        Device device = one.devices().register(wanted(pc(1)), NOW);
        until(two, () -> two.devices().find(device.id()).isPresent());
        sql("update device set registration = 'LATER' where id = " + device.id());
        sql("insert into change (server, topic, row_id) values (1, 'DEVICE', " + device.id() + ")");
        sql("notify " + Changes.CHANNEL);
        for (int tries = 0; tries < 2; tries++) {
            assertThatThrownBy(() -> two.devices().register(wanted(pc(2)), NOW))
                    .as("what was not taken in is not taken for read")
                    .hasMessageContaining("LATER");
        }
        sql("update device set registration = 'REGISTERED' where id = " + device.id());

        CountDownLatch heard = new CountDownLatch(1);
        two.onChange((topic, keys) -> {
            if (topic == Topic.DEVICE && keys.contains(device.id())) {
                heard.countDown();
            }
        });
        boolean came = false;
        for (int name = 0; !came && name < 30; name++) { // a reload, which nobody is told of, may take some in
            String another = "name-" + name;
            assertThat(one.devices().change(device.id(), each -> each.withName(another)))
                    .isInstanceOf(Kept.Done.class);
            came = heard.await(1, TimeUnit.SECONDS);
        }
        assertThat(came).as("the other server is heard again").isTrue();
    }

    @Test
    void aScheduleThatCannotBeReadHoldsUpNoDevicesEnd() throws Exception {
        Device gone = one.devices().register(wanted(pc(71)), NOW);
        Device stays = one.devices().register(wanted(pc(72)), NOW);
        Schedule both = one.schedules()
                .add(new Schedule(
                        0,
                        "both",
                        true,
                        "0 3 * * *",
                        ZoneId.of("UTC"),
                        Set.of(gone.id(), stays.id()),
                        Set.of(),
                        new Task.Inventory(),
                        Terms.by("schedule"),
                        Optional.of(NOW)));
        sql("update schedule set zone = 'Mars/Olympus'");
        assertThat(one.devices().remove(gone.id())).isTrue();
        sql("update schedule set zone = 'UTC'");
        assertThat(one.schedules().find(both.id()).orElseThrow().devices()).containsExactly(stays.id());
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(storage.url(), PostgresServer.USER, PostgresServer.PASSWORD);
                Statement run = connection.createStatement()) {
            run.execute(statement);
        }
    }

    @Test
    void numbersOfTransactionsAreUniqueAndATokenIsGoodAtEveryServer() throws Exception {
        List<Callable<List<Long>>> runners = List.of(() -> opened(one, 0), () -> opened(two, 500));
        List<Long> numbers = Race.of(runners).stream().flatMap(List::stream).toList();
        assertThat(numbers).hasSize(400).doesNotHaveDuplicates();

        Transactions.Opened opened = one.journal().open(7, pc(9999), NOW);
        Boot boot = two.journal().bearer(opened.token(), NOW).orElseThrow();
        assertThat(boot.id()).isEqualTo(opened.transaction());
        assertThat(boot.device()).isEqualTo(7);
    }

    private static List<Long> opened(Database database, int first) {
        List<Long> numbers = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            numbers.add(database.journal().open(0, pc(first + i), NOW).transaction());
        }
        return numbers;
    }

    @Test
    void aBootThatBothServersHeardIsOneTransactionWithTheEventsOfBoth() throws Exception {
        MacAddress mac = MacAddress.parse("52:54:00:00:00:01");
        Boot atOne = one.journal().firstPacket(mac, 0, NOW);
        Boot atTwo = two.journal().firstPacket(mac, 0, NOW.plusMillis(3));
        one.journal().append(atOne, NOW, 1, "offer", "from one");
        two.journal().append(atTwo, NOW, 1, "offer", "from two");
        long lower = Math.min(atOne.id(), atTwo.id());
        Database later = lower == atOne.id() ? two : one;
        one.journal().boots(0, 9); // written
        two.journal().boots(0, 9);
        until(later, () -> later.journal().current(mac).orElseThrow().id() == lower);

        assertThat(two.journal().open(0, pc(1), NOW.plusSeconds(2)).transaction())
                .isEqualTo(lower);
        one.journal().lastEvent(); // each has written what it knew
        two.journal().lastEvent();
        assertThat(one.journal().boots(0, 9)).extracting(Boot::id).containsExactly(lower);
        assertThat(one.journal().events(lower, 0, 9))
                .extracting(Journal.Event::text)
                .containsExactlyInAnyOrder("from one", "from two");
    }

    @Test
    void aServerWithoutItsDatabaseAnswersFromMemoryAndRecovers() throws Exception {
        try (PostgresServer own = PostgresServer.start()) {
            Storage kept = TestStorage.postgres(own.newDatabase());
            goThroughAnOutage(own, kept);
        }
    }

    private static void goThroughAnOutage(PostgresServer own, Storage kept) throws Exception {
        try (Database database = Database.open(kept, NOW)) {
            Device known = database.devices().register(wanted(pc(1)), NOW);
            Work work = database.works().create(known.id(), new Task.Inventory(), Terms.by("ann"), NOW);
            own.stopHard();

            assertThat(database.devices().register(wanted(pc(2)), NOW).id())
                    .as("a new device is nobody for now")
                    .isEqualTo(Transactions.NOBODY);
            assertThat(database.devices().sharing(IdentityKey.of(pc(1)))).containsExactly(known);
            assertThat(database.works().current(known.id(), NOW)).contains(work);
            assertThat(database.devices()
                            .learn(known, Facts.NONE.with(FactName.MODEL, "X"), NOW)
                            .facts()
                            .first(FactName.MODEL))
                    .contains("X");
            assertThatThrownBy(() -> database.works().begin(work, 5, Limits.NONE, NOW))
                    .isInstanceOf(DatabaseUnreachable.class);
            Transactions.Opened opened = database.journal().open(known.id(), pc(1), NOW);
            assertThat(database.journal()
                            .bearer(opened.token(), NOW)
                            .orElseThrow()
                            .id())
                    .isEqualTo(opened.transaction());

            assertThat(database.devices().find(known.id()).orElseThrow().facts().first(FactName.MODEL))
                    .as("remembered for the next packet")
                    .contains("X");

            own.startAgain();
            CountDownLatch written = new CountDownLatch(1);
            database.onChange((topic, keys) -> {
                if (topic == Topic.TRANSACTION && keys.contains(opened.transaction())) {
                    written.countDown();
                }
            });
            assertThat(written.await(30, TimeUnit.SECONDS))
                    .as("the journal caught up")
                    .isTrue();
            assertThat(database.works().begin(work, 5, Limits.NONE, NOW)).isInstanceOf(Beginning.Begun.class);
            assertThat(database.devices().register(wanted(pc(2)), NOW).id()).isPositive();
            assertThat(database.journal().bearer(opened.token(), NOW.plusSeconds(5)))
                    .isPresent();
            database.devices().flush();
            try (Database other = Database.open(kept, NOW)) {
                assertThat(other.devices()
                                .find(known.id())
                                .orElseThrow()
                                .facts()
                                .first(FactName.MODEL))
                        .as("what was learnt meanwhile")
                        .contains("X");
            }
        }
    }

    @Test
    void theOldTransactionsOfEachServerAreTakenAwayWhoeverHasTheLowerNumbers() {
        for (int i = 0; i < 600; i++) {
            Boot _ = one.journal().firstPacket(new MacAddress(0x525400000000L + i), 0, NOW);
        }
        Instant old = NOW.minus(Duration.ofDays(400));
        for (int i = 600; i < 610; i++) {
            Boot _ = two.journal().firstPacket(new MacAddress(0x525400000000L + i), 0, old);
        }
        long recent = one.journal().boots(0, 1).getFirst().id();
        assertThat(two.journal().boots(0, 1).getFirst().id()).isGreaterThan(recent);

        assertThat(one.forgetBefore(NOW.minus(Duration.ofDays(365)))).isEqualTo(10);
        assertThat(one.journal().boots(0, 1000))
                .hasSize(600)
                .allMatch(boot -> boot.lastEvent().equals(NOW));
    }

    @Test
    void oldTransactionsAreFoundWhereverTheirNumbersLie() throws Exception {
        Instant old = NOW.minus(Duration.ofDays(400));
        long lowest = one.journal()
                .firstPacket(new MacAddress(0x525400000000L), 0, old)
                .id();
        one.journal().boots(0, 1); // written
        for (long number : List.of(
                lowest + Retention.LOOK - 1,
                lowest + Retention.LOOK,
                lowest + Retention.LOOK + 1,
                lowest + 5L * Retention.LOOK + 7)) {
            sql("insert into boot (id, device, mac, state, opened, last_event) select " + number
                    + ", device, mac, state, opened, last_event from boot where id = " + lowest);
        }

        assertThat(one.forgetBefore(NOW.minus(Duration.ofDays(365)))).isEqualTo(5);
        assertThat(one.journal().boots(0, 9)).isEmpty();
        assertThat(one.forgetBefore(NOW)).isZero();
    }

    @Test
    void aServerGoesOnWhenOneOfItsConnectionsIsCut() throws Exception {
        Facts second = pc(2);
        assertThatThrownBy(() -> one.devices().together(() -> {
                    cut();
                    return one.devices().enter(wanted(second));
                }))
                .isInstanceOf(DatabaseUnreachable.class);

        Transactions.Opened opened = one.journal().open(0, pc(3), NOW);
        CountDownLatch written = new CountDownLatch(1);
        one.onChange((topic, keys) -> {
            if (topic == Topic.TRANSACTION && keys.contains(opened.transaction())) {
                written.countDown();
            }
        });
        one.journal().append(one.journal().boot(opened.transaction()).orElseThrow(), NOW, 1, "offer", "after");
        assertThat(written.await(20, TimeUnit.SECONDS)).as("it is written to").isTrue();
        assertThat(one.devices().enter(wanted(second)).id()).isPositive();
    }

    /** The one in whose transaction this is called; not the one that waits for notices. */
    private void cut() {
        try {
            sql("select pg_terminate_backend(pid) from pg_stat_activity"
                    + " where datname = current_database() and state = 'idle in transaction'");
        } catch (SQLException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void whoFindsAllConnectionsInUseIsToldToAskAgainAndNobodyElseIs() throws Exception {
        int all = PostgresBackend.POOL;
        // One by one: the pool must make each connection within its time, on a busy machine too.
        List<CountDownLatch> held =
                Stream.generate(() -> new CountDownLatch(1)).limit(all).toList();
        CountDownLatch asked = new CountDownLatch(1);
        List<Callable<Boolean>> holders = new ArrayList<>();
        for (int i = 0; i < all; i++) {
            int turn = i;
            holders.add(() -> (turn == 0 || awaited(held.get(turn - 1)))
                    && one.atomically(() -> {
                        held.get(turn).countDown();
                        return awaited(asked);
                    }));
        }
        holders.add(() -> {
            boolean inUse = awaited(held.getLast());
            try {
                assertThatThrownBy(() -> one.devices().enter(wanted(pc(1))))
                        .isInstanceOf(DatabaseUnreachable.class)
                        .hasMessageContaining("is busy");
            } finally {
                asked.countDown();
            }
            return inUse;
        });
        assertThat(Race.of(holders)).containsOnly(true);
        assertThat(one.devices().enter(wanted(pc(1))).id()).isPositive();
    }

    /** So many of the pool's connections at once, one made after the other: on a busy machine several do not all come within its time. */
    private static boolean connected(Database database, int connections) {
        return connections == 0
                || database.atomically(() -> CompletableFuture.supplyAsync(
                                () -> connected(database, connections - 1),
                                task -> Thread.ofPlatform().start(task))
                        .join());
    }

    private static boolean awaited(CountDownLatch latch) {
        try {
            return latch.await(60, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void theMembersOfASessionComeToTwoServersAtOnceAndNobodyIsForgotten() throws Exception {
        Session session = ((Kept.Done<Session>)
                        one.sessions().add(Session.fresh("monday", "room12", 0, List.of(), 8, 0, "anna", NOW)))
                .value();
        List<Long> devices = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            devices.add(one.devices().register(wanted(pc(i)), NOW).id());
        }
        List<Work> works =
                ((Kept.Done<List<Work>>) one.sessions().join(session.id(), devices, Terms.by("anna"), NOW)).value();
        until(two, () -> two.works().open().size() == 8);

        List<Callable<Beginning>> coming = new ArrayList<>();
        for (Work work : works) {
            Database server = work.id() % 2 == 0 ? one : two;
            coming.add(() -> server.works().begin(work, work.id(), Limits.NONE, NOW));
        }
        assertThat(connected(one, 4) && connected(two, 4)).isTrue();
        List<Beginning> first = Race.of(coming);
        assertThat(first.stream().filter(each -> each instanceof Beginning.Begun))
                .as("the last one to come begins it, and no other")
                .hasSize(1);
        until(two, () -> two.sessions().find(session.id()).orElseThrow().state() == SessionState.RUNNING);
        until(one, () -> one.sessions().find(session.id()).orElseThrow().state() == SessionState.RUNNING);
        assertThat(Race.of(coming)).allMatch(each -> each instanceof Beginning.Begun);

        List<Callable<Integer>> pinning = List.of(
                () -> one.sessions().pinned(session.id(), 1).orElseThrow().version(),
                () -> two.sessions().pinned(session.id(), 2).orElseThrow().version());
        assertThat(Set.copyOf(Race.of(pinning))).as("one version for all").hasSize(1);
    }
}
