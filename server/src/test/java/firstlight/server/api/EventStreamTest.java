package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import firstlight.database.Boot;
import firstlight.database.Storage;
import firstlight.model.FactName;
import firstlight.model.Facts;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Server-sent events over HTTP, on each kind of database. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class EventStreamTest {
    @TempDir
    private Path directory;

    @Parameter
    private TestDatabase kind;

    private Storage storage;
    private ApiServer server;
    private final HttpClient client = HttpClient.newHttpClient();

    @BeforeEach
    void start() throws Exception {
        storage = kind.fresh(directory);
        server = new ApiServer(storage, directory, 2);
    }

    @AfterEach
    void stop() throws Exception {
        client.shutdownNow();
        server.close();
    }

    private record Message(String name, String id, JsonNode data) {}

    /** A listener on a thread of its own; what it hears waits to be taken. */
    private static final class Listening implements AutoCloseable {
        private static final Message END = new Message("end", "", Json.object());
        private final InputStream in;
        private final BlockingQueue<Message> heard = new LinkedBlockingQueue<>();

        Listening(InputStream in) {
            this.in = in;
            Thread.ofVirtual().start(this::listen);
        }

        private void listen() {
            try (BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8))) {
                String name = "";
                String id = "";
                String data = "";
                for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                    if (line.startsWith("event:")) {
                        name = line.substring(6).strip();
                    } else if (line.startsWith("id:")) {
                        id = line.substring(3).strip();
                    } else if (line.startsWith("data:")) {
                        data = line.substring(5).strip();
                    } else if (line.isEmpty() && !data.isEmpty()) {
                        heard.add(new Message(name, id, Json.MAPPER.readTree(data)));
                        name = "";
                        id = "";
                        data = "";
                    }
                }
                heard.add(END);
            } catch (IOException e) {
                heard.add(END);
            }
        }

        Message next() throws InterruptedException {
            Message message = heard.poll(30, TimeUnit.SECONDS);
            assertThat(message).as("something is heard").isNotNull();
            return message;
        }

        Message next(String name) throws InterruptedException {
            Message message = next();
            while (!message.name.equals(name)) {
                assertThat(message.name).as("the stream goes on").isNotEqualTo("end");
                message = next();
            }
            return message;
        }

        Message nextChange(String topic) throws InterruptedException {
            Message change = next("change");
            while (!change.data.path("topic").stringValue().equals(topic)) {
                change = next("change");
            }
            return change;
        }

        String nextText() throws InterruptedException {
            return next("event").data.path("text").stringValue();
        }

        @Override
        public void close() throws IOException {
            in.close();
        }
    }

    private HttpResponse<InputStream> ask(ApiServer where, int door, String secret, String lastEvent) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(where.uri(door, "/events/stream"))
                .header("Accept", "text/event-stream")
                .header("Authorization", "Bearer " + secret);
        if (!lastEvent.isEmpty()) {
            request.header("Last-Event-ID", lastEvent);
        }
        return client.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
    }

    private Listening listen(int door, String secret, String lastEvent) throws Exception {
        HttpResponse<InputStream> response = ask(server, door, secret, lastEvent);
        assertThat(response.statusCode()).isEqualTo(200);
        assertThat(response.headers().firstValue("Content-Type").orElse("")).startsWith("text/event-stream");
        return new Listening(response.body());
    }

    private static Boot boot(ApiServer where) {
        Facts facts = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:01");
        long number = where.database.journal().open(0, facts, where.now).transaction();
        return where.database.journal().boot(number).orElseThrow();
    }

    private static void happens(ApiServer where, Boot boot, String text) {
        where.database.journal().append(boot, where.now, 8, "progress", text);
    }

    private String user(String name, String role) throws Exception {
        String groups = role.equals("technician") ? ", 'groups': ['Room 12']" : "";
        ApiServer.Reply made = server.call(
                "POST",
                "/users",
                "{'name': '" + name + "', 'role': '" + role + "', 'password': 'long enough'" + groups + "}");
        assertThat(made.status()).as(made.text()).isEqualTo(201);
        return server.as("", "POST", "/sign-in", "{'name': '" + name + "', 'password': 'long enough'}")
                .json()
                .path("secret")
                .stringValue();
    }

    @Test
    void aListenerHearsWhatHappensAndWhatIsToBeReadAgain() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        Boot boot = boot(server);
        happens(server, boot, "before");
        try (Listening listening = listen(0, ApiServer.LOCAL, "")) {
            Message ready = listening.next();
            assertThat(ready.name).isEqualTo("ready");
            happens(server, boot, "writing 40 %");
            Message event = listening.next("event");
            assertThat(event.data.path("text").stringValue())
                    .as("what was before is not told")
                    .isEqualTo("writing 40 %");
            assertThat(event.data.path("transaction").longValue()).isEqualTo(boot.id());
            assertThat(Long.parseLong(event.id)).isGreaterThan(Long.parseLong(ready.id));

            server.call("PATCH", "/devices/pc1", "{'note': 'loud fan'}");
            Message change = listening.nextChange("device");
            assertThat(change.data.path("numbers").toString()).isEqualTo("[1]");
            assertThat(change.id).as("a change is no place to go on from").isEmpty();

            server.image("room12");
            server.call("POST", "/sessions", "{'name': 'monday', 'image': 'room12'}");
            assertThat(listening.nextChange("session").data.path("numbers").toString())
                    .isEqualTo("[1]");
        }
    }

    @Test
    void whoComesBackWithTheLastNumberMissesNothingAndHearsNothingTwice() throws Exception {
        Boot boot = boot(server);
        String last;
        try (Listening listening = listen(0, ApiServer.LOCAL, "")) {
            last = listening.next().id; // lost before the first event
        }
        for (String text : new String[] {"one", "two", "three"}) {
            happens(server, boot, text);
        }
        try (Listening again = listen(0, ApiServer.LOCAL, last)) {
            assertThat(again.nextText()).isEqualTo("one");
            Message two = again.next("event");
            assertThat(two.data.path("text").stringValue()).isEqualTo("two");
            last = two.id;
        }
        try (Listening again = listen(0, ApiServer.LOCAL, last)) {
            happens(server, boot, "four");
            assertThat(again.nextText()).isEqualTo("three");
            assertThat(again.nextText()).isEqualTo("four");
        }
    }

    @Test
    void whatHappensAtAnotherServerOfTheDatabaseIsHeardHere() throws Exception {
        assumeTrue(kind == TestDatabase.POSTGRESQL, "an embedded database has one server");
        server.device("pc1", "52:54:00:00:00:01", "x");
        try (ApiServer other = new ApiServer(storage, directory.resolve("other"), 2);
                Listening listening = listen(0, ApiServer.LOCAL, "")) {
            listening.next();
            happens(other, boot(other), "from over there");
            assertThat(listening.nextText()).isEqualTo("from over there");
            other.call("PATCH", "/devices/pc1", "{'note': 'loud fan'}");
            assertThat(listening.nextChange("device").data.path("numbers").toString())
                    .isEqualTo("[1]");
        }
    }

    @Test
    void viewersAndTechniciansHearWhatTheyMayReadAndStrangersNothing() throws Exception {
        server.call("POST", "/groups", "{'name': 'Room 12'}");
        String vera = user("vera", "viewer");
        String tom = user("tom", "technician");
        assertThat(ask(server, 1, "", "").statusCode()).isEqualTo(401);
        assertThat(ask(server, 1, "flt_guess", "1").statusCode()).isEqualTo(401);
        assertThat(ask(server, 1, ApiServer.LOCAL, "").statusCode())
                .as("the local token opens nothing from the network")
                .isEqualTo(401);
        Boot boot = boot(server);
        try (Listening viewer = listen(1, vera, "");
                Listening technician = listen(1, tom, "")) {
            viewer.next();
            technician.next();
            user("secret-person", "administrator"); // users and the audit are not for them
            happens(server, boot, "hello");
            for (Listening each : new Listening[] {viewer, technician}) {
                Message message = each.next();
                while (!message.name.equals("event")) {
                    assertThat(message.data.path("topic").stringValue()).isIn("device", "transaction", "policy");
                    message = each.next();
                }
                assertThat(message.data.path("text").stringValue()).isEqualTo("hello");
            }
        }
    }

    @Test
    void whoMayNotListenAnyMoreIsCutOffBeforeTheNextEvent() throws Exception {
        String vera = user("vera", "viewer");
        String tim = user("tim", "viewer");
        Boot boot = boot(server);
        try (Listening disabled = listen(1, vera, "");
                Listening signedOut = listen(1, tim, "")) {
            disabled.next();
            signedOut.next();
            server.call("PATCH", "/users/vera", "{'enabled': false}");
            server.as(tim, "DELETE", "/session", "");
            happens(server, boot, "not for them");
            for (Listening each : new Listening[] {disabled, signedOut}) {
                Message message = each.next();
                while (message.name.equals("change")) {
                    message = each.next(); // one that was on its way
                }
                assertThat(message.name).isEqualTo("end");
            }
        }
    }
}
