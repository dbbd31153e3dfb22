package firstlight.server.api;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.policy.access.Confirmation;
import firstlight.policy.access.Role;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.server.access.AccessSettings;
import firstlight.server.access.LdapSettings;
import firstlight.server.access.RoleMapping;
import firstlight.server.cli.DeviceCommand;
import firstlight.server.cli.ExplainCommand;
import firstlight.server.cli.GroupCommand;
import firstlight.server.cli.PolicyCommand;
import firstlight.server.cli.RuleCommand;
import firstlight.server.cli.UserCommand;
import firstlight.server.cli.WorkCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Commands as a person types them, against a started server. */
class CommandsTest {
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

    private int run(Object command, String... words) {
        Typed typed = Typed.run(directory, command, words);
        out = typed.out();
        err = typed.err();
        return typed.status();
    }

    @Test
    void severalDevicesGoIntoAGroupAtOnce() throws Exception {
        server.call("POST", "/groups", "{'name': 'Room 12'}");
        assertThat(run(new DeviceCommand(), "group", "pc1,pc2", "Room 12")).isZero();
        assertThat(out.lines()).containsExactly("pc1 is in group Room 12", "pc2 is in group Room 12");
        assertThat(run(new DeviceCommand(), "group", "pc1, nobody", "Room 12")).isEqualTo(1);
        assertThat(err).contains("there is no device 'nobody'");
    }

    @Test
    void whoNamesAVersionAsElsewhereIsToldHowItIsWrittenHere() throws Exception {
        server.image("room12");
        assertThat(run(new WorkCommand(), "restore", "pc1", "room12@1")).isEqualTo(1);
        assertThat(err).contains("'room12@1' is no image's name", "write room12 --version 1");
        assertThat(run(new WorkCommand(), "restore", "pc1", "room12@golden")).isEqualTo(1);
        assertThat(err).contains("--version N, with the number of 'golden'");
        assertThat(run(new RuleCommand(), "add", "r", "always", "--restore", "room12@1"))
                .isEqualTo(1);
        assertThat(err).contains("write room12 --version 1");
        assertThat(run(new WorkCommand(), "restore", "pc1", "room12", "--version", "1"))
                .as(err)
                .isZero();
    }

    @Test
    void whoWasLimitedToAGroupThatIsDeletedIsNamed() throws Exception {
        for (String group : List.of("Room 12", "Room 13")) {
            server.call("POST", "/groups", "{'name': '" + group + "'}");
        }
        String user = "{'role': 'technician', 'password': 'long enough', 'name': '";
        server.call("POST", "/users", user + "tom', 'groups': ['Room 12']}");
        server.call("POST", "/users", user + "ann', 'groups': ['Room 12', 'Room 13']}");
        assertThat(run(new GroupCommand(), "delete", "room 12")).as(err).isZero();
        assertThat(out).isEqualToIgnoringNewLines("group room 12 is removed");
        assertThat(err)
                .isEqualToIgnoringNewLines(
                        "firstlight: technician 'tom' reaches no device any more: firstlight user role tom technician --group GROUP");
        assertThat(run(new GroupCommand(), "delete", "Room 13")).as(err).isZero();
        assertThat(err).contains("technician 'ann' reaches").doesNotContain("tom");
    }

    @Test
    void onesOwnPasswordIsChangedWithTheFormerOne() throws Exception {
        for (String name : List.of("ann", "bob")) {
            server.call(
                    "POST", "/users", "{'name': '" + name + "', 'role': 'administrator', 'password': 'long enough'}");
        }
        ApiServer.Reply signedIn = server.as("", "POST", "/sign-in", "{'name': 'ann', 'password': 'long enough'}");
        Path former = Files.writeString(directory.resolve("former"), "long enough");
        Path fresh = Files.writeString(directory.resolve("fresh"), "a new long one");
        Files.writeString(
                directory.resolve("api-token"), signedIn.json().path("secret").stringValue());
        String file = fresh.toString();
        assertThat(run(new UserCommand(), "password", "bob", "--password-file", file))
                .isZero();
        assertThat(run(
                        new UserCommand(),
                        "password",
                        "ann",
                        "--password-file",
                        file,
                        "--former-file",
                        former.toString()))
                .isZero();
        assertThat(out).isEqualToIgnoringNewLines("ann has a new password, and is to sign in again");
        for (String name : List.of("ann", "bob")) {
            assertThat(server.as("", "POST", "/sign-in", "{'name': '" + name + "', 'password': 'a new long one'}")
                            .status())
                    .as(name)
                    .isEqualTo(200);
        }
    }

    @Test
    void workOfAGroupIsFoundBehindThousandsOfOthers() throws Exception {
        server.call("POST", "/groups", "{'name': 'Room 12'}");
        run(new DeviceCommand(), "group", "pc1", "Room 12");
        run(new WorkCommand(), "inventory", "pc1");
        long other = server.database.devices().find("pc2").getFirst().id();
        server.database
                .works()
                .create(
                        Collections.nCopies(10_000, other),
                        new Task.Inventory(),
                        Terms.by("anna"),
                        Instant.parse("2026-11-22T10:00:00Z"));

        assertThat(run(new WorkCommand(), "cancel", "group:Room 12")).as(err).isZero();
        assertThat(out.lines()).hasSize(1);
    }

    @Test
    void workOfAWholeGroupIsTakenBackAtOnce() throws Exception {
        server.call("POST", "/groups", "{'name': 'Room 12'}");
        server.device("pc3", "52:54:00:00:00:03", "x");
        run(new DeviceCommand(), "group", "pc1,pc2", "Room 12");
        run(new WorkCommand(), "inventory", "pc1,pc2,pc3");

        assertThat(run(new WorkCommand(), "cancel", "group:Room 12")).isZero();
        assertThat(out.lines()).hasSize(2);
        assertThat(server.database.works().open()).hasSize(1);
        assertThat(run(new WorkCommand(), "cancel", "group:Room 12")).isEqualTo(1);
        assertThat(err).contains("no device of 'group:Room 12' has work");
        assertThat(run(new WorkCommand(), "cancel", "1,2,3"))
                .as("what has ended does not keep the rest")
                .isEqualTo(1);
        assertThat(err).contains("2 of 3 were not cancelled");
        assertThat(server.database.works().open()).isEmpty();
    }

    @Test
    void whoRemovesARuleOrAGroupIsToldWhatWorkWentWithIt() throws Exception {
        server.call("POST", "/groups", "{'name': 'Room 12'}");
        for (String level : List.of("server", "group:Room 12")) {
            server.done(
                    "POST",
                    "/rules",
                    "{'name': 'r', 'when': 'always', 'task': {'kind': 'inventory'}, 'level': '" + level + "'}");
        }
        long device = server.database.devices().find("pc1").getFirst().id();
        long other = server.database.devices().find("pc2").getFirst().id();
        Instant now = Instant.parse("2026-11-22T10:00:00Z");
        for (int rule : List.of(1, 2)) {
            server.database
                    .works()
                    .create(
                            rule == 1 ? List.of(device) : List.of(device, other),
                            new Task.Inventory(),
                            Terms.by("rule").ofRule(rule),
                            now);
        }
        assertThat(run(new RuleCommand(), "delete", "1", "--yes")).as(err).isZero();
        assertThat(out.lines())
                .first()
                .isEqualTo("rule 1 is removed; taken back, since no PC has begun it: 1 work of it");
        assertThat(run(new GroupCommand(), "delete", "Room 12")).as(err).isZero();
        assertThat(out.lines())
                .first()
                .isEqualTo("group Room 12 is removed; taken back, since no PC has begun it: 2 works of its rules");
    }

    /** Whoever a directory puts into it reaches nothing after the next sign-in, which only the log would say. */
    @Test
    void whoRenamesOrRemovesAGroupThatTheConfigurationNamesIsToldSo() throws Exception {
        RoleMapping roles = new RoleMapping(
                List.of(new RoleMapping.Row("cn=it,dc=school", Role.TECHNICIAN, List.of("Room 12", "room 13"))));
        LdapSettings ldap = new LdapSettings(
                "127.0.0.1",
                389,
                LdapSettings.Security.NONE,
                Optional.empty(),
                "",
                "",
                new LdapSettings.Search("dc=school", "(uid={name})"),
                "uid",
                "memberOf",
                Optional.empty(),
                roles);
        server.close();
        server = new ApiServer(
                TestDatabase.SQLITE.fresh(directory.resolve("other")),
                directory.resolve("other"),
                new AccessSettings(0, Duration.ofHours(12), Optional.of(ldap), Optional.empty()),
                List.of());
        server.announce(directory);
        for (String group : List.of("Room 11", "Room 12", "Room 13")) {
            server.done("POST", "/groups", "{'name': '" + group + "'}");
        }
        assertThat(run(new GroupCommand(), "rename", "Room 11", "Lab")).as(err).isZero();
        assertThat(out).isEqualToIgnoringNewLines("group Lab");
        assertThat(run(new GroupCommand(), "rename", "Room 12", "ROOM 12"))
                .as(err)
                .isZero();
        assertThat(out).as("found by whatever case").isEqualToIgnoringNewLines("group ROOM 12");
        assertThat(run(new GroupCommand(), "rename", "room 12", "Hall")).as(err).isZero();
        assertThat(out)
                .isEqualToIgnoringNewLines(
                        "group Hall; the configuration still puts people into 'room 12', which is no group now:"
                                + " change access.ldap.roles");
        assertThat(run(new GroupCommand(), "delete", "Room 13")).as(err).isZero();
        assertThat(out).contains("group Room 13 is removed; ", "change access.ldap.roles");
    }

    @Test
    void whoIsNotShownAllThatWaitsForASecondPersonIsToldSo() {
        String request = "{\"method\": \"POST\", \"text\": \"\", \"from\": \"\", \"words\": \"wipe\", \"user\": 0}";
        Instant at = Instant.parse("2026-11-22T10:00:00Z");
        for (int i = 0; i < 101; i++) {
            server.database
                    .confirmations()
                    .hold(new Confirmation(
                            0, at, "ann", "work.assign", List.of(), request, Confirmation.State.HELD, ""));
        }
        assertThat(run(new WorkCommand(), "confirmations")).isZero();
        assertThat(out.lines()).as("with the heading").hasSize(101);
        assertThat(err).contains("more than these 100 wait; decide some of them, and look again");
        server.database.confirmations().decide(7, Confirmation.State.REFUSED, "tom");
        assertThat(run(new WorkCommand(), "confirmations")).isZero();
        assertThat(out.lines()).hasSize(101);
        assertThat(err).as("only what was decided is left out").isEmpty();
    }

    @Test
    void workOfSeveralIsBegunAgainAtOnce() throws Exception {
        run(new WorkCommand(), "inventory", "pc1,pc2");
        run(new WorkCommand(), "cancel", "1,2");
        assertThat(run(new WorkCommand(), "retry", "1,2")).as(err).isZero();
        assertThat(out.lines()).hasSize(2);
        assertThat(server.database.works().open()).hasSize(2);
        run(new WorkCommand(), "cancel", "2");
        assertThat(run(new WorkCommand(), "retry", "1,2"))
                .as("what goes on keeps no other back")
                .isEqualTo(1);
        assertThat(err).contains("1 of 2 were not begun again");
        assertThat(server.database.works().open()).hasSize(2);
    }

    @Test
    void aFileThatCannotBeReadIsToldInWordsAndNotInJavas() {
        Path absent = directory.resolve("absent.csv");
        assertThat(run(new DeviceCommand(), "import", absent.toString())).isEqualTo(1);
        assertThat(err).contains(absent + " cannot be read: there is no such file or folder");
        assertThat(run(new DeviceCommand(), "import", directory.toString())).isEqualTo(1);
        assertThat(err).contains(directory + " cannot be read: Is a directory").doesNotContain("java");
    }

    @Test
    void anExplanationNamesAScriptAndDoesNotPrintIt() {
        assertThat(run(new ExplainCommand(), "pc1")).isZero();
        assertThat(out.lines().filter(line -> line.startsWith("  script-before")))
                .singleElement()
                .asString()
                .contains("none", "the usual value")
                .doesNotContain("{");
    }

    @Test
    void aScriptIsNotAskedWhetherToDelete() throws Exception {
        assertThat(run(new DeviceCommand(), "delete", "pc1")).isZero();
        assertThat(out.strip()).isEqualTo("pc1 is forgotten");
    }

    @Test
    void aListOfWorkThatIsCutOffSaysSo() throws Exception {
        run(new WorkCommand(), "inventory", "pc1,pc2");
        assertThat(run(new WorkCommand(), "list", "--limit", "1")).isZero();
        assertThat(out.lines()).hasSize(2);
        assertThat(err).contains("the newest 1 only", "--limit");
        assertThat(run(new WorkCommand(), "list", "--limit", "2")).isZero();
        assertThat(out.lines()).hasSize(3);
        assertThat(err).isEmpty();
        assertThat(run(new WorkCommand(), "list", "--limit", "0")).isEqualTo(1);
        assertThat(err).contains("--limit is 0", "1 to 9999");
    }

    @Test
    void whatWouldDoNothingIsRefusedAndNotLeftOutInSilence() throws Exception {
        Path script = Files.writeString(directory.resolve("check.sh"), "exit 1\n");
        assertThat(run(new RuleCommand(), "add", "labs", "always", "--capture", "room12"))
                .isZero();
        for (String[] words : List.of(
                new String[] {"edit", "1", "--before", script.toString()},
                new String[] {"edit", "1", "--version", "3"})) {
            assertThat(run(new RuleCommand(), words)).isEqualTo(1);
            assertThat(err).contains("no work is named");
        }
        assertThat(run(new RuleCommand(), "edit", "1")).isEqualTo(1);
        assertThat(err).contains("nothing is named that rule 1 should become");
        assertThat(run(new RuleCommand(), "add", "x", "always", "--join", "monday", "--add-on", "drivers"))
                .isEqualTo(1);
        assertThat(err).contains("--add-on does nothing here: it is for --restore");
        assertThat(run(new RuleCommand(), "add", "x", "always", "--capture", "a", "--verify", "sampled"))
                .isEqualTo(1);
        assertThat(err).contains("--verify does nothing here");
        assertThat(run(new WorkCommand(), "capture", "pc1", "a", "--script-limit", "60"))
                .isEqualTo(1);
        assertThat(err).contains("--script-limit does nothing here");
        assertThat(run(new WorkCommand(), "inventory", "pc1", "--zone", "Europe/Berlin"))
                .isEqualTo(1);
        assertThat(err).contains("--zone does nothing here: it is for --cron");
        for (String[] words : List.of(
                new String[] {"capture", "pc1", "a"},
                new String[] {"script", "pc1", script.toString()},
                new String[] {"wipe", "pc1"},
                new String[] {"inventory", "pc1"},
                new String[] {"maintenance", "pc1", "--cron", "0 3 * * 6"})) {
            String[] forced = Arrays.copyOf(words, words.length + 1);
            forced[words.length] = "--force";
            assertThat(run(new WorkCommand(), forced)).isEqualTo(1);
            assertThat(err).contains("--force does nothing here: it is for restore and join");
        }
        assertThat(run(new RuleCommand(), "test", "1", "--level", "group:Room 12"))
                .isEqualTo(1);
        assertThat(err).contains("--level does nothing here: it is for a condition");
        assertThat(run(new WorkCommand(), "inventory", "pc1", "--at", "2026-12-24T03:00:00Z", "--cron", "0 3 * * 6"))
                .isEqualTo(1);
        assertThat(err).contains("--at and --cron");
        assertThat(server.database.works().open()).isEmpty();
    }

    @Test
    void whoSetsANetworksPoolIsToldThatNoPcGetsAnAddressByIt() {
        String pool = "{\"first\": \"10.1.0.20\", \"last\": \"10.1.0.99\", \"prefix\": 24, \"gateway\": \"10.1.0.1\","
                + " \"dns\": [\"10.1.0.2\"], \"domain\": \"school\"}";
        assertThat(run(new PolicyCommand(), "set", "server", "network", pool))
                .as(err)
                .isZero();
        assertThat(out).contains("10.1.0.99");
        assertThat(err).contains("no PC gets an address by it yet");
        assertThat(run(new PolicyCommand(), "set", "server", "network", "dhcp")).isZero();
        assertThat(err).isEmpty();
        assertThat(run(new PolicyCommand(), "set", "server", "network", "{\"first\": \"10.1.0.20\"}"))
                .isEqualTo(1);
        assertThat(err).doesNotContain("no PC gets an address");
    }

    @Test
    void whoWasEnteredByAPersonWasNeverSeen() throws Exception {
        server.call("POST", "/devices.csv", "name,mac\npc3,52:54:00:00:00:03\n");
        run(new DeviceCommand(), "name", "52:54:00:00:00:04", "pc4");
        run(new DeviceCommand(), "list");
        assertThat(out.lines().filter(line -> line.endsWith("never"))).hasSize(2);
        assertThat(server.call("GET", "/devices/pc3", "").text()).doesNotContain("lastSeen");
        assertThat(server.call("GET", "/devices.csv", "").text())
                .contains("pc3,,52:54:00:00:00:03,,,,,registered,,,,\r\n");
    }

    @Test
    void anImportTellsWhatIsChangedFromWhatIsNot() throws Exception {
        Path file = directory.resolve("pcs.csv");
        Files.writeString(file, "mac,note\n52:54:00:00:00:01,loud\n52:54:00:00:00:02,\n52:54:00:00:00:03,\n");
        run(new DeviceCommand(), "import", file.toString(), "--dry-run");
        assertThat(out.strip()).isEqualTo("1 would be new, 1 would be changed, 1 unchanged");
        run(new DeviceCommand(), "import", file.toString());
        assertThat(out.strip()).isEqualTo("1 new, 1 changed, 1 unchanged");
        String tag = tag();
        run(new DeviceCommand(), "import", file.toString());
        assertThat(out.strip()).isEqualTo("0 new, 0 changed, 3 unchanged");
        assertThat(tag()).as("nothing was written").isEqualTo(tag);
    }

    private String tag() throws Exception {
        return server.call("GET", "/devices/pc1", "")
                .headers()
                .firstValue("ETag")
                .orElseThrow();
    }

    @Test
    void whatIsWrongInManyLinesIsSaidOnce() throws Exception {
        String head = "name,mac,group\n";
        String rows = IntStream.rangeClosed(10, 16)
                .mapToObj(i -> "x" + i + ",52:54:00:00:01:" + i + ",Room 9\n")
                .collect(Collectors.joining());
        assertThat(server.call("POST", "/devices.csv", head + rows + "x y,,\n").text())
                .contains("8 lines are wrong, so nothing was imported")
                .contains("lines 2, 3, 4, 5, 6 and 2 more: there is no group 'Room 9'")
                .contains("line 9: 'x y' is no computer name");
    }

    @Test
    void whatIsNoMacIsToldInWords() {
        assertThat(run(new DeviceCommand(), "adapters", "--add", "zz zz")).isEqualTo(1);
        assertThat(err).contains("zz zz");
    }

    @Test
    void aPasswordFileThatIsMissingIsNamed() {
        Path file = directory.resolve("pw");
        assertThat(run(new UserCommand(), "add", "bob", "--role", "viewer", "--password-file", file.toString()))
                .isEqualTo(1);
        assertThat(err).contains("the password in " + file + " cannot be read");
    }
}
