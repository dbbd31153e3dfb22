package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.model.FactName;
import firstlight.policy.Device;
import firstlight.policy.Registration;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import firstlight.server.cli.RuleCommand;
import firstlight.server.cli.UserCommand;
import firstlight.server.cli.WorkCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;

/** What a slip of an administrator, or a change of mind, does to PCs, and what is said of it. */
class SlipsTest {
    @TempDir
    private Path directory;

    private ApiServer server;
    private String out = "";
    private String err = "";

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(directory, 0);
        server.announce(directory);
        server.device("pc1", "52:54:00:00:00:01", "x");
        server.device("pc2", "52:54:00:00:00:02", "x");
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private JsonNode done(String method, String path, String body) throws Exception {
        return server.done(method, path, body);
    }

    private void refused(int status, String why, String method, String path, String body) throws Exception {
        ApiServer.Reply reply = server.call(method, path, body);
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.text()).contains(why);
    }

    private int run(Object command, String... words) {
        Typed typed = Typed.run(directory, command, words);
        out = typed.out();
        err = typed.err();
        return typed.status();
    }

    private long number(String name) {
        return server.database.devices().find(name).getFirst().id();
    }

    private Work inventory(String name, Terms terms) {
        return server.database.works().create(number(name), new Task.Inventory(), terms, server.now);
    }

    private WorkState state(Work work) {
        return server.database.works().find(work.id()).orElseThrow().state();
    }

    @Test
    void aRuleThatIsSwitchedOffTakesBackWhatNobodyHasBegunAndGivesItAnewWhenItIsOnAgain() throws Exception {
        done("POST", "/rules", "{'name': 'r', 'when': 'always', 'task': {'kind': 'inventory'}}");
        Work given = inventory("pc1", Terms.by("rule 'r'").ofRule(1));
        Work byHand = inventory("pc1", Terms.by("anna"));
        Work running = inventory("pc2", Terms.by("rule 'r'").ofRule(1));
        server.database.works().begin(running, 7, Limits.NONE, server.now);
        server.device("pc3", "52:54:00:00:00:03", "x");
        Work halfway = inventory("pc3", Terms.by("rule 'r'").ofRule(1));
        server.database.works().begin(halfway, 8, Limits.NONE, server.now);
        server.database.works().keep(halfway.begun(8, server.now).failed("no disk", 3, server.now));

        assertThat(run(new RuleCommand(), "off", "1")).as(err).isZero();
        assertThat(out).contains("(off); taken back, since no PC has begun it: 1 work of it");
        assertThat(err).contains("2 works of it go on, begun already", "firstlight work cancel rule:1");
        assertThat(state(given)).isEqualTo(WorkState.CANCELLED);
        assertThat(state(byHand)).as("a person is no rule").isEqualTo(WorkState.QUEUED);
        assertThat(state(running)).isEqualTo(WorkState.RUNNING);
        assertThat(state(halfway)).as("its disk may be half written").isEqualTo(WorkState.QUEUED);

        done("DELETE", "/work/" + byHand.id(), "");
        assertThat(run(new RuleCommand(), "on", "1")).isZero();
        assertThat(gives("pc1")).as("nobody took it back from this PC").isTrue();
        assertThat(run(new WorkCommand(), "cancel", "rule:1")).as(err).isZero();
        assertThat(state(running)).isEqualTo(WorkState.CANCELLED);
        assertThat(gives("pc2")).as("a person did").isFalse();
        for (String which : List.of("rule:", "rule:r")) {
            assertThat(run(new WorkCommand(), "cancel", which)).isEqualTo(1);
            assertThat(err).contains("names no rule");
        }
    }

    private boolean gives(String name) throws Exception {
        return done("GET", "/explain/" + name, "")
                .path("rules")
                .path(0)
                .path("gives")
                .booleanValue();
    }

    @Test
    void aRuleThatGivesSomethingElseTakesBackWhatItGaveAndOneWithAnotherNameDoesNot() throws Exception {
        done("POST", "/rules", "{'name': 'r', 'when': 'always', 'task': {'kind': 'inventory'}}");
        Work given = inventory("pc1", Terms.by("rule 'r'").ofRule(1));
        done("PATCH", "/rules/1", "{'name': 'other', 'position': 1}");
        assertThat(state(given)).isEqualTo(WorkState.QUEUED);
        done("PATCH", "/rules/1", "{'task': {'kind': 'maintenance'}}");
        assertThat(state(given)).isEqualTo(WorkState.CANCELLED);

        Work again = inventory("pc1", Terms.by("rule 'r'").ofRule(1));
        assertThat(done("DELETE", "/rules/1", "").path("takenBack").intValue()).isEqualTo(1);
        assertThat(state(again)).isEqualTo(WorkState.CANCELLED);
        done("POST", "/work/" + again.id() + "/retry", "");
        assertThat(state(again)).as("a person wants it").isEqualTo(WorkState.QUEUED);
    }

    /** The devices had to be moved out of it before; what its rules gave them there went with them. */
    @Test
    void theRulesThatGoWithAGroupTakeBackWhatNobodyHasBegun() throws Exception {
        done("POST", "/groups", "{'name': 'Room 12'}");
        for (int rule = 1; rule <= 2; rule++) {
            done(
                    "POST",
                    "/rules",
                    "{'level': 'group:Room 12', 'name': 'r" + rule
                            + "', 'when': 'always', 'task': {'kind': 'inventory'}}");
        }
        done("PATCH", "/devices/pc1", "{'group': 'Room 12'}");
        Work given = inventory("pc1", Terms.by("rule 'r1'").ofRule(1));
        Work other = inventory("pc2", Terms.by("rule 'r2'").ofRule(2));
        Work byHand = inventory("pc1", Terms.by("anna"));
        refused(409, "move them first", "DELETE", "/groups/Room%2012", "");
        assertThat(state(given)).as("the group is there").isEqualTo(WorkState.QUEUED);

        done("PATCH", "/devices/pc1", "{'group': ''}");
        assertThat(done("DELETE", "/groups/Room%2012", "").path("takenBack").intValue())
                .isEqualTo(2);
        assertThat(state(given)).isEqualTo(WorkState.CANCELLED);
        assertThat(state(other)).isEqualTo(WorkState.CANCELLED);
        assertThat(state(byHand)).isEqualTo(WorkState.QUEUED);
        assertThat(done("GET", "/audit", "").toString())
                .contains("group Room 12; what its rules gave and nobody had begun is taken back: 2");
    }

    @Test
    void whatAPersonGaveAgainStaysThoughItsRuleIsOffAndChanged() throws Exception {
        done("POST", "/rules", "{'name': 'r', 'when': 'always', 'task': {'kind': 'inventory'}}");
        Work given = inventory("pc1", Terms.by("rule 'r'").ofRule(1));
        done("DELETE", "/work/" + given.id(), "");
        done("POST", "/work/" + given.id() + "/retry", "");
        done("PATCH", "/rules/1", "{'enabled': false}");
        done("PATCH", "/rules/1", "{'name': 'other'}");
        done("PATCH", "/rules/1", "{'task': {'kind': 'maintenance'}}");
        assertThat(state(given)).isEqualTo(WorkState.QUEUED);
    }

    @Test
    void whatWasTakenBackDoesNotHideThatTheWorkWasDone() throws Exception {
        done("POST", "/rules", "{'name': 'r', 'when': 'always', 'repeat': 'always', 'task': {'kind': 'inventory'}}");
        Work first = inventory("pc1", Terms.by("rule 'r'").ofRule(1));
        server.database.works().begin(first, 7, Limits.NONE, server.now);
        server.database.works().keep(first.begun(7, server.now).done("", server.now));
        Work second = inventory("pc1", Terms.by("rule 'r'").ofRule(1));
        done("PATCH", "/rules/1", "{'repeat': 'once'}");
        assertThat(state(second)).isEqualTo(WorkState.CANCELLED);
        assertThat(gives("pc1")).as("it was done once").isFalse();
        assertThat(server.database.works().latestOfRule(number("pc1"), 1))
                .map(Work::id)
                .contains(first.id());
    }

    @Test
    void anImageDoesNotExpireInThePast() throws Exception {
        server.image("room12");
        refused(422, "which is over", "PATCH", "/images/room12/1", "{'expires': '2026-01-30T00:00:00Z'}");
        refused(422, "which is over", "PATCH", "/images/room12/1", "{'expires': '" + server.now + "'}");
        assertThat(done("GET", "/images/room12/1", "").has("expires")).isFalse();
        done("PATCH", "/images/room12/1", "{'expires': '2027-01-30T00:00:00Z'}");
        server.now = Instant.parse("2027-02-01T00:00:00Z");
        done("PATCH", "/images/room12/1", "{'note': 'kept by a rule', 'expires': '2027-01-30T00:00:00Z'}");
        done("PATCH", "/images/room12/1", "{\"expires\": null}");
    }

    @Test
    void aDeviceThatIsDeletedLeavesItsSchedules() throws Exception {
        String task = "'cron': '0 3 * * *', 'zone': 'UTC', 'task': {'kind': 'inventory'}}";
        done("POST", "/schedules", "{'name': 'both', 'devices': ['pc1', 'pc2'], " + task);
        done("POST", "/schedules", "{'name': 'one', 'devices': ['pc1'], " + task);
        done("DELETE", "/devices/pc1", "");
        assertThat(done("GET", "/schedules/1", "").path("devices").toString()).isEqualTo("[\"pc2\"]");
        assertThat(done("GET", "/schedules/1", "").path("enabled").booleanValue())
                .isTrue();
        assertThat(done("GET", "/audit", "").toString()).contains("'pc1'; nothing is left for schedule 'one', now off");
        JsonNode nobodys = done("GET", "/schedules/2", "");
        assertThat(nobodys.path("devices").isEmpty()).isTrue();
        assertThat(nobodys.path("enabled").booleanValue()).isFalse();
    }

    @Test
    void nobodyIsPromisedTheNextBootOfAPcThatGetsNoWorkThere() throws Exception {
        server.database.devices().change(number("pc1"), device -> device.withRegistration(Registration.PENDING));
        server.database
                .devices()
                .change(
                        number("pc2"),
                        device -> device.withFacts(device.facts().with(FactName.ARCHITECTURE, "arm64"), server.now));
        assertThat(run(new WorkCommand(), "inventory", "pc1,pc2")).isZero();
        assertThat(out.lines())
                .containsExactly(
                        "work 1: pc1 will take its inventory, but not yet: it waits for approval: firstlight device approve pc1",
                        "work 2: pc2 will take its inventory, but not yet: the imaging environment is for x86-64,"
                                + " and its processor is another");
        assertThat(run(new WorkCommand(), "inventory", "pc1", "--at", "2027-01-30T03:00:00Z"))
                .isZero();
        assertThat(out).contains(" on, but not yet: it waits for approval").doesNotContain(",,");
        assertThat(run(new WorkCommand(), "inventory", "pc1", "--at", "2026-01-30T03:00:00Z"))
                .as("of next year")
                .isEqualTo(1);
        assertThat(err).contains("'at' is 2026-01-30T03:00:00Z, which is over");
        done("POST", "/devices/approve", "{'devices': ['pc1']}");
        assertThat(run(new WorkCommand(), "inventory", "pc1")).isZero();
        assertThat(out).contains("work 4: pc1 will take its inventory at its next network boot");
    }

    @Test
    void aScheduleOfManyPcsOrOfALongGroupHasANameThatFits() throws Exception {
        List<String> names = new ArrayList<>();
        for (int i = 10; i < 40; i++) {
            names.add("ROOM12-PC" + i);
            server.device("ROOM12-PC" + i, "52:54:00:00:01:" + i, "x");
        }
        String group = "g".repeat(100);
        done("POST", "/groups", "{'name': '" + group + "'}");
        done("PATCH", "/devices/pc1", "{'group': '" + group + "'}");
        for (String devices : List.of("pc1,pc2", String.join(",", names), "group:" + group)) {
            assertThat(run(new WorkCommand(), "inventory", devices, "--cron", "0 3 * * 6"))
                    .as(err)
                    .isZero();
        }
        assertThat(done("GET", "/schedules", "")
                        .path("items")
                        .valueStream()
                        .map(each -> each.path("name").stringValue()))
                .containsExactly(
                        "inventory pc1,pc2",
                        "inventory ROOM12-PC10 and 29 more",
                        "inventory group:" + "g".repeat(64) + "...");
    }

    @Test
    void aRoomThatIsNumberedAnewIsImportedAsAWhole() throws Exception {
        server.device("pc3", "52:54:00:00:00:03", "x");
        long first = number("pc1");
        String csv = "mac,name\n52:54:00:00:00:01,pc2\n52:54:00:00:00:02,PC3\n52:54:00:00:00:03,pc4\n";
        assertThat(done("POST", "/devices.csv?dry-run=true", csv)
                        .path("changed")
                        .intValue())
                .isEqualTo(3);
        done("POST", "/devices.csv", csv);
        assertThat(number("pc2")).isEqualTo(first);
        assertThat(server.database.devices().all()).extracting(Device::name).containsExactly("pc2", "PC3", "pc4");
        done("POST", "/devices.csv", "mac,name\n52:54:00:00:00:01,pc3\n52:54:00:00:00:02,pc2\n");
        assertThat(number("pc3")).as("exchanged").isEqualTo(first);

        String kept = "import-" + first;
        server.device(kept, "52:54:00:00:00:04", "x");
        done("POST", "/devices.csv", "mac,name\n52:54:00:00:00:01,pc2\n52:54:00:00:00:02,pc3\n");
        assertThat(number("pc2")).as("a name to put it aside with is found").isEqualTo(first);
        done("POST", "/devices.csv", "mac,name\n52:54:00:00:00:01,pc3\n52:54:00:00:00:02,pc2\n");
        ApiServer.Reply wrong =
                server.call("POST", "/devices.csv", "mac,name\n52:54:00:00:00:01,pc2\n52:54:00:00:00:02,no name\n");
        assertThat(wrong.text()).contains("line 3: 'no name'").doesNotContain("another device is named");
        refused(
                422,
                "line 2: another device is named 'pc2'",
                "POST",
                "/devices.csv",
                "mac,name\n52:54:00:00:00:01,pc2\n");
        assertThat(number("pc3")).isEqualTo(first);
    }

    /** A PC was replaced: the new one gets its place and name, the old one goes elsewhere, whichever line is first. */
    @Test
    void aNewPcGetsTheNameThatAKnownOneGivesUpInTheSameFile() throws Exception {
        long first = number("pc1");
        long second = number("pc2");
        done(
                "POST",
                "/devices.csv",
                "mac,name\n52:54:00:00:00:09,pc1\n52:54:00:00:00:01,store1\n52:54:00:00:00:02,store2\n52:54:00:00:00:08,pc2\n");
        assertThat(number("store1")).isEqualTo(first);
        assertThat(number("store2")).isEqualTo(second);
        assertThat(server.database.devices().all())
                .extracting(device ->
                        device.name() + " " + device.facts().first(FactName.MAC).orElse(""))
                .containsExactlyInAnyOrder(
                        "store1 52:54:00:00:00:01",
                        "store2 52:54:00:00:00:02",
                        "pc1 52:54:00:00:00:09",
                        "pc2 52:54:00:00:00:08");
        refused(
                422,
                "line 2: another device is named 'store2'",
                "POST",
                "/devices.csv",
                "mac,name\n52:54:00:00:00:07,store2\n52:54:00:00:00:02,\n");
        done("POST", "/devices.csv", "mac,name\n52:54:00:00:00:07,pc2\n");
        assertThat(server.database.devices().find("pc2").getFirst().facts().all(FactName.MAC))
                .as("another card of the one that keeps its name")
                .containsExactlyInAnyOrder("52:54:00:00:00:08", "52:54:00:00:00:07");
    }

    @Test
    void whoJoinedAnewIsNoMemberTwice() throws Exception {
        server.image("room12");
        done("POST", "/sessions", "{'name': 'monday', 'image': 'room12', 'clients': 9}");
        String join = "{'devices': ['pc1'], 'task': {'kind': 'join', 'session': 'monday'}}";
        done("POST", "/work", "{'devices': ['pc2'], 'task': {'kind': 'join', 'session': 'monday'}}");
        done("POST", "/work", join);
        done("DELETE", "/work/2", "");
        done("POST", "/work", join);
        refused(409, "in that session by work 3 already", "POST", "/work/2/retry", "");
        done("DELETE", "/work/3", "");
        done("POST", "/work/2/retry", "");
    }

    @Test
    void noKernelArgumentsAreNone() throws Exception {
        done("PATCH", "/policy/server", "{'kernel-arguments': 'console=ttyS0'}");
        JsonNode set = done("PATCH", "/policy/device:pc1", "{'kernel-arguments': ''}");
        assertThat(set.path("effective").path("kernel-arguments").path("value").stringValue())
                .isEmpty();
        JsonNode cleared = done("PATCH", "/policy/device:pc1", "{\"kernel-arguments\": null}");
        assertThat(cleared.path("effective")
                        .path("kernel-arguments")
                        .path("value")
                        .stringValue())
                .isEqualTo("console=ttyS0");
    }

    @Test
    void aTechnicianWithoutAGroupIsToldToReachNothing() throws Exception {
        Path password = Files.writeString(directory.resolve("password"), "long enough");
        String[] tom = {"add", "tom", "--role", "technician", "--password-file", password.toString()};
        assertThat(run(new UserCommand(), tom)).as(err).isZero();
        assertThat(out)
                .contains(
                        "user tom, technician, who reaches no device yet: firstlight user role tom technician --group");
        done("POST", "/groups", "{'name': 'Room 12'}");
        assertThat(run(new UserCommand(), "role", "tom", "technician", "--group", "Room 12"))
                .isZero();
        assertThat(out).isEqualToIgnoringNewLines("user tom, technician");
    }

    @Test
    void aGroupWithoutANameIsNotEverybody() throws Exception {
        Work work = inventory("pc1", Terms.by("anna"));
        for (String which : List.of("group:", "group: ")) {
            assertThat(run(new WorkCommand(), "cancel", which)).isEqualTo(1);
            assertThat(err).contains("'" + which + "' names no group");
        }
        assertThat(state(work)).isEqualTo(WorkState.QUEUED);
        for (String filter : List.of("work?group=", "work?device=", "work?state=", "work?kind=", "devices?group=")) {
            refused(422, "is empty", "GET", "/" + filter, "");
        }
        refused(422, "'rule' is 0", "GET", "/work?rule=0", "");
        refused(422, "'rule' is -1", "GET", "/work?rule=-1", "");
        refused(422, "'device' is empty", "GET", "/transactions?device=", "");
    }
}
