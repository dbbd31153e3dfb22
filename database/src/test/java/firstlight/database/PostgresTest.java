package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.Transactions;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.testkit.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator gets wrong with PostgreSQL, each with one line that says what to do. */
class PostgresTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static final String HASTE = "?socketTimeout=4";

    private final PostgresServer server = PostgresServer.shared();

    private static DatabaseFailure failureOf(Storage.PostgreSql storage) {
        return assertThatExceptionOfType(DatabaseFailure.class)
                .isThrownBy(() -> Database.open(storage, NOW).close())
                .actual();
    }

    @Test
    void aServerThatIsNotThere() throws IOException {
        int free;
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            free = socket.getLocalPort();
        }
        DatabaseFailure failure = failureOf(new Storage.PostgreSql(
                "jdbc:postgresql://127.0.0.1:" + free + "/firstlight?sslmode=prefer", "u", "secret"));
        assertThat(failure)
                .hasMessageStartingWith(
                        "the database jdbc:postgresql://127.0.0.1:" + free + "/firstlight cannot be reached: ");
        assertThat(failure.getMessage()).hasLineCount(1);
        assertThat(failure.cure()).contains("is it running");
    }

    @Test
    void aWrongPassword() {
        DatabaseFailure failure =
                failureOf(new Storage.PostgreSql(server.newDatabase(), PostgresServer.USER, "not this one"));
        assertThat(failure)
                .hasMessageContaining("refuses the user 'firstlight'")
                .message()
                .hasLineCount(1);
        assertThat(failure.cure()).contains("database.password-file");
        assertThat(failure.getMessage()).doesNotContain("not this one");
    }

    @Test
    void aDatabaseThatNobodyMade() {
        DatabaseFailure failure = failureOf(TestStorage.postgres(server.url("nowhere")));
        assertThat(failure).hasMessageEndingWith("/nowhere does not exist");
        assertThat(failure.cure()).contains("createdb --owner firstlight");
    }

    @Test
    void aUserWhoMayNotMakeTables() {
        String url = server.newDatabase();
        server.sql("create user reader password 'r'");
        DatabaseFailure failure = failureOf(new Storage.PostgreSql(url, "reader", "r"));
        assertThat(failure).hasMessageContaining("make tables");
        assertThat(failure.cure()).contains("owner");
    }

    @Test
    void aDatabaseOfANewerFirstlightIsLeftAlone() {
        Storage.PostgreSql storage = TestStorage.postgres(server.newDatabase());
        Database.open(storage, NOW).close();
        PostgresBackend backend = new PostgresBackend(storage);
        backend.run(handle -> handle.execute("insert into schema_version (version) values (9999)"));
        backend.close();

        assertThat(failureOf(storage)).hasMessageContaining("schema 9999 by a newer Firstlight");
    }

    /** With the codes of a full disk, of no memory, of a disk that fails, and of a deadlock. */
    @ParameterizedTest
    @ValueSource(strings = {"53100", "53200", "58030", "40P01"})
    void aServerThatTakesNothingIsAsOneThatIsAwayUntilItTakesSomething(String state) throws Exception {
        Storage.PostgreSql storage = TestStorage.postgres(server.newDatabase());
        try (Database database = Database.open(storage, NOW)) {
            Facts facts = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:01");
            Device known = database.devices().register(NewDevice.of(facts, Registration.REGISTERED), NOW);
            sql(
                    storage,
                    "create function refuse() returns trigger language plpgsql as"
                            + " $$ begin raise exception 'could not extend file' using errcode = '" + state
                            + "'; end $$");
            for (String table : List.of("device", "boot", "event", "token", "work")) {
                sql(
                        storage,
                        "create trigger refuse before insert or update on " + table + " execute function refuse()");
            }

            assertThat(database.devices()
                            .register(
                                    NewDevice.of(
                                            facts.with(FactName.MAC, "52:54:00:00:00:02"), Registration.REGISTERED),
                                    NOW)
                            .id())
                    .as("a new device is nobody for now")
                    .isEqualTo(Transactions.NOBODY);
            assertThat(database.devices()
                            .learn(known, Facts.NONE.with(FactName.MODEL, "X"), NOW)
                            .facts()
                            .first(FactName.MODEL))
                    .contains("X");
            assertThatThrownBy(() -> database.works().create(known.id(), new Task.Inventory(), Terms.by("ann"), NOW))
                    .isInstanceOf(DatabaseUnreachable.class)
                    .hasMessageContaining("could not extend file");
            Transactions.Opened opened = database.journal().open(known.id(), facts, NOW);
            Boot boot = database.journal().bearer(opened.token(), NOW).orElseThrow();
            database.journal().append(boot, NOW, 3, "offer", "said meanwhile");

            CountDownLatch written = new CountDownLatch(1);
            database.onChange((topic, keys) -> {
                if (topic == Topic.TRANSACTION && keys.contains(boot.id())) {
                    written.countDown();
                }
            });
            sql(storage, "drop function refuse cascade");
            assertThat(written.await(20, TimeUnit.SECONDS))
                    .as("the journal waited")
                    .isTrue();
            assertThat(database.journal().events(boot.id(), 0, 9))
                    .extracting(Journal.Event::text)
                    .containsExactly("said meanwhile");
            assertThat(database.works()
                            .create(known.id(), new Task.Inventory(), Terms.by("ann"), NOW)
                            .id())
                    .isPositive();
        }
    }

    @Test
    void aServerThatWasMadeReadOnlyIsReadAndTakesNothing() {
        PostgresBackend backend = new PostgresBackend(TestStorage.postgres(server.newDatabase()));
        try {
            backend.run(handle -> handle.execute("create table note (text text not null)"));
            backend.jdbi().useHandle(handle -> handle.execute("set default_transaction_read_only = on"));

            assertThatThrownBy(() -> backend.run(handle -> handle.execute("insert into note values ('x')")))
                    .isInstanceOf(DatabaseUnreachable.class)
                    .hasMessageContaining("read-only");
            assertThat(backend.<Long>read(handle -> handle.createQuery("select count(*) from note")
                            .mapTo(Long.class)
                            .one()))
                    .isZero();
            backend.jdbi().useHandle(handle -> handle.execute("set default_transaction_read_only = off"));
            backend.run(handle -> handle.execute("insert into note values ('x')"));
            assertThatThrownBy(() -> backend.run(handle -> handle.execute("insert into note values (null)")))
                    .as("what is wrong with the question is no matter of the server")
                    .isNotInstanceOf(DatabaseUnreachable.class);
        } finally {
            backend.close();
        }
    }

    @Test
    void aStandbyIsReadAndTakesNothingUntilItIsTheFirstServer() throws Exception {
        try (PostgresServer own = PostgresServer.start();
                Database database = Database.open(TestStorage.postgres(own.newDatabase()), NOW)) {
            Facts facts = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:01");
            Device known = database.devices().register(NewDevice.of(facts, Registration.REGISTERED), NOW);
            own.stopHard();
            assertThatThrownBy(() -> database.works().list(9)).isInstanceOf(DatabaseUnreachable.class);

            own.startAsStandby();
            assertThat(worksWhenFound(database)).isEmpty();
            assertThatThrownBy(() -> database.works().create(known.id(), new Task.Inventory(), Terms.by("ann"), NOW))
                    .isInstanceOf(DatabaseUnreachable.class)
                    .hasMessageContaining("cannot be written");

            own.promote();
            assertThat(database.works()
                            .create(known.id(), new Task.Inventory(), Terms.by("ann"), NOW)
                            .id())
                    .isPositive();
        }
    }

    private static List<Work> worksWhenFound(Database database) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                return database.works().list(9);
            } catch (DatabaseUnreachable away) {
                if (System.nanoTime() > end) {
                    throw away;
                }
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void whatMayTakeLongIsNotCutShortAndAllElseIs() {
        PostgresBackend backend = new PostgresBackend(inHaste());
        try {
            backend.run(handle -> {
                backend.unhurried(handle);
                handle.execute("select pg_sleep(4.5)");
            });
            assertThatThrownBy(() -> backend.run(handle -> handle.execute("select pg_sleep(10)")))
                    .as("the next one has the connection without that")
                    .isInstanceOf(DatabaseUnreachable.class);
        } finally {
            backend.close();
        }
    }

    @Test
    void aServerWaitsForAnotherThatBringsTheSchemaUpToDate() throws Exception {
        Storage.PostgreSql storage = inHaste();
        try (Busy _ = new Busy(storage, Backend.Matter.MIGRATION)) {
            Database.open(storage, NOW).close();
        }
    }

    @Test
    void aCopyWaitsAsLongAsItTakes(@TempDir Path directory) throws Exception {
        Database.open(directory, NOW).close();
        Storage.PostgreSql storage = inHaste();
        try (Busy _ = new Busy(storage, Backend.Matter.SESSION)) {
            assertThat(DatabaseCopy.copy(directory, storage, (what, done, total) -> {}))
                    .containsKey("device");
        }
    }

    /** An answer that takes longer than four seconds will not come. */
    private Storage.PostgreSql inHaste() {
        return TestStorage.postgres(server.newDatabase() + HASTE);
    }

    /** Somebody who is in a matter for six seconds. */
    private static final class Busy implements AutoCloseable {
        private final Connection connection;
        private final Thread thread;

        Busy(Storage.PostgreSql storage, Backend.Matter matter) throws SQLException {
            String url = storage.url().replace(HASTE, "");
            connection = DriverManager.getConnection(url, PostgresServer.USER, PostgresServer.PASSWORD);
            connection.setAutoCommit(false);
            execute("select pg_advisory_xact_lock(1179210828, " + matter.number() + ")");
            thread = Thread.ofPlatform().daemon().start(this::stay);
        }

        private void stay() {
            try (connection) {
                execute("select pg_sleep(6)");
                connection.commit();
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }

        private void execute(String statement) throws SQLException {
            try (Statement run = connection.createStatement()) {
                run.execute(statement);
            }
        }

        @Override
        public void close() {
            try {
                thread.join();
            } catch (InterruptedException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private static void sql(Storage.PostgreSql storage, String statement) throws SQLException {
        try (Connection connection =
                        DriverManager.getConnection(storage.url(), PostgresServer.USER, PostgresServer.PASSWORD);
                Statement run = connection.createStatement()) {
            run.execute(statement);
        }
    }
}
