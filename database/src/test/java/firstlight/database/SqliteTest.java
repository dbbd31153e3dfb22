package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.level.Group;
import firstlight.policy.level.NamingPattern;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Jdbi;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What only the embedded database does. */
class SqliteTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    @TempDir
    private Path directory;

    @Test
    void aSecondServerOnTheSameDirectoryIsToldWhatToDo() {
        try (Database _ = Database.open(directory, NOW)) {
            assertThatThrownBy(() -> Database.open(directory, NOW))
                    .isInstanceOfSatisfying(
                            DatabaseFailure.class,
                            failure -> assertThat(failure.cure())
                                    .contains("another firstlight serve uses this directory"));
        }
    }

    /** Of a start of its own: native code is loaded once in each. */
    static final class Opening {
        private Opening() {}

        public static void main(String... words) {
            try {
                Database.open(Path.of(words[0]), NOW).close();
                System.out.println("opened");
            } catch (DatabaseFailure failure) {
                System.out.println(failure.getMessage() + "\n" + failure.cure());
            }
        }
    }

    /** As in a /tmp that is mounted noexec; the database's files are as good as they were. */
    @Test
    void whereSqlitesNativeCodeCannotBeLoadedThatIsSaidAndNoFileIsMade() throws Exception {
        Path noFolder = Files.writeString(directory.resolve("tmp"), "x");
        Path data = directory.resolve("data");
        assertThat(opening(data, noFolder))
                .contains("the database in " + data + " cannot be opened: SQLite's native code cannot be loaded from "
                        + noFolder + "\n")
                .contains("mounted noexec?");
        assertThat(opening(data, Files.createDirectory(directory.resolve("native"))))
                .isEqualTo("opened\n"); // beside a file of no octets it would be called lost
    }

    private static String opening(Path data, Path unpacked) throws Exception {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--enable-native-access=ALL-UNNAMED",
                        "-Dorg.sqlite.tmpdir=" + unpacked,
                        "-cp",
                        System.getProperty("java.class.path"),
                        Opening.class.getName(),
                        data.toString())
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).isZero();
        return said;
    }

    @Test
    void aFileThatIsNoDatabaseIsNamedAndLeftAlone() throws IOException {
        Path file = directory.resolve("firstlight.sqlite");
        Files.writeString(file, "a text of some length that is certainly no database at all".repeat(20));

        assertThatThrownBy(() -> Database.open(directory, NOW))
                .isInstanceOf(DatabaseFailure.class)
                .hasMessageContaining(directory.toString())
                .hasMessageContaining("not a database");
        assertThat(file).content().startsWith("a text");
    }

    @Test
    void theFileIsForTheServersUserAloneAnOlderOneToo() throws IOException {
        Database.open(directory, NOW).close();
        Path file = directory.resolve("firstlight.sqlite");
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");

        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Database.open(directory, NOW).close();
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                .isEqualTo("rw-------");
    }

    @Test
    void aFirstStartThatFoundTheDiskFullIsInTheNextOnesWayNoMore() throws IOException {
        new SqliteBackend(directory).close(); // its file is all that could be written
        Database.open(directory, NOW).close();
    }

    @Test
    void aDatabaseThatLostItsContentIsNamedAndNotBegunAnew() throws IOException {
        Path file = directory.resolve("firstlight.sqlite");
        Files.createFile(file);

        assertThatThrownBy(() -> Database.open(directory, NOW))
                .isInstanceOfSatisfying(
                        DatabaseFailure.class,
                        failure -> assertThat(failure.cure()).contains("backup"))
                .hasMessageContaining(file + " is empty");
        assertThat(file).isEmptyFile();
        Files.delete(file);
        Database.open(directory, NOW).close(); // and the lock was given back
    }

    @Test
    void aDiskThatIsFullIsAsAnAbsentDatabaseUntilThereIsRoom() {
        try (SqliteBackend backend = new SqliteBackend(directory)) {
            backend.run(handle -> handle.execute("create table note (text text not null)"));
            long pages = backend.read(handle ->
                    handle.createQuery("pragma page_count").mapTo(Long.class).one());
            most(backend, pages);

            for (int tries = 0; tries < 2; tries++) {
                assertThatThrownBy(() -> note(backend, "x".repeat(100_000)))
                        .isInstanceOf(DatabaseUnreachable.class)
                        .hasMessageContaining("firstlight.sqlite cannot be written")
                        .hasMessageContaining("full");
            }
            most(backend, 100_000);
            note(backend, "y".repeat(100_000));

            assertThat(backend.<Long>read(handle -> handle.createQuery("select count(*) from note")
                            .mapTo(Long.class)
                            .one()))
                    .isEqualTo(1);
            assertThatThrownBy(() -> backend.run(handle -> handle.execute("insert into nothing values (1)")))
                    .as("what is wrong with the question is no matter of the disk")
                    .isNotInstanceOf(DatabaseUnreachable.class);
        }
    }

    @Test
    void whoEntersADeviceWhileTheDiskIsFullIsToldAndAPcThatBootsIsAnswered() {
        try (SqliteBackend backend = new SqliteBackend(directory)) {
            Migrations.apply(backend);
            Changes changes = new Changes(backend);
            WorkStore works = new WorkStore(backend, changes, new SessionRows(backend, changes));
            DeviceStore devices = new DeviceStore(backend, changes, new PolicyStore(backend, changes), works);
            long pages = backend.read(handle ->
                    handle.createQuery("pragma page_count").mapTo(Long.class).one());
            NewDevice wanted = new NewDevice(
                    Facts.NONE.with(FactName.MAC, "52:54:00:00:00:01"),
                    Registration.REGISTERED,
                    Group.NONE,
                    Optional.of("pc1"),
                    NamingPattern.USUAL,
                    "x".repeat(100_000));
            most(backend, pages);

            assertThatThrownBy(() -> devices.enter(wanted)).isInstanceOf(DatabaseUnreachable.class);
            assertThat(devices.register(wanted, NOW).id()).isZero();
            most(backend, 100_000);
            assertThat(devices.enter(wanted).seen()).isEmpty();
            assertThat(devices.all()).hasSize(1);
        }
    }

    private static void note(SqliteBackend backend, String text) {
        backend.run(handle -> handle.execute("insert into note values (?)", text));
    }

    /** Of the one connection that there is. */
    private static void most(SqliteBackend backend, long pages) {
        backend.jdbi().useHandle(handle -> handle.execute("pragma max_page_count = " + pages));
    }

    @Test
    void aDatabaseOfIssueTwoIsBroughtUpToDateWithAllThatItHolds() throws IOException {
        try (InputStream first = Database.class.getResourceAsStream("1.sql")) {
            String script = new String(first.readAllBytes(), StandardCharsets.UTF_8);
            Jdbi.create("jdbc:sqlite:" + directory.resolve("firstlight.sqlite")).useHandle(handle -> {
                handle.createScript(script).execute();
                handle.execute("create table schema_version (version int primary key)");
                handle.execute("insert into schema_version (version) values (1)");
                handle.execute("insert into device values (3, 'Pc-3', 'pc-3', 'REGISTERED', 'hotkey', 7,"
                        + " '{\"mac\":[\"52:54:00:00:00:03\"],\"model\":[\"A \\\"B\\\"\"]}', 1000, 2000)");
                handle.execute(
                        "insert into work values (5, 3, 'restore', 'room12', 2, '/dev/sda /dev/sdb', true, 'QUEUED',"
                                + " 1, 17, 'no carrier', 1000, 2000)");
                handle.execute("insert into boot values (17, 3, '52:54:00:00:00:03', 'DONE', 1000, 2000)");
            });
        }
        try (Database database = Database.open(directory, NOW)) {
            assertThat(database.devices().all()).singleElement().satisfies(device -> {
                assertThat(device.name()).isEqualTo("Pc-3");
                assertThat(device.facts().all(FactName.MODEL)).containsExactly("A \"B\"");
                assertThat(device.lastSeen()).isEqualTo(Instant.ofEpochMilli(2000));
            });
            assertThat(database.works().list(9)).singleElement().satisfies(work -> {
                assertThat(work.task().words()).isEqualTo("restore room12 version 2 on /dev/sda, /dev/sdb");
                assertThat(work.attempts()).isEqualTo(1);
                assertThat(work.transaction()).isEqualTo(17);
                assertThat(work.outcome()).isEqualTo("no carrier");
            });
            assertThat(database.journal().open(3, Facts.NONE, NOW).transaction())
                    .isEqualTo(18);
        }
    }
}
