package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.image.store.ImageName;
import firstlight.image.store.ImageVersion;
import firstlight.model.FactName;
import firstlight.model.HeldDisk;
import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.server.access.Passwords;
import java.io.IOException;
import java.net.http.HttpRequest;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;
import tools.jackson.databind.JsonNode;

/** An administrator's day, over HTTP, on each kind of database; every answer is held against the document. */
@ParameterizedClass
@EnumSource(TestDatabase.class)
class ApiTest {
    @TempDir
    private Path directory;

    @Parameter
    private TestDatabase kind;

    private ApiServer server;

    @BeforeEach
    void start() throws Exception {
        server = new ApiServer(kind, directory, 2);
    }

    @AfterEach
    void stop() throws Exception {
        server.close();
    }

    private ApiServer.Reply call(String method, String path, String body) throws Exception {
        return server.call(method, path, body);
    }

    private JsonNode done(String method, String path, String body) throws Exception {
        return server.done(method, path, body);
    }

    private static void isProblem(ApiServer.Reply reply, int status, String words, String cure) {
        assertThat(reply.status()).as(reply.text()).isEqualTo(status);
        assertThat(reply.type()).isEqualTo("application/problem+json");
        assertThat(reply.json().path("detail").stringValue()).contains(words);
        assertThat(reply.json().path("cure").stringValue()).contains(cure);
    }

    private String user(String name, String role, String groups) throws Exception {
        done(
                "POST",
                "/users",
                "{'name': '" + name + "', 'role': '" + role + "', 'password': 'long enough', 'groups': " + groups
                        + "}");
        ApiServer.Reply reply =
                server.as("", "POST", "/sign-in", "{'name': '" + name + "', 'password': 'long enough'}");
        assertThat(reply.status()).as(reply.text()).isEqualTo(200);
        return reply.json().path("secret").stringValue();
    }

    private static String text(JsonNode node, String... path) {
        JsonNode at = node;
        for (String step : path) {
            at = step.matches("\\d+") ? at.path(Integer.parseInt(step)) : at.path(step);
        }
        return at.asString("");
    }

    @Test
    void nothingIsToldToStrangers() throws Exception {
        isProblem(server.as("", "GET", "/devices", ""), 401, "missing, wrong or over", "sign-in");
        isProblem(server.as(ApiServer.LOCAL, "GET", "/devices", ""), 401, "missing, wrong or over", "");
        isProblem(server.as("flt_guess", "GET", "/devices", ""), 401, "missing, wrong or over", "");
    }

    @Test
    void aMistypedFieldParameterPathOrMethodIsNamedWithTheNearestKnownOne() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "OptiPlex 7010");
        isProblem(
                call("POST", "/work", "{'devces': ['pc1'], 'task': {'kind': 'inventory'}}"),
                400,
                "unknown field 'devces'",
                "did you mean 'devices'?");
        isProblem(
                call("POST", "/work", "{'devices': ['pc1'], 'task': {'kind': 'wipe', 'metod': 'zeros'}}"),
                400,
                "task.metod",
                "did you mean 'method'?");
        isProblem(call("GET", "/devices?gruop=x", ""), 400, "unknown parameter 'gruop'", "did you mean 'group'?");
        isProblem(call("GET", "/devises", ""), 404, "nothing at /api/devises", "openapi.yaml");
        isProblem(call("PUT", "/devices", "{}"), 405, "knows no PUT", "allowed: GET");
        isProblem(call("POST", "/groups", "{\"name\": "), 400, "no JSON", "");
        assertThat(server.database.works().list(10)).isEmpty();
    }

    @Test
    void devicesAreFoundNamedMovedAndForgotten() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "OptiPlex 7010");
        server.device("pc2", "52:54:00:00:00:02", "ThinkCentre");
        done("POST", "/groups", "{'name': 'Room 12'}");
        JsonNode changed = done(
                "PATCH",
                "/devices/52:54:00:00:00:01",
                "{'name': 'ROOM12-PC1', 'group': 'room 12', 'note': 'loud fan'}");
        assertThat(text(changed, "group")).isEqualTo("Room 12");
        assertThat(text(done("GET", "/devices?group=Room 12", ""), "items", "0", "name"))
                .isEqualTo("ROOM12-PC1");
        assertThat(text(done("GET", "/devices?text=fan", ""), "total")).isEqualTo("1");
        assertThat(text(done("GET", "/devices/room12-pc1", ""), "marks", "0", "kind"))
                .isEqualTo("mac");
        isProblem(call("PATCH", "/devices/pc2", "{'name': 'room12-pc1'}"), 409, "another device is named", "");
        isProblem(
                call("PATCH", "/devices/pc2", "{'group': 'Room 13'}"),
                422,
                "there is no group 'Room 13'",
                "group list");
        isProblem(call("PATCH", "/devices/nobody", "{'name': 'x'}"), 404, "no device 'nobody'", "device list");
        done("DELETE", "/devices/pc2", "");
        isProblem(call("GET", "/devices/pc2", ""), 404, "no device", "");
        assertThat(text(done("GET", "/audit?action=device.remove", ""), "items", "0", "text"))
                .isEqualTo("'pc2'");
    }

    @Test
    void aMacThatNobodyKnowsIsRegisteredOnlyWhenAllElseIsRight() throws Exception {
        isProblem(
                call("PATCH", "/devices/52:54:00:00:00:09", "{'name': 'no good!'}"), 422, "'name' is 'no good!'", "63");
        assertThat(server.database.devices().all()).isEmpty();
        assertThat(text(done("PATCH", "/devices/52:54:00:00:00:09", "{'name': 'good'}"), "name"))
                .isEqualTo("good");
    }

    @Test
    void aMacThatIsWrittenInTwoWaysIsOneDevice() throws Exception {
        JsonNode made = done(
                "POST",
                "/work",
                "{'devices': ['52:54:00:00:00:0a', '52-54-00-00-00-0A'], 'task': {'kind': 'inventory'}}");
        assertThat(made.path("items")).hasSize(1);
        assertThat(server.database.devices().all()).hasSize(1);
        assertThat(server.database.works().list(10)).hasSize(1);
    }

    @Test
    void longListsComeInPages() throws Exception {
        for (int i = 0; i < 7; i++) {
            server.device("pc" + i, "52:54:00:00:00:0" + i, "x");
        }
        JsonNode first = done("GET", "/devices?limit=4", "");
        assertThat(text(first, "total")).isEqualTo("7");
        JsonNode second = done("GET", "/devices?limit=4&after=" + text(first, "next"), "");
        assertThat(text(second, "items", "0", "name")).isEqualTo("pc4");
        assertThat(second.has("next")).isFalse();
    }

    @Test
    void groupsAreATreeAndNothingElse() throws Exception {
        done("POST", "/groups", "{'name': 'School'}");
        done("POST", "/groups", "{'name': 'Room 12', 'parent': 'School'}");
        isProblem(call("PATCH", "/groups/School", "{'parent': 'Room 12'}"), 409, "cannot be below", "");
        isProblem(call("POST", "/groups", "{'name': 'ROOM 12'}"), 409, "another group is named", "");
        isProblem(call("DELETE", "/groups/School", ""), 409, "move them first", "");
        assertThat(text(done("GET", "/groups/room 12", ""), "path")).isEqualTo("School/Room 12");
    }

    @Test
    void everyValueSaysWhereItComesFrom() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        done("POST", "/groups", "{'name': 'Room 12'}");
        done("PATCH", "/devices/pc1", "{'group': 'Room 12'}");
        done("PATCH", "/policy/server", "{'menu': 'never', 'max-attempts': 5}");
        done("PATCH", "/policy/group:Room 12", "{'menu': 'hotkey 9', 'after-work': 'power-off'}");
        JsonNode effective = done("GET", "/devices/pc1", "").path("effective");
        assertThat(text(effective, "menu", "value")).isEqualTo("hotkey 9");
        assertThat(text(effective, "menu", "from")).isEqualTo("group 'Room 12'");
        assertThat(text(effective, "max-attempts", "from")).isEqualTo("the server's default");
        done("PATCH", "/policy/group:Room 12", "{\"menu\": null}");
        assertThat(text(done("GET", "/policy/device:pc1", ""), "effective", "menu", "value"))
                .isEqualTo("never");
        isProblem(
                call("PATCH", "/policy/server", "{'menu': 'sometimes'}"),
                422,
                "'menu' is 'sometimes'",
                "hotkey SECONDS");
        isProblem(call("PATCH", "/policy/server", "{'max-atempts': 1}"), 400, "max-atempts", "max-attempts");
        isProblem(call("PATCH", "/policy/room 12", "{'menu': 'never'}"), 422, "is no level", "group:NAME");
    }

    @Test
    void rulesKeepTheirOrderAndTryOutWithoutDoingAnything() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        done("POST", "/rules", "{'name': 'first', 'when': 'always', 'task': {'kind': 'inventory'}}");
        done("POST", "/rules", "{'name': 'second', 'when': 'always', 'task': {'kind': 'inventory'}, 'position': 1}");
        assertThat(text(done("GET", "/rules?level=server", ""), "items", "0", "name"))
                .isEqualTo("second");
        JsonNode explained = done("GET", "/explain/pc1", "").path("rules");
        assertThat(text(explained, "0", "name")).isEqualTo("second");
        assertThat(text(explained, "0", "matches")).isEqualTo("true");
        assertThat(text(explained, "0", "gives")).isEqualTo("true");
        assertThat(text(explained, "1", "gives"))
                .as("the first that matches wins")
                .isEqualTo("false");
        assertThat(text(done("POST", "/rules/test", "{'when': 'always'}"), "match", "0"))
                .isEqualTo("pc1");
        isProblem(
                call("POST", "/rules", "{'name': 'x', 'when': 'modell contains', 'task': {'kind': 'inventory'}}"),
                422,
                "is no condition",
                "docs/policy.md");
        isProblem(
                call("POST", "/rules", "{'name': 'x', 'when': 'always', 'task': {'kind': 'restore', 'image': 'gone'}}"),
                422,
                "there is no image 'gone'",
                "image list");
        assertThat(server.database.policy().book().rules()).hasSize(2);
    }

    @Test
    void workIsGivenToAGroupCancelledAndTriedAgain() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        done("POST", "/groups", "{'name': 'Room 12'}");
        done("PATCH", "/devices/pc1", "{'group': 'Room 12'}");
        JsonNode work = done(
                        "POST",
                        "/work",
                        "{'group': 'Room 12', 'task': {'kind': 'capture', 'image': 'room12'}, 'priority': 5, 'at': '2026-11-23T03:00:00Z'}")
                .path("items")
                .path(0);
        String number = text(work, "work");
        assertThat(text(done("GET", "/work?device=pc1&state=queued", ""), "items", "0", "priority"))
                .isEqualTo("5");
        assertThat(text(done("DELETE", "/work/" + number, ""), "state")).isEqualTo("cancelled");
        isProblem(call("DELETE", "/work/" + number, ""), 409, "has ended already", "");
        assertThat(text(done("POST", "/work/" + number + "/retry", ""), "state"))
                .isEqualTo("queued");
        isProblem(call("POST", "/work", "{'task': {'kind': 'inventory'}}"), 422, "'devices' is missing", "");
        isProblem(call("GET", "/work?state=x", ""), 422, "'state' is 'x'", "one of queued");
        isProblem(call("GET", "/work/99999", ""), 404, "no work 99999", "");
    }

    /** A schedule's next work is held to the disk that is missed; work that somebody gives again is not. */
    @Test
    void workThatIsTriedAgainIsHeldToNoDiskThatIsMissed() throws Exception {
        long pc = server.device("pc1", "52:54:00:00:00:01", "x").id();
        server.database
                .devices()
                .change(
                        pc,
                        known -> known.withFacts(
                                known.facts()
                                        .with(FactName.DISK, "sda 4000787030016 DATA1 WDC WD40")
                                        .with(FactName.MISSED_DISK, "SYS1"),
                                server.now));
        for (String task : List.of("{'kind': 'inventory'}", "{'kind': 'wipe', 'method': 'zeros'}")) {
            done("POST", "/work", "{'devices': ['pc1'], 'task': " + task + "}");
            Work work = server.database.works().current(pc, server.now).orElseThrow();
            server.database
                    .works()
                    .keep(work.pinned(work.task().heldTo(new HeldDisk("SYS1")))
                            .givenUp("there is no disk with the serial number SYS1", server.now));
            assertThat(server.database.devices().find(pc).orElseThrow().facts().first(FactName.MISSED_DISK))
                    .contains("SYS1");
            done("POST", "/work/" + work.id() + "/retry", "");
            done("DELETE", "/work/" + work.id(), "");
        }
        assertThat(server.database.devices().find(pc).orElseThrow().facts().all(FactName.MISSED_DISK))
                .isEmpty();
    }

    @Test
    void scriptsStandAroundWorkRulesSchedulesAndLevels() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        String task =
                "{'kind': 'wipe', 'before': {'name': 'b.sh', 'text': 'echo  b\\n'}, 'after': {'name': 'a.sh', 'text': ''}}";
        JsonNode work = done("POST", "/work", "{'devices': ['pc1'], 'task': " + task + "}")
                .path("items");
        assertThat(text(work, "0", "words")).endsWith(", before it b.sh, after it a.sh");
        assertThat(text(work, "0", "task", "before", "seconds")).isEqualTo("1800");
        assertThat(work.path(0).path("task").path("before").has("text")).isFalse();
        assertThat(text(done("GET", "/audit", ""), "items", "0", "text")).contains("before it b.sh");

        done("POST", "/rules", "{'name': 'first', 'when': 'always', 'task': " + task + "}");
        assertThat(text(done("PATCH", "/rules/1", "{'name': 'second'}"), "task", "before", "text"))
                .isEqualTo("echo  b\n");
        assertThat(done("PATCH", "/rules/1", "{'task': {'kind': 'wipe'}}")
                        .path("task")
                        .has("before"))
                .isFalse();
        String schedule = "{'name': 'nightly', 'cron': '0 3 * * *', 'devices': ['pc1'], 'task': " + task + "}";
        assertThat(text(done("POST", "/schedules", schedule), "task", "before", "name"))
                .isEqualTo("b.sh");

        done("PATCH", "/policy/server", "{'script-after': {'name': 'all.sh', 'text': 'true', 'seconds': 5}}");
        JsonNode effective = done("GET", "/policy/device:pc1", "").path("effective");
        assertThat(text(effective, "script-after", "value", "name")).isEqualTo("all.sh");
        assertThat(text(effective, "script-after", "from")).isEqualTo("the server's default");
        assertThat(text(effective, "script-before", "from")).isEqualTo("the usual value");
    }

    @Test
    void aScriptThatIsTooLongOrStandsAroundAnInventoryIsRefused() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        String body = "{'devices': ['pc1'], 'task': {'kind': '%s', 'before': {'name': 'b.sh', 'text': '%s'%s}}}";
        isProblem(call("POST", "/work", body.formatted("inventory", "true", "")), 400, "task.before", "kind");
        isProblem(
                call("POST", "/work", body.formatted("wipe", "x".repeat(65_537), "")),
                422,
                "the script 'b.sh' has 65537 characters, 65536 are the most",
                "");
        isProblem(
                call("POST", "/work", body.formatted("wipe", "true", ", 'seconds': 0")),
                422,
                "'task.before.seconds' is 0",
                "from 1 to 86400");
    }

    @Test
    void schedulesNeedATimeThatComes() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        String body =
                "{'name': 'nightly', 'cron': '%s', 'zone': 'UTC', 'devices': ['pc1'], 'task': {'kind': 'inventory'}}";
        JsonNode schedule = done("POST", "/schedules", body.formatted("30 3 * * 1-5"));
        assertThat(text(schedule, "next")).isEqualTo("2026-11-23T03:30:00Z");
        isProblem(call("POST", "/schedules", body.formatted("30 3 * *")), 422, "'cron' is '30 3 * *'", "minute hour");
        isProblem(call("POST", "/schedules", body.formatted("0 0 30 2 *")), 422, "'cron' is", "");
        server.now = Instant.parse("2026-11-23T03:30:02Z");
        assertThat(text(done("PATCH", "/schedules/1", "{'name': 'by night'}"), "next"))
                .as("due now, and not taken away by another name")
                .isEqualTo("2026-11-23T03:30:00Z");
        assertThat(text(done("PATCH", "/schedules/1", "{'enabled': false}"), "enabled"))
                .isEqualTo("false");
        assertThat(text(done("PATCH", "/schedules/1", "{'enabled': true}"), "next"))
                .isEqualTo("2026-11-24T03:30:00Z");
    }

    @Test
    void aChangeOfWhatSomebodyElseChangedMeanwhileIsRefused() throws Exception {
        done("POST", "/groups", "{'name': 'Room 12'}");
        String tag =
                call("GET", "/groups/Room 12", "").headers().firstValue("ETag").orElseThrow();
        HttpRequest.Builder request = HttpRequest.newBuilder(server.uri(0, "/groups/Room%2012"))
                .header("Authorization", "Bearer " + ApiServer.LOCAL)
                .header("If-Match", tag)
                .method("PATCH", HttpRequest.BodyPublishers.ofString("{\"name\": \"Room 13\"}"));
        done("PATCH", "/policy/group:Room 12", "{'menu': 'never'}");
        isProblem(server.send(request), 412, "no longer what you saw", "read it again");
    }

    @Test
    void manyDevicesNeedASecondPerson() throws Exception {
        for (int i = 1; i <= 3; i++) {
            server.device("pc" + i, "52:54:00:00:00:0" + i, "x");
        }
        String ann = user("ann", "administrator", "[]");
        String bob = user("bob", "administrator", "[]");
        ApiServer.Reply held = server.as(
                ann,
                "POST",
                "/work",
                "{'devices': ['pc1', 'pc2', 'pc3'], 'task': {'kind': 'wipe', 'method': 'zeros'}}");
        assertThat(held.status()).isEqualTo(202);
        assertThat(server.database.works().list(10)).isEmpty();
        String number = text(held.json(), "confirmation");
        String confirm = "/confirmations/" + number + "/confirm";
        isProblem(server.as(ann, "POST", confirm, ""), 403, "you asked for this yourself", "another person");
        assertThat(server.as(bob, "POST", confirm, "").status()).isEqualTo(200);
        assertThat(server.database.works().list(10))
                .hasSize(3)
                .allMatch(work -> work.terms().createdBy().equals("ann"));
        isProblem(server.as(bob, "POST", confirm, ""), 409, "was confirmed by bob", "");
        JsonNode audit = done("GET", "/audit?action=work", "").path("items");
        assertThat(audit.valueStream().map(entry -> text(entry, "who") + " " + text(entry, "action")))
                .containsExactly("ann work.assign", "bob work.assign.confirmed", "ann work.assign.held");
    }

    @Test
    void aTechnicianIsTheSecondPersonForDevicesOfHisGroupsOnly() throws Exception {
        done("POST", "/groups", "{'name': 'Room 12'}");
        done("POST", "/groups", "{'name': 'Room 13'}");
        for (int i = 1; i <= 6; i++) {
            server.device("pc" + i, "52:54:00:00:00:0" + i, "x");
            done("PATCH", "/devices/pc" + i, "{'group': 'Room " + (i <= 3 ? 12 : 13) + "'}");
        }
        String ann = user("ann", "administrator", "[]");
        String tom = user("tom", "technician", "['Room 12']");
        String wipe = "{'group': 'Room %d', 'task': {'kind': 'wipe', 'method': 'zeros'}}";
        String his = "/confirmations/"
                + text(server.as(ann, "POST", "/work", wipe.formatted(12)).json(), "confirmation");
        String other = "/confirmations/"
                + text(server.as(ann, "POST", "/work", wipe.formatted(13)).json(), "confirmation");

        isProblem(server.as(tom, "POST", other + "/confirm", ""), 403, "not in a group of yours", "administrator");
        isProblem(server.as(tom, "POST", other + "/refuse", ""), 403, "not in a group of yours", "administrator");
        assertThat(server.database.works().open()).isEmpty();
        assertThat(server.as(tom, "POST", his + "/confirm", "").status()).isEqualTo(200);
        assertThat(server.database.works().open()).hasSize(3);
        assertThat(server.as(ann, "POST", other + "/refuse", "").status())
                .as("her own")
                .isEqualTo(200);
    }

    @Test
    void aRuleThatIsChangedWhileItWaitsIsNotWhatWasConfirmed() throws Exception {
        for (int i = 1; i <= 3; i++) {
            server.device("pc" + i, "52:54:00:00:00:0" + i, "x");
        }
        String ann = user("ann", "administrator", "[]");
        String bob = user("bob", "administrator", "[]");
        String rule = "/rules/"
                + text(
                        server.as(
                                        ann,
                                        "POST",
                                        "/rules",
                                        "{'level': 'server', 'name': 'r', 'enabled': false, 'when': 'firmware = bios',"
                                                + " 'task': {'kind': 'wipe', 'method': 'zeros'}}")
                                .json(),
                        "rule");
        ApiServer.Reply held = server.as(ann, "PATCH", rule, "{'enabled': true}");
        assertThat(held.status()).as(held.text()).isEqualTo(202);
        String confirm = "/confirmations/" + text(held.json(), "confirmation") + "/confirm";

        assertThat(server.as(ann, "PATCH", rule, "{'when': 'always'}").status()).isEqualTo(200);
        isProblem(server.as(bob, "POST", confirm, ""), 409, "changed since it was asked for", "anew");
        assertThat(server.as(ann, "PATCH", rule, "{'when': 'firmware = bios'}").status())
                .isEqualTo(200);
        assertThat(server.as(bob, "POST", confirm, "").status()).isEqualTo(200);
    }

    @Test
    void whoHasNotSignedInHasNothingLongToSay() throws Exception {
        isProblem(
                server.as("", "POST", "/sign-in", "{'name': 'ann', 'password': '" + "x".repeat(70_000) + "'}"),
                400,
                "more than 64 KiB",
                "");
    }

    @Test
    void whatASecondPersonConfirmsIsDoneForThoseDevicesAndNoOthers() throws Exception {
        done("POST", "/groups", "{'name': 'Room 12'}");
        for (int i = 1; i <= 4; i++) {
            server.device("pc" + i, "52:54:00:00:00:0" + i, "x");
            if (i < 4) {
                done("PATCH", "/devices/pc" + i, "{'group': 'Room 12'}");
            }
        }
        String ann = user("ann", "administrator", "[]");
        String bob = user("bob", "administrator", "[]");
        ApiServer.Reply held =
                server.as(ann, "POST", "/work", "{'group': 'Room 12', 'task': {'kind': 'wipe', 'method': 'zeros'}}");
        assertThat(held.status()).isEqualTo(202);
        String confirm = "/confirmations/" + text(held.json(), "confirmation") + "/confirm";

        done("PATCH", "/devices/pc4", "{'group': 'Room 12'}");
        isProblem(server.as(bob, "POST", confirm, ""), 409, "1 other device has come", "ask for it anew");
        assertThat(server.database.works().open()).isEmpty();
        done("PATCH", "/devices/pc4", "{'group': ''}");
        done("PATCH", "/devices/pc3", "{'group': ''}");

        assertThat(server.as(bob, "POST", confirm, "").status())
                .as("it is held until it can be done")
                .isEqualTo(200);
        assertThat(server.database.works().open()).hasSize(2);
    }

    @Test
    void aTechnicianReachesHisGroupsAndAViewerNothing() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        server.device("pc2", "52:54:00:00:00:02", "x");
        done("POST", "/groups", "{'name': 'School'}");
        done("POST", "/groups", "{'name': 'Room 12', 'parent': 'School'}");
        done("PATCH", "/devices/pc1", "{'group': 'Room 12'}");
        String tom = user("tom", "technician", "['School']");
        String vera = user("vera", "viewer", "[]");
        String inventory = "{'devices': ['%s'], 'task': {'kind': 'inventory'}}";
        assertThat(server.as(tom, "POST", "/work", inventory.formatted("pc1")).status())
                .isEqualTo(201);
        isProblem(
                server.as(tom, "POST", "/work", inventory.formatted("pc2")),
                403,
                "not in a group of yours",
                "administrator");
        isProblem(server.as(tom, "PATCH", "/policy/server", "{'menu': 'never'}"), 403, "not yours", "");
        isProblem(server.as(tom, "GET", "/users", ""), 403, "a technician may not", "administrator");
        assertThat(server.as(vera, "GET", "/devices/pc2", "").status()).isEqualTo(200);
        isProblem(server.as(vera, "POST", "/work", inventory.formatted("pc1")), 403, "a viewer may not", "technician");
        assertThat(server.as(tom, "DELETE", "/session", "").status()).isEqualTo(204);
        isProblem(server.as(tom, "GET", "/devices", ""), 401, "over", "");
    }

    @Test
    void aTokenIsToldOnceAndCanBeTakenBack() throws Exception {
        String ann = user("ann", "viewer", "[]");
        JsonNode token = server.as(ann, "POST", "/tokens", "{'name': 'monitoring', 'days': 30}")
                .json();
        String secret = text(token, "secret");
        assertThat(text(server.as(secret, "GET", "/session", "").json(), "name"))
                .isEqualTo("ann");
        assertThat(server.as(ann, "GET", "/tokens", "").text())
                .contains("monitoring")
                .doesNotContain(secret);
        isProblem(server.as(ann, "POST", "/tokens", "{'name': 'x', 'user': 'nobody'}"), 422, "nobody", "user list");
        assertThat(server.as(secret, "DELETE", "/tokens/" + text(token, "token"), "")
                        .status())
                .isEqualTo(204);
        isProblem(server.as(secret, "GET", "/session", ""), 401, "", "");
        assertThat(text(done("GET", "/audit?who=ann", ""), "items", "0", "action"))
                .isEqualTo("token.remove");
    }

    @Test
    void whatAnotherSiteMakesABrowserSendIsRefusedAlsoBehindAProxyThatHasAnAuthorizationOfItsOwn() throws Exception {
        String ann = user("ann", "administrator", "[]");
        isProblem(server.send(fromBrowser(ann, "cross-site")), 403, "", "");
        isProblem(
                server.send(fromBrowser(ann, "cross-site").header("Authorization", "Basic cHJveHk6cHJveHk=")),
                403,
                "",
                "");
        assertThat(server.send(fromBrowser(ann, "same-origin").header("Authorization", "Basic cHJveHk6cHJveHk="))
                        .status())
                .isEqualTo(201);
    }

    private HttpRequest.Builder fromBrowser(String session, String site) {
        return HttpRequest.newBuilder(server.uri(1, "/groups"))
                .header("Cookie", ApiPort.SESSION_COOKIE + "=" + session)
                .header("Sec-Fetch-Site", site)
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\": \"x\"}"));
    }

    @Test
    void aTokenMakesNoPersonAndNoFurtherToken() throws Exception {
        String vera = user("vera", "viewer", "[]");
        String secret = text(
                server.as(vera, "POST", "/tokens", "{'name': 'monitoring', 'days': 30}")
                        .json(),
                "secret");
        isProblem(
                server.as(secret, "POST", "/tokens", "{'name': 'another', 'days': 0}"),
                403,
                "token makes no",
                "sign in");
        isProblem(
                server.as(
                        secret, "PUT", "/session/password", "{'former': 'long enough', 'password': 'the finders own'}"),
                403,
                "token",
                "sign in");
        assertThat(server.as(vera, "GET", "/session", "").status()).isEqualTo(200);
    }

    @Test
    void anAdministratorsTokenMakesNoPersonEither() throws Exception {
        String ann = user("ann", "administrator", "[]");
        user("vera", "viewer", "[]");
        String secret = text(
                server.as(ann, "POST", "/tokens", "{'name': 'roll-out', 'days': 30}")
                        .json(),
                "secret");
        String[][] persons = {
            {"PATCH", "/users/ann", "{'password': 'the finders own'}"},
            {"PATCH", "/users/vera", "{'password': 'the finders own'}"},
            {"PATCH", "/users/vera", "{'role': 'administrator'}"},
            {"POST", "/users", "{'name': 'x', 'role': 'viewer', 'password': 'the finders own'}"},
            {"POST", "/users", "{'name': 'x', 'role': 'administrator', 'password': 'the finders own'}"},
        };
        for (String[] each : persons) {
            isProblem(server.as(secret, each[0], each[1], each[2]), 403, "a token is a program's", "sign in");
        }
        assertThat(server.as(secret, "PATCH", "/users/vera", "{'fullName': 'Vera V.'}")
                        .status())
                .isEqualTo(200);
        assertThat(server.as(secret, "POST", "/users", "{'name': 'site-b', 'role': 'peer'}")
                        .status())
                .isEqualTo(201);
    }

    @Test
    void anAdministratorsOwnPasswordWantsTheFormerOneToo() throws Exception {
        String ann = user("ann", "administrator", "[]");
        user("bob", "administrator", "[]");
        isProblem(
                server.as(ann, "PATCH", "/users/ann", "{'password': 'a new long one'}"),
                403,
                "wants the former one",
                "firstlight user password ann");
        assertThat(server.as(ann, "PATCH", "/users/bob", "{'password': 'a new long one'}")
                        .status())
                .isEqualTo(200);
        assertThat(server.as(ann, "PUT", "/session/password", "{'former': 'long enough', 'password': 'a new long one'}")
                        .status())
                .isEqualTo(204);
    }

    @Test
    void aNameThatTheAuditHasForSomethingElseIsRefusedInItsWords() throws Exception {
        isProblem(
                call("POST", "/users", "{'name': 'server', 'role': 'viewer', 'password': 'long enough'}"),
                422,
                "'name' is 'server'",
                "another: audit and images' histories call the host's command line, the server and the engines so");
    }

    @Test
    void onesOwnPasswordWantsTheFormerOneAndGuessingItIsSlowedDown() throws Exception {
        String vera = user("vera", "viewer", "[]");
        String change = "{'former': '%s', 'password': 'a new long one'}";
        for (int i = 0; i < 5; i++) {
            isProblem(server.as(vera, "PUT", "/session/password", change.formatted("guess " + i)), 401, "wrong", "");
        }
        isProblem(server.as(vera, "PUT", "/session/password", change.formatted("long enough")), 429, "too many", "");
        server.now = server.now.plusSeconds(11);
        assertThat(server.as(vera, "PUT", "/session/password", change.formatted("long enough"))
                        .status())
                .isEqualTo(204);
        assertThat(server.as("", "POST", "/sign-in", "{'name': 'vera', 'password': 'a new long one'}")
                        .status())
                .isEqualTo(200);
    }

    @Test
    void whomADirectoryKnowsHasNoTokenForEver() throws Exception {
        server.database
                .accounts()
                .add(new User(0, "lena", "", User.Origin.LDAP, Role.TECHNICIAN, Set.of(), "", true, server.now));
        isProblem(call("POST", "/tokens", "{'name': 'x', 'user': 'lena', 'days': 0}"), 422, "'days' is 0", "directory");
        done("POST", "/tokens", "{'name': 'x', 'user': 'lena', 'days': 30}");
    }

    @Test
    void aPersonWhoIsCalledLocalIsNotTheCommandLine() throws Exception {
        for (int i = 1; i <= 3; i++) {
            server.device("pc" + i, "52:54:00:00:00:0" + i, "x");
        }
        isProblem(
                call("POST", "/users", "{'name': 'Local', 'role': 'viewer', 'password': 'long enough'}"),
                422,
                "'Local'",
                "");
        server.database // made by an older version
                .accounts()
                .add(new User(
                        0,
                        "local",
                        "",
                        User.Origin.LOCAL,
                        Role.ADMINISTRATOR,
                        Set.of(),
                        Passwords.hash("long enough"),
                        true,
                        server.now));
        String local = text(
                server.as("", "POST", "/sign-in", "{'name': 'local', 'password': 'long enough'}")
                        .json(),
                "secret");
        String wipe = "{'devices': ['pc1', 'pc2', 'pc3'], 'task': {'kind': 'wipe', 'method': 'zeros'}}";
        String held =
                "/confirmations/" + text(server.as(local, "POST", "/work", wipe).json(), "confirmation");
        isProblem(server.as(local, "POST", held + "/confirm", ""), 403, "yourself", "");
        assertThat(call("POST", held + "/confirm", "").status()).isEqualTo(200);
    }

    @Test
    void aScheduleThatWaitedIsForTheDevicesThatWereConfirmed() throws Exception {
        for (int i = 1; i <= 4; i++) {
            server.device("pc" + i, "52:54:00:00:00:0" + i, "x");
        }
        String ann = user("ann", "administrator", "[]");
        String bob = user("bob", "administrator", "[]");
        ApiServer.Reply held = server.as(
                ann,
                "POST",
                "/schedules",
                "{'name': 's', 'cron': '0 3 * * *', 'devices': ['pc1', 'pc2', 'pc3'], 'task': {'kind': 'wipe', 'method': 'zeros'}}");
        assertThat(held.status()).as(held.text()).isEqualTo(202);
        done("PATCH", "/devices/pc3", "{'name': 'old'}");
        done("PATCH", "/devices/pc4", "{'name': 'pc3'}");
        String confirm = "/confirmations/" + text(held.json(), "confirmation") + "/confirm";
        isProblem(server.as(bob, "POST", confirm, ""), 409, "1 other device has come", "ask for it anew");
        assertThat(server.database.schedules().all()).isEmpty();
    }

    @Test
    void alarmsAreTakenBackByWhoReachesTheDevice() throws Exception {
        long one = server.device("pc1", "52:54:00:00:00:01", "x").id();
        long two = server.device("pc2", "52:54:00:00:00:02", "x").id();
        done("POST", "/groups", "{'name': 'Room 12'}");
        done("PATCH", "/devices/pc1", "{'group': 'Room 12'}");
        String tom = user("tom", "technician", "['Room 12']");
        for (long device : new long[] {one, two, 0}) {
            server.database.alarms().raise(device, "look at it", server.now);
        }
        Map<Long, Long> alarms = server.database.alarms().open(10).stream()
                .collect(Collectors.toMap(alarm -> alarm.device(), alarm -> alarm.id()));
        assertThat(server.as(tom, "DELETE", "/alarms/" + alarms.get(one), "").status())
                .isEqualTo(204);
        isProblem(server.as(tom, "DELETE", "/alarms/" + alarms.get(two), ""), 403, "not in a group of yours", "");
        isProblem(server.as(tom, "DELETE", "/alarms/" + alarms.get(0L), ""), 403, "the server's own", "administrator");
        assertThat(server.database.alarms().open(10)).hasSize(2);
        done("DELETE", "/alarms/" + alarms.get(0L), "");
        assertThat(done("GET", "/audit?device=pc1", "").toString())
                .as("who looks for what happened to the device")
                .contains("\"who\":\"tom\"", "alarm " + alarms.get(one) + ": look at it");
    }

    @Test
    void aTechnicianCapturesIntoHisOwnImagesAndNewOnesAlone() throws Exception {
        long one = server.device("pc1", "52:54:00:00:00:01", "x").id();
        long two = server.device("pc2", "52:54:00:00:00:02", "x").id();
        done("POST", "/groups", "{'name': 'Room 12'}");
        done("PATCH", "/devices/pc1", "{'group': 'Room 12'}");
        String tom = user("tom", "technician", "['Room 12']");
        server.image("win11");
        server.image("room12");
        String capture = "{'devices': ['pc1'], 'task': {'kind': 'capture', 'image': '%s'}}";
        isProblem(
                server.as(tom, "POST", "/work", capture.formatted("win11")),
                403,
                "no version of 'win11' was captured from a device of yours",
                "another name");
        isProblem(server.as(tom, "PATCH", "/images/win11/1", "{'tag': 'golden'}"), 403, "from a device of yours", "");
        captured(two, "win11");
        captured(one, "room12");
        assertThat(server.as(tom, "POST", "/work", capture.formatted("win11")).status())
                .as("of another room's")
                .isEqualTo(403);
        assertThat(server.as(tom, "POST", "/work", capture.formatted("room12")).status())
                .isEqualTo(201);
        assertThat(server.as(tom, "PATCH", "/images/room12/1", "{'tag': 'golden'}")
                        .status())
                .isEqualTo(200);
        assertThat(server.as(tom, "POST", "/work", capture.formatted("new")).status())
                .isEqualTo(201);
        assertThat(call("POST", "/work", capture.formatted("win11")).status()).isEqualTo(201);
    }

    @Test
    void anImageOfATechnicianWhoWasRemovedIsNotThatOfANewOneOfHisName() throws Exception {
        long one = server.device("pc1", "52:54:00:00:00:01", "x").id();
        server.device("pc2", "52:54:00:00:00:02", "x");
        done("POST", "/groups", "{'name': 'Room 12'}");
        done("PATCH", "/devices/pc2", "{'group': 'Room 12'}");
        String tom = user("tom", "technician", "['Room 12']");
        server.image("room12");
        captured(one, "room12", "tom");
        String capture = "{'devices': ['pc2'], 'task': {'kind': 'capture', 'image': 'room12'}}";
        assertThat(server.as(tom, "POST", "/work", capture).status()).isEqualTo(201);

        server.now = server.now.plusSeconds(1);
        done("DELETE", "/users/tom", "");
        tom = user("tom", "technician", "['Room 12']");
        isProblem(server.as(tom, "POST", "/work", capture), 403, "no version of 'room12' was captured", "another name");
    }

    @Test
    void anImageIsHisWhoMadeAVersionOfItAndNobodysWhereOthersAreAboutTo() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        server.device("pc2", "52:54:00:00:00:02", "x");
        done("POST", "/groups", "{'name': 'Room 12'}");
        done("PATCH", "/devices/pc1", "{'group': 'Room 12'}");
        String tom = user("tom", "technician", "['Room 12']");
        String capture = "{'devices': ['%s'], 'task': {'kind': 'capture', 'image': '%s'}}";
        done("POST", "/work", capture.formatted("pc2", "win12"));
        isProblem(
                server.as(tom, "POST", "/work", capture.formatted("pc1", "win12")),
                403,
                "'win12' is about to be captured from a device that is not in a group of yours",
                "another name");
        server.image("lab7");
        server.image("old");
        server.images.change(version("lab7"), notes -> notes.and(server.now, "tom", "captured: work 7 (capture lab7)"));
        assertThat(server.as(tom, "POST", "/work", capture.formatted("pc1", "lab7"))
                        .status())
                .as("its work failed behind that, or its PC is gone")
                .isEqualTo(201);
        done("DELETE", "/images/old/1", "");
        isProblem(
                server.as(tom, "POST", "/work", capture.formatted("pc1", "old")),
                403,
                "no version of 'old' was captured from a device of yours",
                "another name");
    }

    private ImageVersion version(String image) throws IOException {
        return server.images.find(new ImageName(image), 1).orElseThrow();
    }

    private void captured(long device, String image) {
        captured(device, image, "admin");
    }

    private void captured(long device, String image, String by) {
        Work work =
                server.database.works().create(device, new Task.Capture(image, List.of()), Terms.by(by), server.now);
        server.database.works().keep(work.done("captured", server.now));
    }

    @Test
    void aSecondPersonSeesAllThatWasAskedFor() throws Exception {
        for (int i = 1; i <= 3; i++) {
            server.device("pc" + i, "52:54:00:00:00:0" + i, "x");
        }
        String ann = user("ann", "administrator", "[]");
        String bob = user("bob", "administrator", "[]");
        ApiServer.Reply held = server.as(
                ann,
                "PATCH",
                "/policy/server",
                "{'kernel-arguments': 'quiet', 'script-before': {'name': 'check.sh', 'text': 'wipefs -a /dev/sda', 'seconds': 60}}");
        assertThat(held.status()).as(held.text()).isEqualTo(202);
        ApiServer.Reply seen = server.as(bob, "GET", "/confirmations/" + text(held.json(), "confirmation"), "");
        assertThat(seen.status()).as(seen.text()).isEqualTo(200);
        assertThat(text(seen.json(), "request", "method")).isEqualTo("PATCH");
        assertThat(text(seen.json(), "request", "path")).isEqualTo("/policy/server");
        assertThat(text(seen.json(), "request", "body", "script-before", "text"))
                .isEqualTo("wipefs -a /dev/sda");
        assertThat(text(seen.json(), "request", "body", "kernel-arguments")).isEqualTo("quiet");
        isProblem(server.as(bob, "GET", "/confirmations/99", ""), 404, "no confirmation 99", "");
    }

    @Test
    void theLastAdministratorStays() throws Exception {
        user("ann", "administrator", "[]");
        isProblem(call("DELETE", "/users/ann", ""), 409, "the last administrator", "somebody else");
        isProblem(call("PATCH", "/users/ann", "{'enabled': false}"), 409, "the last administrator", "");
        assertThat(text(done("PATCH", "/users/ann", "{'fullName': 'Ann A.'}"), "fullName"))
                .isEqualTo("Ann A.");
        assertThat(text(done("PATCH", "/users/ann", "{'fullName': ''}"), "fullName"))
                .isEmpty();
        isProblem(
                call("POST", "/users", "{'name': 'x', 'role': 'viewer', 'password': 'short'}"),
                422,
                "5 characters",
                "10 to 200");
    }

    @Test
    void anImportNamesWhatHasNoNameAsItsGroupSays() throws Exception {
        done("POST", "/groups", "{'name': 'Room 12'}");
        done("PATCH", "/policy/group:Room 12", "{'naming': 'room12-{serial}'}");
        done("POST", "/devices.csv", "mac,serial,group\n52:54:00:00:00:01,S1,Room 12\n52:54:00:00:00:02,S2,\n");
        assertThat(server.database.devices().all().stream().map(device -> device.name()))
                .containsExactlyInAnyOrder("room12-S1", "pc-525400000002");
    }

    @Test
    void anImportIsDoneWholeOrNotAtAll() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        done("POST", "/groups", "{'name': 'Room 12'}");
        String good =
                "name;mac;group;note\r\nROOM12-1;52:54:00:00:00:01;Room 12;\"says \"\"beep\"\"\"\r\nROOM12-2;52-54-00-00-00-02;;\r\n";
        assertThat(text(done("POST", "/devices.csv?dry-run=true", good), "new")).isEqualTo("1");
        assertThat(server.database.devices().all()).hasSize(1);
        JsonNode done = done("POST", "/devices.csv", good);
        assertThat(text(done, "changed")).isEqualTo("1");
        assertThat(call("GET", "/devices.csv", "").text())
                .contains("ROOM12-1,Room 12,52:54:00:00:00:01,,,,\"says \"\"beep\"\"\",registered");
        ApiServer.Reply bad = call(
                "POST", "/devices.csv", "name,mac\nROOM12-3,52:54:00:00:00:03\nroom12-1,52:54:00:00:00:02\nx y,zz\n");
        isProblem(bad, 422, "nothing was imported", "");
        assertThat(bad.json().path("detail").stringValue())
                .contains("line 3: another device is named 'room12-1'", "line 4: 'zz' is no MAC address");
        isProblem(call("POST", "/devices.csv", "nam,mac\n"), 400, "unknown column 'nam'", "did you mean 'name'?");
        assertThat(server.database.devices().all()).hasSize(2);
        JsonNode again =
                done("POST", "/devices.csv", call("GET", "/devices.csv", "").text());
        assertThat(text(again, "new")).isEqualTo("0");
        assertThat(text(again, "changed")).isEqualTo("0");
        assertThat(text(again, "unchanged")).isEqualTo("2");
        assertThat(again.path("passedOver").valueStream().map(JsonNode::stringValue))
                .containsExactly("registration", "manufacturer", "model", "image", "last-seen");
    }

    @Test
    void whatIsExportedOfTwoPcsThatUseOneDockIsImported() throws Exception {
        String two = "name,mac,serial\npc1,52:54:00:00:00:01 00:e0:4c:00:00:09,\npc2,00:e0:4c:00:00:09,S2\n";
        assertThat(text(done("POST", "/devices.csv", two), "new")).isEqualTo("2");
        assertThat(text(done("POST", "/devices.csv", two), "unchanged")).isEqualTo("2");
        String csv = call("GET", "/devices.csv", "").text();
        assertThat(text(done("POST", "/devices.csv", csv), "unchanged")).isEqualTo("2");
        // One of them alone, of whom the other is told by nothing but the dock.
        assertThat(text(done("POST", "/devices.csv", "name,mac,serial\npc9,00:e0:4c:00:00:09,S2\n"), "changed"))
                .isEqualTo("1");
        isProblem(
                call("POST", "/devices.csv", "name,mac\npc7,00:e0:4c:00:00:09\n"),
                422,
                "line 2: '00:e0:4c:00:00:09' could be pc1 or pc9",
                "");
        ApiServer.Reply twice =
                call("POST", "/devices.csv", "name,mac\npc5,52:54:00:00:00:05\npc6,52:54:00:00:00:05\n");
        isProblem(twice, 422, "line 3: MAC 52:54:00:00:00:05 is in line 2 too", "");
        assertThat(server.database.devices().all().stream().map(device -> device.name()))
                .containsExactly("pc1", "pc9");
    }

    private void patchAtOnce(String path, String one, String another) throws Exception {
        atOnce(() -> done("PATCH", path, one), () -> done("PATCH", path, another));
    }

    /** Neither waits for the other. */
    private static void atOnce(Callable<JsonNode> one, Callable<JsonNode> another) throws Exception {
        FutureTask<JsonNode> other = new FutureTask<>(another);
        Thread.ofVirtual().start(other);
        one.call();
        other.get();
    }

    @Test
    void twoWhoShareDifferentAdaptersAtOnceBothHaveThem() throws Exception {
        for (int round = 10; round < 40; round++) {
            String one = "/shared-adapters/52:54:00:00:01:" + round;
            String another = "/shared-adapters/52:54:00:00:02:" + round;
            atOnce(() -> done("PUT", one, ""), () -> done("PUT", another, ""));
            assertThat(done("GET", "/shared-adapters", "").path("items")).hasSize(2 * (round - 9));
        }
    }

    @Test
    void twoWhoSetDifferentValuesOfAGroupAtOnceBothHaveThem() throws Exception {
        done("POST", "/groups", "{'name': 'Room 12'}");
        String path = "/policy/group:Room 12";
        for (int round = 1; round <= 20; round++) {
            String naming = "room" + round + "-{serial}";
            patchAtOnce(path, "{'max-attempts': " + round + "}", "{'naming': '" + naming + "'}");
            JsonNode values = done("GET", path, "").path("values");
            assertThat(text(values, "naming")).isEqualTo(naming);
            assertThat(text(values, "max-attempts")).isEqualTo(Integer.toString(round));
        }
    }

    @Test
    void twoWhoChangeDifferentThingsOfADeviceAtOnceBothHaveThem() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        done("POST", "/groups", "{'name': 'Room 0'}");
        done("POST", "/groups", "{'name': 'Room 1'}");
        for (int round = 1; round <= 20; round++) {
            String group = "Room " + round % 2;
            patchAtOnce("/devices/pc1", "{'note': 'round " + round + "'}", "{'group': '" + group + "'}");
            JsonNode device = done("GET", "/devices/pc1", "");
            assertThat(text(device, "note")).isEqualTo("round " + round);
            assertThat(text(device, "group")).isEqualTo(group);
        }
    }

    @Test
    void anImportKnowsAPcByItsSerialNumberOrUuidToo() throws Exception {
        done("POST", "/devices.csv", "mac,serial,uuid\n52:54:00:00:00:01,S1,4c4c4544-0042-3510-8052-b4c04f4e4d31\n");
        JsonNode done = done("POST", "/devices.csv", "name,serial\nROOM12-1,s1\n,\n");
        assertThat(text(done, "new")).isEqualTo("0");
        assertThat(text(done, "changed")).isEqualTo("1");
        done("POST", "/devices.csv", "mac,uuid\n52:54:00:00:00:09,4C4C4544-0042-3510-8052-B4C04F4E4D31\n");
        assertThat(server.database.devices().all().stream().map(device -> device.name()))
                .containsExactly("ROOM12-1");
        ApiServer.Reply twice = call(
                "POST",
                "/devices.csv",
                "name,mac,serial\nROOM12-1,52:54:00:00:00:01,\nROOM12-2,52:54:00:00:00:09,\nROOM12-3,,S1\n");
        isProblem(twice, 422, "line 3: this is the device 'ROOM12-1', as in line 2", "");
        assertThat(twice.json().path("detail").stringValue()).contains("line 4: this is the device");
    }

    @Test
    void whatAPcSaysOfItselfIsNoFormulaOfASpreadsheet() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "=HYPERLINK(\"http://evil/\")");
        done("PATCH", "/devices/pc1", "{'note': '-1 key'}");
        String csv = call("GET", "/devices.csv", "").text();
        assertThat(csv).contains("\"'=HYPERLINK(\"\"http://evil/\"\")\"", ",'-1 key,");
        done("POST", "/devices.csv", csv);
        assertThat(text(done("GET", "/devices/pc1", ""), "note")).isEqualTo("-1 key");
    }

    @Test
    void anImportInAnotherEncodingIsRefusedNotTakenWithItsUmlautsLost() throws Exception {
        byte[] latin = "mac,note\n52:54:00:00:00:01,B\u00fcro\n".getBytes(StandardCharsets.ISO_8859_1);
        ApiServer.Reply reply = server.send(HttpRequest.newBuilder(server.uri(0, "/devices.csv"))
                .header("Authorization", "Bearer " + ApiServer.LOCAL)
                .POST(HttpRequest.BodyPublishers.ofByteArray(latin)));
        isProblem(reply, 400, "not in UTF-8", "CSV UTF-8");
        assertThat(server.database.devices().all()).isEmpty();
    }

    @Test
    void theRestAnswersAsTheDocumentSays() throws Exception {
        server.device("pc1", "52:54:00:00:00:01", "x");
        for (String path : new String[] {
            "/images",
            "/transactions",
            "/events",
            "/questions",
            "/alarms",
            "/confirmations",
            "/shared-adapters",
            "/schedules",
            "/explain/pc1",
            "/sign-in",
            "/session"
        }) {
            done("GET", path, "");
        }
        JsonNode explained = done("GET", "/explain/pc1", "");
        assertThat(text(explained, "effective", "menu", "from")).isNotEmpty();
        done("PUT", "/shared-adapters/52:54:00:AA:00:01", "");
        assertThat(text(done("GET", "/shared-adapters", ""), "items", "0")).isEqualToIgnoringCase("52:54:00:aa:00:01");
        done("DELETE", "/shared-adapters/52:54:00:aa:00:01", "");
        isProblem(call("GET", "/sign-in/oidc", ""), 501, "no OpenID provider", "access.oidc");
        isProblem(
                call("GET", "/sign-in/oidc/callback?code=c&state=s&client_info=x&whatever=y", ""),
                501,
                "no OpenID provider",
                "access.oidc");
        isProblem(call("GET", "/transactions/7", ""), 404, "no transaction 7", "");
    }
}
