package firstlight.server.access;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.database.Alarm;
import firstlight.database.Database;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MenuAccess.Admission;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.NewDevices;
import firstlight.policy.Registration;
import firstlight.policy.Settings;
import firstlight.policy.access.Role;
import firstlight.policy.access.User;
import firstlight.policy.level.NamingPattern;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PersonAtThePcTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final String ADDRESS = "192.0.2.9";
    private static final Facts FACTS = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:01");

    @TempDir
    private Path directory;

    private Database database;
    private PersonAtThePc person;

    @BeforeEach
    void open() {
        database = Database.open(directory, NOW);
        Access access = new Access(database.accounts(), "local", AccessSettings.USUAL, _ -> Optional.empty());
        PolicyValues values =
                PolicyValues.NONE.with(draft -> draft.naming = Optional.of(new NamingPattern("lab-{serial}")));
        person =
                new PersonAtThePc(access, database, new Settings(NewDevices.REGISTER, "Press F8", values, Limits.NONE));
    }

    @AfterEach
    void close() {
        database.close();
    }

    private void user(String name, Role role) {
        database.accounts()
                .add(new User(
                        0, name, "", User.Origin.LOCAL, role, Set.of(), Passwords.hash("long enough"), true, NOW));
    }

    @Test
    void anAdministratorIsLetInAndOthersAreNot() {
        user("ann", Role.ADMINISTRATOR);
        user("vera", Role.VIEWER);
        user("tom", Role.TECHNICIAN);
        assertThat(person.signIn(1, "ann", "long enough", "Rescue", ADDRESS, NOW))
                .isEqualTo(new Admission.Granted(true, Set.of(), "ann"));
        assertThat(person.signIn(1, "ANN", "long enough", "Rescue", ADDRESS, NOW))
                .as("as the server calls her")
                .isEqualTo(new Admission.Granted(true, Set.of(), "ann"));
        assertThat(person.signIn(1, "ann", "wrong", "Rescue", ADDRESS, NOW)).isInstanceOf(Admission.Refused.class);
        assertThat(person.signIn(1, "vera", "long enough", "Rescue", ADDRESS, NOW))
                .isInstanceOf(Admission.Refused.class);
        assertThat(person.signIn(1, "tom", "long enough", "Rescue", ADDRESS, NOW))
                .isInstanceOf(Admission.Refused.class);
        assertThat(database.audit().entries(0, 0, 10)).hasSize(5);
    }

    @Test
    void whoGuessesAtThePcWaitsLongerAndLongerAndIsToldAndAuditedAndAnAlarmIsRaised() {
        user("ann", Role.ADMINISTRATOR);
        for (int tries = 0; tries < 5; tries++) {
            assertThat(person.signIn(1, "ann", "guess " + tries, "Rescue", ADDRESS, NOW))
                    .isEqualTo(new Admission.Refused("name or password is wrong"));
        }
        assertThat(person.signIn(1, "ann", "long enough", "Rescue", ADDRESS, NOW))
                .as("the right password does not help now")
                .isEqualTo(new Admission.Refused("too many failed sign-ins; try again in 11 s"));
        assertThat(person.signIn(1, "ann", "long enough", "Rescue", ADDRESS, NOW.plusSeconds(11)))
                .isEqualTo(new Admission.Granted(true, Set.of(), "ann"));
        assertThat(database.audit().entries(0, 0, 10))
                .anyMatch(entry -> entry.action().equals("sign-in.failed")
                        && entry.text().equals("'ann' for 'Rescue': too many failed sign-ins; try again in 11 s"));
        assertThat(database.alarms().open(10))
                .singleElement()
                .matches(alarm -> alarm.text().contains("or at PCs that are not known"));
    }

    @Test
    void whoSaysToBeEachTimeAnotherPcGuessesNoMoreOften() {
        for (int tries = 0; tries < 20; tries++) {
            long boot = boot("52:54:00:00:01:" + (10 + tries));
            assertThat(person.signIn(boot, "user" + tries, "a guess", "Rescue", ADDRESS, NOW))
                    .isEqualTo(new Admission.Refused("name or password is wrong"));
        }
        assertThat(person.signIn(boot("52:54:00:00:01:99"), "another", "a guess", "Rescue", ADDRESS, NOW))
                .isEqualTo(new Admission.Refused("too many failed sign-ins; try again in 11 s"));
    }

    @Test
    void whoSaysToBeOnePcAfterTheOtherRaisesFewAlarms() {
        Device known = database.devices().register(NewDevice.of(FACTS, Registration.REGISTERED), NOW);
        long there = database.journal().open(known.id(), FACTS, NOW).transaction();
        for (int tries = 0; tries < 20; tries++) {
            person.signIn(there, "user" + tries, "a guess", "Rescue", ADDRESS, NOW);
        }
        for (int pc = 10; pc < 60; pc++) {
            String mac = "52:54:00:00:01:" + pc;
            person.signIn(boot(mac), "ann", "a guess", "Rescue", ADDRESS, NOW);
            Facts facts = Facts.NONE.with(FactName.MAC, "52:54:00:00:02:" + pc);
            Device made = database.devices().register(NewDevice.of(facts, Registration.REGISTERED), NOW);
            long boot = database.journal().open(made.id(), facts, NOW).transaction();
            person.signIn(boot, "ann", "a guess", "Rescue", ADDRESS, NOW);
        }
        assertThat(database.alarms().open(100))
                .hasSize(10)
                .extracting(Alarm::times)
                .containsOnly(1);
        assertThat(database.alarms().open(100)).extracting(Alarm::device).contains(0L);

        for (int tries = 0; tries < 2; tries++) { // the first of them is one failure more
            person.signIn(1, "ann", "a guess", "Rescue", ADDRESS, NOW.plusSeconds(60));
        }
        assertThat(database.alarms().open(100))
                .filteredOn(alarm -> alarm.device() == 0)
                .extracting(Alarm::times)
                .containsExactly(2);
        for (int tries = 0; tries < 21; tries++) {
            person.signIn(there, "user" + tries, "a guess", "Rescue", ADDRESS, NOW.plusSeconds(86_400));
        }
        assertThat(database.alarms().open(100)).extracting(Alarm::device).contains(known.id());
    }

    private long boot(String mac) {
        return database.journal()
                .open(0, Facts.NONE.with(FactName.MAC, mac), NOW)
                .transaction();
    }

    @Test
    void aStrangerIsRegisteredAndAWaitingOneApproved() {
        assertThat(person.register(1, FACTS, Optional.of("no good!"), NOW)).isInstanceOf(Admission.Refused.class);
        assertThat(person.register(1, FACTS, Optional.of("PC-1"), NOW)).isInstanceOf(Admission.Granted.class);
        assertThat(person.register(1, FACTS, Optional.of("PC-2"), NOW)).isInstanceOf(Admission.Refused.class);
        Facts other = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:02");
        Device pending = database.devices().register(NewDevice.of(other, Registration.PENDING), NOW);
        assertThat(person.register(1, other, Optional.of("pc-1"), NOW)).isInstanceOf(Admission.Refused.class);
        assertThat(person.register(1, other, Optional.of("PC-2"), NOW)).isInstanceOf(Admission.Granted.class);
        Device approved = database.devices().find(pending.id()).orElseThrow();
        assertThat(approved.name()).isEqualTo("PC-2");
        assertThat(approved.registration()).isEqualTo(Registration.REGISTERED);
    }

    @Test
    void whoGivesNoNameHasItNamedAsNewDevicesAre() {
        Facts facts = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:03").with(FactName.SERIAL, "S3");
        assertThat(person.register(1, facts, Optional.empty(), NOW)).isInstanceOf(Admission.Granted.class);
        assertThat(database.devices().find("lab-S3")).hasSize(1);
    }

    @Test
    void aNewPcAtTheDockOfAKnownOneIsRegisteredAsADeviceOfItsOwn() {
        Facts dock = Facts.NONE.with(FactName.MAC, "00:e0:4c:00:00:09");
        database.devices()
                .register(
                        NewDevice.of(
                                dock.with(FactName.UUID, "aaaaaaaa-0000-0000-0000-000000000001"),
                                Registration.REGISTERED),
                        NOW);
        Facts stranger = dock.with(FactName.UUID, "aaaaaaaa-0000-0000-0000-000000000002");

        assertThat(person.register(1, stranger, Optional.of("PC-2"), NOW)).isInstanceOf(Admission.Granted.class);
        assertThat(database.devices().find("PC-2"))
                .singleElement()
                .satisfies(device -> assertThat(device.facts()).isEqualTo(stranger));
        assertThat(person.register(1, stranger, Optional.of("PC-3"), NOW))
                .isEqualTo(new Admission.Refused("this PC is registered already, as 'PC-2'"));
        assertThat(person.register(1, dock, Optional.of("PC-3"), NOW))
                .isEqualTo(new Admission.Refused("nobody can tell which PC this is; an administrator must look"));
        assertThat(person.register(1, Facts.NONE, Optional.of("PC-3"), NOW)).isInstanceOf(Admission.Refused.class);
    }
}
