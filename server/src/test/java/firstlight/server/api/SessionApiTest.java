package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.policy.work.Limits;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** Multicast sessions over HTTP, on each kind of database. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class SessionApiTest {
    private static final String JOIN = "{'devices': [%s], 'task': {'kind': 'join', 'session': %s}}";

    @TempDir
    private Path directory;

    @Parameter
    private TestDatabase kind;

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(kind, directory, 2);
        server.image("room12");
        for (int i = 1; i <= 3; i++) {
            server.device("pc" + i, "52:54:00:00:00:0" + i, "x");
        }
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private JsonNode done(String method, String path, String body) throws Exception {
        return server.done(method, path, body);
    }

    private void refused(String method, String path, String body, int status, String words) throws Exception {
        refused(server.call(method, path, body), status, words);
    }

    private static void refused(ApiServer.Reply reply, int status, String words) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.json().path("detail").stringValue()).contains(words);
    }

    private static String text(JsonNode node, String field) {
        return node.path(field).asString("");
    }

    private void come(Work work) {
        server.database.works().begin(work, 100 + work.id(), Limits.NONE, server.now);
    }

    @Test
    void aNameWithASlashIsRefusedForItWouldBeTwoPartsOfAPath() throws Exception {
        refused("POST", "/sessions", "{'name': '2026/27', 'image': 'room12'}", 422, "'name' is '2026/27'");
    }

    @Test
    void aRoomIsGatheredAndStarted() throws Exception {
        JsonNode made = done("POST", "/sessions", "{'name': 'monday', 'image': 'room12', 'clients': 9}");
        assertThat(text(made, "state")).isEqualTo("waiting");
        assertThat(text(made, "minutes")).isEqualTo("15");
        assertThat(text(made, "transport")).isEqualTo("unicast");
        JsonNode joined = done("POST", "/work", JOIN.formatted("'pc1', 'pc2'", "'Monday'"));
        assertThat(joined.path("items")).hasSize(2);
        assertThat(text(joined.path("items").path(0).path("task"), "session")).isEqualTo(text(made, "session"));
        come(server.database.sessions().members(1).getFirst());

        JsonNode shown = done("GET", "/sessions/monday", "");
        assertThat(text(shown, "waiting")).isEqualTo("1");
        assertThat(text(shown, "startsAt")).isEqualTo("2026-11-22T10:15:00Z");
        assertThat(shown.path("members").valueStream().map(member -> text(member, "state")))
                .containsExactly("waiting", "queued");

        JsonNode started = done("POST", "/sessions/1/start", "");
        assertThat(text(started, "words")).isEqualTo("started by local; 1 clients waited");
        refused("POST", "/sessions/1/start", "", 409, "has begun already");
        assertThat(done("GET", "/sessions?state=running", "").path("items")).hasSize(1);
        done("DELETE", "/sessions/monday", "");
        assertThat(server.database.works().list(10)).allMatch(work -> work.state() == WorkState.CANCELLED);
        assertThat(done("GET", "/audit?action=session", "")
                        .path("items")
                        .valueStream()
                        .map(entry -> text(entry, "action")))
                .containsExactly("session.cancel", "session.start", "session.create");
    }

    @Test
    void whatIsWrongIsNamedAndNothingIsHalfDone() throws Exception {
        refused("POST", "/sessions", "{'name': 'monday', 'image': 'gone'}", 422, "there is no image 'gone'");
        refused(
                "POST",
                "/sessions",
                "{'name': 'monday', 'image': 'room12', 'version': 9}",
                422,
                "there is no image 'room12@9'");
        server.addOn("office");
        refused("POST", "/sessions", "{'name': 'x', 'image': 'office'}", 422, "office@1 is an add-on image");
        refused("POST", "/sessions", "{'name': '12', 'image': 'room12'}", 422, "'name' is '12'");
        refused("POST", "/sessions", "{'name': 'x', 'image': 'room12', 'clients': -1}", 422, "'clients' is -1");
        refused("POST", "/sessions", "{'name': 'x', 'image': 'room12', 'client': 3}", 400, "unknown field 'client'");
        refused("GET", "/sessions/monday", "", 404, "there is no session 'monday'");
        refused("POST", "/work", JOIN.formatted("'pc1'", "'monday'"), 422, "there is no session 'monday'");
        refused("POST", "/work", JOIN.formatted("'pc1'", "7"), 422, "there is no session '7'");
        refused("POST", "/work", "{'devices': ['pc1'], 'task': {'kind': 'join'}}", 422, "'task.session' is missing");

        done("POST", "/sessions", "{'name': 'monday', 'image': 'room12'}");
        refused("POST", "/sessions", "{'name': 'MONDAY', 'image': 'room12'}", 409, "has that name");
        refused("POST", "/sessions/monday/start", "", 409, "has no members");
        done("POST", "/work", JOIN.formatted("'pc1', 'PC1'", "1"));
        assertThat(server.database.works().list(10))
                .as("twice in a request is once")
                .hasSize(1);
        refused("POST", "/work", JOIN.formatted("'pc2', 'pc1', '52:54:00:00:00:77'", "1"), 409, "pc1 is in session 1");
        assertThat(server.database.works().list(10)).hasSize(1);
        assertThat(server.database.devices().all()).as("nobody was registered").hasSize(3);
        refused(
                "POST",
                "/schedules",
                "{'name': 'x', 'cron': '0 3 * * *', 'devices': ['pc2'], 'task': {'kind': 'join', 'session': 1}}",
                422,
                "'task.kind' is 'join'");

        done("DELETE", "/sessions/1", "");
        refused("POST", "/work", JOIN.formatted("'pc1'", "'monday'"), 422, "has ended (cancelled by local)");
        refused("POST", "/work/1/retry", "", 409, "session 1 has ended");
        refused("DELETE", "/sessions/1", "", 409, "has ended already");
    }

    @Test
    void aRuleMakesMembersWhileItsSessionIsOpen() throws Exception {
        String rule = "{'name': 'all', 'when': 'model = y', 'task': {'kind': 'join', 'session': 'monday'}}";
        refused("POST", "/rules", rule, 422, "there is no session 'monday'");
        done("POST", "/sessions", "{'name': 'monday', 'image': 'room12'}");
        assertThat(text(done("POST", "/rules", rule).path("task"), "session")).isEqualTo("1");
        done("DELETE", "/sessions/monday", "");
        refused("POST", "/rules", rule, 422, "has ended");
    }

    @Test
    void aTechnicianStartsAndCancelsWhatIsHisAloneAndManyMembersNeedASecondPerson() throws Exception {
        done("POST", "/groups", "{'name': 'Room 12'}");
        done("PATCH", "/devices/pc1", "{'group': 'Room 12'}");
        done(
                "POST",
                "/users",
                "{'name': 'tom', 'role': 'technician', 'password': 'long enough', 'groups': ['Room 12']}");
        String tom = server.as("", "POST", "/sign-in", "{'name': 'tom', 'password': 'long enough'}")
                .json()
                .path("secret")
                .stringValue();
        assertThat(server.as(tom, "POST", "/sessions", "{'name': 'monday', 'image': 'room12'}")
                        .status())
                .isEqualTo(201);
        refused(server.as(tom, "POST", "/work", JOIN.formatted("'pc1', 'pc2'", "1")), 403, "'pc2' is not in a group");
        assertThat(server.as(tom, "POST", "/work", JOIN.formatted("'pc1'", "1")).status())
                .isEqualTo(201);
        done("POST", "/work", JOIN.formatted("'pc2'", "1"));
        refused(server.as(tom, "POST", "/sessions/1/start", ""), 403, "'pc2' is not in a group of yours");
        refused(server.as(tom, "DELETE", "/sessions/1", ""), 403, "'pc2' is not in a group of yours");

        done("POST", "/sessions", "{'name': 'tuesday', 'image': 'room12'}");
        ApiServer.Reply held = server.call("POST", "/work", JOIN.formatted("'pc1', 'pc2', 'pc3'", "2"));
        assertThat(held.status()).isEqualTo(202);
        assertThat(server.database.sessions().members(2)).isEmpty();
    }

    @Test
    void aSessionWithoutMembersIsItsMakersAndTheAdministrators() throws Exception {
        done("POST", "/groups", "{'name': 'Room 12'}");
        for (String name : new String[] {"tom", "tim"}) {
            done(
                    "POST",
                    "/users",
                    "{'name': '" + name + "', 'role': 'technician', 'password': 'long enough', 'groups': ['Room 12']}");
        }
        done("POST", "/sessions", "{'name': 'tonight', 'image': 'room12'}");
        String tom = signIn("tom");
        refused(
                server.as(tom, "DELETE", "/sessions/tonight", ""),
                403,
                "has no members that go on and was made by local");
        refused(server.as(tom, "POST", "/sessions/tonight/start", ""), 403, "made by local");
        assertThat(server.as(tom, "POST", "/sessions", "{'name': 'his', 'image': 'room12'}")
                        .status())
                .isEqualTo(201);
        refused(server.as(signIn("tim"), "DELETE", "/sessions/his", ""), 403, "made by tom");
        assertThat(server.as(tom, "DELETE", "/sessions/his", "").status()).isEqualTo(200);
        done("DELETE", "/sessions/tonight", "");
    }

    private String signIn(String name) throws Exception {
        return server.as("", "POST", "/sign-in", "{'name': '" + name + "', 'password': 'long enough'}")
                .json()
                .path("secret")
                .stringValue();
    }
}
