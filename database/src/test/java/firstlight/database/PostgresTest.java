package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import firstlight.testkit.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.time.Instant;
import org.junit.jupiter.api.Test;

/** What an operator gets wrong with PostgreSQL, each with one line that says what to do. */
class PostgresTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

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
}
