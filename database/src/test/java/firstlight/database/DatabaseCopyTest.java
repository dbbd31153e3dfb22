package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.model.StageTime;
import firstlight.policy.Device;
import firstlight.policy.IdentityKey;
import firstlight.policy.LastImage;
import firstlight.policy.NewDevice;
import firstlight.policy.Question;
import firstlight.policy.Registration;
import firstlight.policy.access.ApiToken;
import firstlight.policy.access.AuditEntry;
import firstlight.policy.access.Role;
import firstlight.policy.access.SignIn;
import firstlight.policy.access.User;
import firstlight.policy.level.Group;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Schedule;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.testkit.PostgresServer;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** From SQLite to PostgreSQL: what every store held, every store holds. */
class DatabaseCopyTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Facts PC = Facts.NONE
            .with(FactName.MAC, "52:54:00:00:00:01")
            .with(FactName.MODEL, "\u00c4\u00f6\u20ac \"quoted\"\nsecond line");

    @TempDir
    private Path directory;

    private final Storage.PostgreSql target =
            TestStorage.postgres(PostgresServer.shared().newDatabase());
    private final List<String> told = new ArrayList<>();

    private Map<String, Long> copy() {
        return DatabaseCopy.copy(directory, target, (what, done, total) -> told.add(what));
    }

    private DatabaseFailure failure() {
        return assertThatExceptionOfType(DatabaseFailure.class)
                .isThrownBy(this::copy)
                .actual();
    }

    /** Something in every store, and some of it gone again. Returns the secret of a transaction. */
    private static String fill(Database database) throws InvalidCondition {
        if (!(database.policy().addGroup(new Group(0, "Room", Group.NONE, PolicyValues.NONE))
                instanceof Kept.Done<Group>(Group room))) {
            throw new AssertionError("no group");
        }
        database.policy()
                .changeServerValues(_ -> PolicyValues.NONE.with(draft -> draft.kernelArguments = Optional.of("quiet")));
        database.policy().setSharedAdapter(MacAddress.parse("00:e0:4c:00:00:09"), true);
        database.policy()
                .addRule(Rule.of(
                        0,
                        new Level.OfGroup(room.id()),
                        0,
                        "lab",
                        false,
                        "always",
                        new Task.Wipe(List.of("sda"), Task.WipeMethod.ZEROS),
                        Repeat.ALWAYS,
                        "x=1"));
        Device device = database.devices().register(NewDevice.of(PC, Registration.PENDING), NOW);
        database.devices()
                .change(device.id(), row -> row.withGroup(room.id()).withMarks(Set.copyOf(IdentityKey.of(PC))));
        database.devices().imaged(device.id(), Optional.of(new LastImage("room12", 3, List.of("office"), NOW)));
        for (int i = 2; i < 9; i++) {
            Facts facts = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:0" + i);
            Device other = database.devices().register(NewDevice.of(facts, Registration.REGISTERED), NOW);
            if (i == 8) {
                database.devices().remove(other.id()); // its number is not given again
            }
        }
        Work work = database.works()
                .create(device.id(), new Task.Inventory(), Terms.by("ann").withWake(true), NOW);
        database.works().keep(work.cancelled(NOW));
        database.works()
                .create(device.id(), new Task.Inventory(), Terms.by("rule").ofRule(1), NOW);
        database.questions()
                .ask(
                        new Question(
                                0,
                                IdentityKey.of(PC),
                                PC,
                                0,
                                List.of(device.id()),
                                List.of("why", "not"),
                                Optional.empty(),
                                NOW,
                                NOW),
                        NOW);
        database.schedules()
                .add(new Schedule(
                        0,
                        "nightly",
                        true,
                        "0 3 * * *",
                        ZoneId.of("Europe/Berlin"),
                        Set.of(device.id()),
                        Set.of(room.id()),
                        new Task.Inventory(),
                        Terms.by("ann"),
                        Optional.empty()));
        database.alarms().raise(device.id(), "a failing disk", NOW);
        database.alarms().open(9);
        database.stageRates()
                .add("OptiPlex", "restore", device.id(), List.of(new StageTime("read", 1L << 30, 900)), NOW);
        User ann = database.accounts()
                .add(new User(0, "Ann", "Ann B.", User.Origin.LOCAL, Role.TECHNICIAN, Set.of(1L), "hash", false, NOW))
                .orElseThrow();
        database.accounts().add(new ApiToken(0, "cron", ann.id(), "h", NOW, Optional.empty()));
        database.accounts().add(new SignIn("s", ann.id(), "10.0.0.1", NOW, NOW.plusSeconds(99)));
        database.audit().append(new AuditEntry(0, NOW, "ann", "10.0.0.1", "wipe", List.of(1L, 2L), "all of it"));
        for (int i = 0; i < 1500; i++) {
            Boot boot = database.journal().firstPacket(MacAddress.parse("52:54:00:00:00:01"), 1, NOW);
            database.journal().append(boot, NOW, 1, "offer", "number " + i);
        }
        return database.journal().open(device.id(), PC, NOW).token();
    }

    @Test
    void everyStoreHoldsWhatItHeld() throws InvalidCondition {
        String token;
        List<Device> devices;
        List<Work> works;
        List<Journal.Event> events;
        List<Rule> rules;
        List<User> users;
        try (Database embedded = Database.open(directory, NOW)) {
            token = fill(embedded);
            devices = embedded.devices().all();
            works = embedded.works().list(9);
            events = embedded.journal().events(0, 0, 9999);
            rules = embedded.policy().book().rules();
            users = embedded.accounts().users();
        }
        Map<String, Long> counts = copy();
        assertThat(counts).containsEntry("device", 7L).containsEntry("event", 1500L);
        assertThat(counts.entrySet())
                .filteredOn(entry -> entry.getValue() == 0)
                .extracting(Map.Entry::getKey)
                .as("every table was tried")
                .isSubsetOf("confirmation", "multicast_session", "image_note");
        assertThat(told).contains("copying event", "comparing event");

        try (Database shared = Database.open(target, NOW)) {
            assertThat(shared.devices().all()).isEqualTo(devices);
            assertThat(shared.works().list(9)).isEqualTo(works);
            assertThat(shared.journal().events(0, 0, 9999)).isEqualTo(events);
            assertThat(shared.policy().book().rules()).isEqualTo(rules);
            assertThat(shared.policy().book().server().kernelArguments()).contains("quiet");
            assertThat(shared.policy().book().sharedAdapters()).hasSize(1);
            assertThat(shared.accounts().users()).isEqualTo(users);
            assertThat(shared.accounts().tokens()).hasSize(1);
            assertThat(shared.accounts().signIn("s", NOW)).isPresent();
            assertThat(shared.questions().open()).hasSize(1);
            assertThat(shared.schedules().due(NOW)).isEmpty();
            assertThat(shared.alarms().open(9)).hasSize(1);
            assertThat(shared.journal().bearer(token, NOW))
                    .as("a PC in the middle of its boot")
                    .isPresent();

            Facts next = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:77");
            assertThat(shared.devices()
                            .register(NewDevice.of(next, Registration.REGISTERED), NOW)
                            .id())
                    .as("numbers go on, over the removed one's")
                    .isEqualTo(9);
        }
    }

    @Test
    void aTargetWithSomethingInItIsLeftAlone() throws InvalidCondition {
        try (Database embedded = Database.open(directory, NOW);
                Database shared = Database.open(target, NOW)) {
            fill(embedded);
            shared.policy().addGroup(new Group(0, "theirs", Group.NONE, PolicyValues.NONE));
        }
        assertThat(failure()).hasMessageEndingWith("is not empty: table device_group has 1 row");
        try (Database shared = Database.open(target, NOW)) {
            assertThat(shared.policy().book().groups().all()).hasSize(1);
            assertThat(shared.devices().all()).isEmpty();
        }
    }

    @Test
    void aServerThatRunsIsNotCopied() {
        try (Database running = Database.open(directory, NOW)) {
            assertThat(running.devices().all()).isEmpty();
            assertThat(failure()).hasMessageContaining("is in use");
        }
    }

    @Test
    void whereThereIsNoDatabaseNoneIsMade() {
        assertThat(failure()).hasMessageContaining("there is no embedded database in " + directory);
        assertThat(directory).isEmptyDirectory();
    }

    @Test
    void aFileThatIsNoDatabaseIsNamed() throws IOException {
        Files.writeString(directory.resolve("firstlight.sqlite"), "certainly no database".repeat(200));
        assertThat(failure()).hasMessageContaining("the database in " + directory + " cannot be read");
    }

    @Test
    void aSourceThatIsDamagedFurtherInIsNotToldAsTheTarget() throws Exception {
        try (Database database = Database.open(directory, NOW)) {
            fill(database);
        }
        Path file = directory.resolve("firstlight.sqlite");
        long first;
        try (Connection connection = DriverManager.getConnection("jdbc:sqlite:" + file);
                Statement statement = connection.createStatement();
                ResultSet page = statement.executeQuery(
                        "select (rootpage - 1) * (select page_size from pragma_page_size) from sqlite_master where name = 'device'")) {
            first = page.getLong(1);
        }
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
            channel.write(ByteBuffer.wrap("damaged".getBytes(StandardCharsets.US_ASCII)), first);
        }
        assertThat(failure())
                .hasMessageContaining("the database in " + directory + " cannot be read")
                .satisfies(told -> assertThat(told.cure()).contains("backup"));
    }

    @Test
    void anOlderSchemaIsBroughtUpByItsServerFirst() throws SQLException {
        Database.open(directory, NOW).close();
        sql("delete from schema_version where version > 4");
        assertThat(failure()).hasMessageContaining("has schema 4");
        assertThat(failure().cure()).contains("start this version's server on it once");
    }

    @Test
    void workThatARuleGaveTwiceBeforeThatWasImpossibleIsGivenOnceAfterTheUpgrade() throws SQLException {
        long device;
        try (Database before = Database.open(directory, NOW)) {
            device = before.devices()
                    .register(NewDevice.of(PC, Registration.REGISTERED), NOW)
                    .id();
            for (long rule = 7; rule < 10; rule++) {
                before.works()
                        .create(device, new Task.Inventory(), Terms.by("rule").ofRule(rule), NOW);
            }
        }
        sql("drop index work_open_of_rule");
        sql("drop table stage_rate"); // of the script after that
        sql("delete from schema_version where version >= 7");
        sql("update work set rule_id = 7");
        sql("update work set state = 'RUNNING' where id = 2");
        try (Database after = Database.open(directory, NOW)) {
            assertThat(after.works().open()).extracting(Work::id).containsExactly(2L);
            assertThat(after.works().of(device, 9)).hasSize(3);
        }
    }

    private void sql(String statement) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection("jdbc:sqlite:" + directory.resolve("firstlight.sqlite"));
                Statement sql = connection.createStatement()) {
            sql.executeUpdate(statement);
        }
    }
}
