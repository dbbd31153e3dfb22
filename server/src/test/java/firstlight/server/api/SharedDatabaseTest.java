package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.database.Storage;
import firstlight.database.Topic;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Device;
import firstlight.testkit.PostgresServer;
import java.net.http.HttpRequest;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The API of servers that share a PostgreSQL. */
class SharedDatabaseTest {
    @TempDir
    private Path directory;

    private static Storage storage(PostgresServer server) {
        return new Storage.PostgreSql(server.newDatabase(), PostgresServer.USER, PostgresServer.PASSWORD);
    }

    @Test
    void ofTwoEditorsAtTwoServersOneIsTold() throws Exception {
        Storage storage = storage(PostgresServer.shared());
        try (ApiServer one = new ApiServer(storage, directory.resolve("one"), 0);
                ApiServer two = new ApiServer(storage, directory.resolve("two"), 0)) {
            assertThat(one.call("POST", "/groups", "{'name': 'Room 0'}").status())
                    .isEqualTo(201);
            until(two, Topic.POLICY, () -> two.call("GET", "/groups/Room 0", "").status() == 200);
            for (int round = 0; round < 10; round++) {
                int number = round;
                String path = "/policy/group:Room%200";
                until(two, Topic.POLICY, () -> tag(one, path).equals(tag(two, path)));
                String seen = tag(one, path);
                try (ExecutorService threads = Executors.newFixedThreadPool(2)) {
                    Future<Integer> first = threads.submit(() -> change(one, path, seen, "one" + number));
                    Future<Integer> second = threads.submit(() -> change(two, path, seen, "two" + number));
                    assertThat(List.of(first.get(60, TimeUnit.SECONDS), second.get(60, TimeUnit.SECONDS)))
                            .as("round %s", round)
                            .containsExactlyInAnyOrder(200, 412);
                }
            }
        }
    }

    private static String tag(ApiServer server, String path) throws Exception {
        return server.call("GET", path, "").headers().firstValue("ETag").orElseThrow();
    }

    private static int change(ApiServer server, String path, String seen, String arguments) throws Exception {
        return server.send(HttpRequest.newBuilder(server.uri(0, path))
                        .header("Authorization", "Bearer " + ApiServer.LOCAL)
                        .header("If-Match", seen)
                        .method(
                                "PATCH",
                                HttpRequest.BodyPublishers.ofString("{\"kernel-arguments\": \"" + arguments + "\"}")))
                .status();
    }

    /** Waits for a change to come by, not for a time. */
    private static void until(ApiServer server, Topic topic, Callable<Boolean> condition) throws Exception {
        while (true) {
            CountDownLatch changed = new CountDownLatch(1);
            server.database.onChange((each, keys) -> {
                if (each == topic) {
                    changed.countDown();
                }
            });
            if (condition.call()) {
                return;
            }
            assertThat(changed.await(20, TimeUnit.SECONDS)).as("a change came").isTrue();
        }
    }

    @Test
    void whileTheDatabaseIsAwayTheAnswerSaysSoAndWhenToTryAgain() throws Exception {
        try (PostgresServer own = PostgresServer.start();
                ApiServer server = new ApiServer(storage(own), directory, 0)) {
            Device device = server.device("pc1", "52:54:00:00:00:01", "x");
            own.stopHard();

            for (ApiServer.Reply reply : List.of(
                    server.call("GET", "/work", ""),
                    server.call("POST", "/groups", "{'name': 'Room'}"),
                    server.as("some token", "GET", "/devices", ""))) {
                assertThat(reply.status()).as(reply.text()).isEqualTo(503);
                assertThat(reply.headers().firstValue("Retry-After")).contains("5");
                assertThat(reply.type()).startsWith("application/problem+json");
                assertThat(reply.json().path("type").asString()).endsWith(":database-away");
                assertThat(reply.text()).contains("does not answer", "try again");
            }
            assertThat(server.call("POST", "/groups", "{'name': 'Room'}").text())
                    .contains("look whether it was done before");
            assertThat(server.call("GET", "/work", "").text()).doesNotContain("look whether");
            assertThat(server.call("GET", "/devices/pc1", "").status())
                    .as("from memory")
                    .isEqualTo(200);

            Facts facts = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:01");
            long waiting = server.database
                    .journal()
                    .open(device.id(), facts, server.now)
                    .transaction();
            CountDownLatch written = new CountDownLatch(1);
            server.database.onChange((topic, keys) -> {
                if (topic == Topic.TRANSACTION && keys.contains(waiting)) {
                    written.countDown();
                }
            });
            own.startAgain();
            assertThat(written.await(60, TimeUnit.SECONDS))
                    .as("the journal caught up")
                    .isTrue();
            assertThat(server.call("POST", "/groups", "{'name': 'Room'}").status())
                    .isEqualTo(201);
        }
    }
}
