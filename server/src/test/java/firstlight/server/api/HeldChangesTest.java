package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.server.cli.WorkCommand;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What brings many devices under work that is there already waits for a second person, as that work itself would. */
class HeldChangesTest {
    private static final String WIPE = "'task': {'kind': 'wipe', 'method': 'zeros'}}";

    @TempDir
    private Path directory;

    private ApiServer server;
    private String ann = "";
    private String bob = "";

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory, 2);
        ann = administrator("ann");
        bob = administrator("bob");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private String administrator(String name) throws Exception {
        server.call("POST", "/users", "{'name': '" + name + "', 'role': 'administrator', 'password': 'long enough'}");
        return server.as("", "POST", "/sign-in", "{'name': '" + name + "', 'password': 'long enough'}")
                .json()
                .path("secret")
                .stringValue();
    }

    private void done(String method, String path, String body) throws Exception {
        ApiServer.Reply reply = server.as(ann, method, path, body);
        assertThat(reply.status()).as(reply.text()).isIn(200, 201, 204);
    }

    /** Its confirmation's number. */
    private String held(String method, String path, String body) throws Exception {
        ApiServer.Reply reply = server.as(ann, method, path, body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(202);
        return reply.json().path("confirmation").asString();
    }

    private ApiServer.Reply confirm(String number) throws Exception {
        return server.as(bob, "POST", "/confirmations/" + number + "/confirm", "");
    }

    private void confirmed(String number) throws Exception {
        ApiServer.Reply reply = confirm(number);
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
    }

    private void refused(String number, String why) throws Exception {
        ApiServer.Reply reply = confirm(number);
        assertThat(reply.status()).as(reply.text()).isEqualTo(409);
        assertThat(reply.json().path("detail").asString()).contains(why);
    }

    /** PCs 1 to {@code count} in that group. */
    private void room(String group, int count) throws Exception {
        done("POST", "/groups", "{'name': '" + group + "'}");
        for (int i = 1; i <= count; i++) {
            into(group, i);
        }
    }

    private void into(String group, int number) throws Exception {
        server.device("pc" + number, "52:54:00:00:00:0" + number, "x");
        done("PATCH", "/devices/pc" + number, "{'group': '" + group + "'}");
    }

    private String parent(String group) throws Exception {
        return server.call("GET", "/groups/" + group, "").json().path("parent").asString();
    }

    @Test
    void workWhoseHourHasPassedIsNotDoneInClass() throws Exception {
        room("Room 12", 3);
        String night = "{'group': 'Room 12', 'at': '2026-11-22T20:00:00Z', 'wake': true, 'force': true,"
                + " 'after': 'power-off', ";
        String number = held("POST", "/work", night + WIPE);
        assertThat(server.call("GET", "/confirmations/" + number, "")
                        .json()
                        .path("words")
                        .stringValue())
                .endsWith(", not before 2026-11-22T20:00:00Z, waking them,"
                        + " also where it is there already, then power-off: pc1, pc2, pc3");
        server.now = Instant.parse("2026-11-22T20:00:00Z");
        refused(number, "its time, 2026-11-22T20:00:00Z, has passed");
        ApiServer.Reply late = server.call("POST", "/work", night + WIPE);
        assertThat(late.status()).isEqualTo(422);
        assertThat(late.text()).contains("'at' is 2026-11-22T20:00:00Z, which is over");
        assertThat(server.database.works().list(10)).isEmpty();
        server.now = Instant.parse("2026-11-22T19:00:00Z");
        server.call("PATCH", "/devices/pc3", "{'name': 'pc33'}");
        confirmed(number);
        assertThat(server.database.works().list(10)).hasSize(3);
    }

    @Test
    void workForASessionIsForNoOtherThatCameToHaveItsName() throws Exception {
        room("Room 12", 3);
        server.image("one");
        server.image("two");
        done("POST", "/sessions", "{'name': 'monday', 'image': 'one', 'clients': 3}");
        String number = held(
                "POST", "/work", "{'devices': ['pc1', 'pc2', 'pc3'], 'task': {'kind': 'join', 'session': 'monday'}}");
        done("DELETE", "/sessions/monday", "");
        done("POST", "/sessions", "{'name': 'monday', 'image': 'two', 'clients': 3}");
        refused(number, "now it is join session 2");
        assertThat(server.database.works().list(10)).isEmpty();
    }

    @Test
    void aTokenInAnothersNameIsNoSecondPerson() throws Exception {
        room("Room 12", 3);
        String number = held("POST", "/work", "{'group': 'Room 12', " + WIPE);
        String token = server.as(ann, "POST", "/tokens", "{'name': 'x', 'user': 'bob', 'days': 1}")
                .json()
                .path("secret")
                .stringValue();
        ApiServer.Reply reply = server.as(token, "POST", "/confirmations/" + number + "/confirm", "");
        assertThat(reply.status()).as(reply.text()).isEqualTo(403);
        assertThat(reply.text()).contains("a token is a program's");
        assertThat(server.database.works().list(10)).isEmpty();
        confirmed(number);
    }

    @Test
    void aGroupThatMovesUnderARuleIsHeld() throws Exception {
        room("Room 12", 3);
        done("POST", "/groups", "{'name': 'School'}");
        done("POST", "/groups", "{'name': 'Other'}");
        done("POST", "/rules", "{'level': 'group:School', 'name': 'r', 'when': 'always', " + WIPE);

        done("PATCH", "/groups/Room 12", "{'parent': 'Other'}");
        String number = held("PATCH", "/groups/Room 12", "{'parent': 'School'}");
        assertThat(parent("Room 12")).isEqualTo("Other");
        into("Room 12", 4);
        refused(number, "1 other device has come");
        done("PATCH", "/devices/pc4", "{'group': ''}");
        confirmed(number);
        assertThat(parent("Room 12")).isEqualTo("School");
        done("PATCH", "/groups/Room 12", "{'parent': ''}");
    }

    @Test
    void aGroupThatMovesUnderAScheduleIsHeld() throws Exception {
        room("Room 12", 3);
        room("School", 0);
        into("School", 4);
        done("POST", "/schedules", "{'name': 's', 'cron': '0 3 * * *', 'group': 'School', " + WIPE);
        held("PATCH", "/groups/Room 12", "{'parent': 'School'}");
    }

    @Test
    void aScheduleThatComesAtOtherTimesIsHeld() throws Exception {
        room("Room 12", 3);
        String schedule = "{'name': 's', 'cron': '0 3 1 8 *', 'zone': 'UTC', 'group': 'Room 12', " + WIPE;
        confirmed(held("POST", "/schedules", schedule));
        done("PATCH", "/schedules/1", "{'name': 'summer'}");
        String number = held("PATCH", "/schedules/1", "{'cron': '* * * * *'}");
        held("PATCH", "/schedules/1", "{'zone': 'Europe/Berlin'}");
        assertThat(server.call("GET", "/schedules/1", "").json().path("cron").asString())
                .isEqualTo("0 3 1 8 *");
        confirmed(number);
        assertThat(server.call("GET", "/schedules/1", "").json().path("cron").asString())
                .isEqualTo("* * * * *");
        done("PATCH", "/schedules/1", "{'enabled': false, 'cron': '0 3 1 8 *'}");
    }

    @Test
    void aGroupThatMovesUnderAScriptIsHeld() throws Exception {
        room("Room 12", 3);
        room("School", 0);
        done(
                "PATCH",
                "/policy/group:School",
                "{'script-before': {'name': 'x.sh', 'text': 'wipefs -a /dev/sda', 'seconds': 60}}");
        held("PATCH", "/groups/Room 12", "{'parent': 'School'}");
    }

    @Test
    void anImportIntoAGroupWithARuleIsHeld() throws Exception {
        room("School", 0);
        done("POST", "/rules", "{'level': 'group:School', 'name': 'r', 'when': 'always', " + WIPE);
        server.device("pc1", "52:54:00:00:00:01", "x");
        String csv = "name,mac,group\npc1,52:54:00:00:00:01,School\npc2,52:54:00:00:00:02,School\n";
        done("POST", "/devices.csv", csv);
        done("PATCH", "/devices/pc1", "{'group': ''}");
        done("DELETE", "/devices/pc2", "");

        String number = held("POST", "/devices.csv", csv + "pc3,52:54:00:00:00:03,School\n");
        assertThat(server.database.devices().find("pc3")).isEmpty();
        confirmed(number);
        assertThat(server.database.devices().find("pc3")).hasSize(1);
        done("POST", "/devices.csv", csv + "pc3,52:54:00:00:00:03,School\n");
    }

    @Test
    void anImportThatWaitedUndoesNothingThatWasChangedMeanwhile() throws Exception {
        room("School", 0);
        done("POST", "/groups", "{'name': 'Office'}");
        done("POST", "/rules", "{'level': 'group:School', 'name': 'r', 'when': 'always', " + WIPE);
        into("", 4);
        StringBuilder csv = new StringBuilder("name,mac,group\npc4,52:54:00:00:00:04,\n");
        for (int i = 1; i <= 3; i++) {
            csv.append("pc" + i + ",52:54:00:00:00:0" + i + ",School\n");
        }
        String number = held("POST", "/devices.csv", csv.toString());
        done("PATCH", "/devices/pc4", "{'group': 'Office'}");
        refused(number, "it was changed since it was asked for");
        assertThat(server.call("GET", "/devices/pc4", "").json().path("group").asString())
                .isEqualTo("Office");
        done("PATCH", "/devices/pc4", "{'group': ''}");
        server.device("pc3", "52:54:00:00:00:03", "x"); // started meanwhile
        confirmed(number);
    }

    @Test
    void anApprovalOfDevicesForWhichARuleWaitsIsHeld() throws Exception {
        done("POST", "/rules", "{'name': 'r', 'when': 'always', " + WIPE);
        for (int i = 1; i <= 3; i++) {
            server.database
                    .devices()
                    .register(
                            NewDevice.of(Facts.NONE.with(FactName.MAC, "52:54:00:00:00:0" + i), Registration.PENDING),
                            server.now);
        }
        String number = held("POST", "/devices/approve", "{}");
        assertThat(server.database.devices().all())
                .extracting(Device::registration)
                .containsOnly(Registration.PENDING);
        assertThat(server.done("GET", "/confirmations/" + number, "").toString())
                .as("whom it is about")
                .contains("52:54:00:00:00:03");
        long gone =
                server.database.devices().find("52:54:00:00:00:01").getFirst().id();
        server.done("DELETE", "/devices/" + gone, "");
        NewDevice stranger = NewDevice.of(Facts.NONE.with(FactName.MAC, "52:54:00:00:00:09"), Registration.PENDING);
        server.database.devices().register(stranger, server.now);
        confirmed(number);
        assertThat(server.database.devices().all())
                .extracting(device -> device.facts().first(FactName.MAC).orElseThrow(), Device::registration)
                .as("nobody has seen who came since")
                .containsExactlyInAnyOrder(
                        tuple("52:54:00:00:00:02", Registration.REGISTERED),
                        tuple("52:54:00:00:00:03", Registration.REGISTERED),
                        tuple("52:54:00:00:00:09", Registration.PENDING));
    }

    @Test
    void aRuleThatCoversAnotherAndGoesIsHeld() throws Exception {
        done("POST", "/rules", "{'name': 'keep', 'when': 'always', 'task': {'kind': 'inventory'}}");
        done("POST", "/rules", "{'name': 'r', 'when': 'always', " + WIPE);
        for (int i = 1; i <= 3; i++) {
            server.device("pc" + i, "52:54:00:00:00:0" + i, "x");
        }
        done("PATCH", "/rules/1", "{'name': 'keep them'}");
        held("PATCH", "/rules/1", "{'enabled': false}");
        held("PATCH", "/rules/1", "{'when': 'model = y'}");
        held("PATCH", "/rules/1", "{'position': 2}");
        String number = held("DELETE", "/rules/1", "");
        assertThat(server.call("GET", "/rules", "").json().path("items")).hasSize(2);
        confirmed(number);
        assertThat(server.call("GET", "/rules", "").json().path("items")).hasSize(1);
    }

    @Test
    void aGroupThatTookTheNameOfAnotherIsNotMeant() throws Exception {
        room("Room 12", 3);
        String script = "{'script-before': {'name': 'x.sh', 'text': 'wipefs -a /dev/sda', 'seconds': 60}}";
        String policy = held("PATCH", "/policy/group:Room 12", script);
        String rule = held("POST", "/rules", "{'level': 'group:Room 12', 'name': 'r', 'when': 'always', " + WIPE);
        String schedule = held("POST", "/schedules", "{'name': 's', 'cron': '0 3 * * *', 'group': 'Room 12', " + WIPE);
        done("PATCH", "/groups/Room 12", "{'name': 'Room 13'}");
        done("POST", "/groups", "{'name': 'Room 12'}");
        into("Room 12", 4);
        refused(policy, "another group has come by a name");
        refused(rule, "another group has come by a name");
        refused(schedule, "another group has come by a name");

        done("PATCH", "/groups/Room 12", "{'name': 'Room 14'}");
        done("PATCH", "/groups/Room 13", "{'name': 'Room 12'}");
        confirmed(policy);
        confirmed(rule);
        confirmed(schedule);
    }

    @Test
    void aSecondPersonReadsAllOfItAtTheCommandLine() throws Exception {
        room("Room 12", 3);
        String number = held(
                "PATCH",
                "/policy/group:Room 12",
                "{'script-before': {'name': 'x.sh', 'text': 'wipefs -a /dev/sda', 'seconds': 60}}");
        server.announce(directory);
        StringWriter told = new StringWriter();
        int status = new CommandLine(new WorkCommand())
                .setOut(new PrintWriter(told))
                .execute("confirmations", number, "--data", directory.toString());
        assertThat(status).isZero();
        List<String> lines = told.toString().lines().toList();
        assertThat(lines.getFirst())
                .isEqualTo("ann asks for group:Room 12: a script around all work on disks (3 devices, held)");
        assertThat(lines.get(1)).isEqualTo("PATCH /policy/group:Room 12");
        assertThat(String.join("\n", lines)).contains("\"text\" : \"wipefs -a /dev/sda\"");
    }
}
