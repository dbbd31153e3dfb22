package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import firstlight.policy.access.UserChange;
import firstlight.policy.level.Group;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Schedule;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.Parameter;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** Of two editors who saw the same one wins, on each kind of database; on PostgreSQL they are at two servers. */
@ParameterizedClass
@EnumSource(TestStorage.class)
class PreconditionTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final int ROUNDS = 15;

    @Parameter
    private TestStorage kind;

    @TempDir
    private Path directory;

    private Database one;
    private Database two;

    @BeforeEach
    void open() {
        Storage storage = kind.fresh(directory);
        one = Database.open(storage, NOW);
        two = kind == TestStorage.SQLITE ? one : Database.open(storage, NOW);
    }

    @AfterEach
    void close() {
        two.close();
        one.close();
    }

    /** What an editor sees at one server, and how it changes that: in words, so that each round has its own. */
    private interface Edited {
        String seen(Database database);

        void change(Database database, String text);
    }

    private void onlyOneWins(Edited edited) throws Exception {
        for (int round = 0; round < ROUNDS; round++) {
            String before = "v" + round;
            int number = round;
            edited.change(one, before);
            List<Boolean> won = Race.of(List.of(
                    () -> changes(one, edited, before, "v" + (number + 1000)),
                    () -> changes(two, edited, before, "v" + (number + 2000))));
            assertThat(won).as("round %s", round).containsExactlyInAnyOrder(true, false);
        }
        // Nobody said If-Match at the other server, and its change is not heard of here yet: it counts all the same.
        edited.change(one, "mine");
        edited.change(two, "theirs");
        assertThatThrownBy(() -> one.provided(expect(() -> edited.seen(one), "mine"), () -> {
                    edited.change(one, "lost");
                    return true;
                }))
                .isInstanceOf(ChangedMeanwhile.class);
        assertThat(edited.seen(two)).isEqualTo("theirs");
    }

    private static boolean changes(Database database, Edited edited, String before, String after) {
        try {
            return database.provided(expect(() -> edited.seen(database), before), () -> {
                edited.change(database, after);
                return true;
            });
        } catch (ChangedMeanwhile e) {
            return false;
        }
    }

    private static Runnable expect(Supplier<String> seen, String wanted) {
        return () -> {
            if (!seen.get().equals(wanted)) {
                throw new ChangedMeanwhile();
            }
        };
    }

    @Test
    void ofTwoWhoEditADeviceOnlyOneWins() throws Exception {
        Facts facts = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:01");
        Device device = one.devices().register(NewDevice.of(facts, Registration.REGISTERED), NOW);
        onlyOneWins(new Edited() {
            @Override
            public String seen(Database database) {
                return database.devices().find(device.id()).map(Device::note).orElse("not there yet");
            }

            @Override
            public void change(Database database, String text) {
                assertThat(database.devices().change(device.id(), row -> row.withNote(text)))
                        .isInstanceOf(Kept.Done.class);
            }
        });
    }

    @Test
    void ofTwoWhoEditAGroupOnlyOneWins() throws Exception {
        if (!(one.policy().addGroup(new Group(0, "Room", Group.NONE, PolicyValues.NONE))
                instanceof Kept.Done<Group>(Group group))) {
            throw new AssertionError("the group is not kept");
        }
        onlyOneWins(new Edited() {
            @Override
            public String seen(Database database) {
                return database.policy()
                        .book()
                        .groups()
                        .find(group.id())
                        .map(Group::name)
                        .orElse("not there yet");
            }

            @Override
            public void change(Database database, String text) {
                assertThat(database.policy()
                                .changeGroup(
                                        group.id(), _ -> new Group(group.id(), text, Group.NONE, PolicyValues.NONE)))
                        .isInstanceOf(Kept.Done.class);
            }
        });
    }

    @Test
    void ofTwoWhoEditARuleOnlyOneWins() throws Exception {
        Rule blank = Rule.of(0, Level.SERVER, 0, "r", true, "always", new Task.Inventory(), Repeat.ONCE, "");
        if (!(one.policy().addRule(blank) instanceof Kept.Done<Rule>(Rule rule))) {
            throw new AssertionError("the rule is not kept");
        }
        onlyOneWins(new Edited() {
            @Override
            public String seen(Database database) {
                return database.policy().book().rules().stream()
                        .map(Rule::name)
                        .findFirst()
                        .orElse("not there yet");
            }

            @Override
            public void change(Database database, String text) {
                Rule changed = new Rule(
                        rule.id(),
                        Level.SERVER,
                        1,
                        text,
                        true,
                        rule.when(),
                        rule.condition(),
                        rule.task(),
                        rule.repeat(),
                        "",
                        rule.scripts());
                assertThat(database.policy().changeRule(changed)).isInstanceOf(Kept.Done.class);
            }
        });
    }

    @Test
    void ofTwoWhoEditTheServersValuesOnlyOneWins() throws Exception {
        onlyOneWins(new Edited() {
            @Override
            public String seen(Database database) {
                return database.policy().book().server().kernelArguments().orElse("");
            }

            @Override
            public void change(Database database, String text) {
                database.policy()
                        .changeServerValues(
                                _ -> PolicyValues.NONE.with(draft -> draft.kernelArguments = Optional.of(text)));
            }
        });
    }

    @Test
    void ofTwoWhoEditAUserOnlyOneWins() throws Exception {
        User ann = one.accounts()
                .add(new User(0, "ann", "", User.Origin.LOCAL, Role.VIEWER, Set.of(), "hash", true, NOW))
                .orElseThrow();
        onlyOneWins(new Edited() {
            @Override
            public String seen(Database database) {
                return database.accounts().user("ann").map(User::fullName).orElseThrow();
            }

            @Override
            public void change(Database database, String text) {
                User changed =
                        new User(ann.id(), "ann", text, User.Origin.LOCAL, Role.VIEWER, Set.of(), "hash", true, NOW);
                assertThat(database.accounts().change(ann.id(), _ -> changed)).isInstanceOf(UserChange.Kept.class);
            }
        });
    }

    @Test
    void ofTwoWhoEditAScheduleOnlyOneWins() throws Exception {
        Schedule schedule = one.schedules().add(schedule(0, "nightly"));
        onlyOneWins(new Edited() {
            @Override
            public String seen(Database database) {
                return database.schedules()
                        .find(schedule.id())
                        .map(Schedule::name)
                        .orElseThrow();
            }

            @Override
            public void change(Database database, String text) {
                assertThat(database.schedules().change(schedule(schedule.id(), text)))
                        .isInstanceOf(Kept.Done.class);
            }
        });
    }

    private static Schedule schedule(long id, String name) {
        return new Schedule(
                id,
                name,
                true,
                "0 3 * * *",
                ZoneId.of("UTC"),
                Set.of(),
                Set.of(),
                new Task.Inventory(),
                Terms.by("ann"),
                Optional.of(NOW));
    }
}
