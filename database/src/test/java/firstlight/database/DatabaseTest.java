package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.model.MenuSetting;
import firstlight.policy.Device;
import firstlight.policy.IdentityKey;
import firstlight.policy.NewDevice;
import firstlight.policy.Registration;
import firstlight.policy.Transactions;
import firstlight.policy.level.NamingPattern;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Beginning;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(TestStorage.class)
class DatabaseTest extends OnEachStorage {
    private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
    private static final Facts PC =
            Facts.NONE.with(FactName.MAC, MAC.toString()).with(FactName.UUID, "aaaaaaaa-0000-0000-0000-000000000001");

    @Test
    void devicesThatAreRegisteredTogetherHaveNamesOfTheirOwnAndSurviveARestart() {
        List<NewDevice> wanted = IntStream.range(0, 12)
                .mapToObj(i -> new NewDevice(
                        Facts.NONE.with(FactName.SERIAL, "S" + i),
                        Registration.REGISTERED,
                        0,
                        Optional.empty(),
                        new NamingPattern("room-{number:02}"),
                        ""))
                .toList();
        List<Device> made = database.devices().register(wanted, NOW);
        List<Device> again = database.devices().register(wanted, NOW);
        restart();

        assertThat(made.stream().map(Device::name))
                .startsWith("room-01", "room-02")
                .endsWith("room-12");
        assertThat(again).isEqualTo(made);
        assertThat(database.devices().all()).hasSize(12);
    }

    @Test
    void devicesThatAreEnteredTogetherAreNumberedOneAfterTheOther() {
        NamingPattern naming = new NamingPattern("room-{number:02}");
        Device old = device("OLD");
        List<String> made = database.devices().together(() -> {
            database.devices().change(old.id(), each -> each.withName("room-02"));
            return IntStream.range(0, 4)
                    .mapToObj(i -> database.devices()
                            .enter(new NewDevice(
                                    Facts.NONE.with(FactName.SERIAL, "S" + i),
                                    Registration.REGISTERED,
                                    0,
                                    i == 3 ? Optional.of("room-01") : Optional.empty(),
                                    naming,
                                    ""))
                            .name())
                    .toList();
        });

        assertThat(made).containsExactly("room-01", "room-03", "room-04", "room-01-2");
        assertThat(database.devices()
                        .enter(new NewDevice(
                                Facts.NONE.with(FactName.SERIAL, "S9"),
                                Registration.REGISTERED,
                                0,
                                Optional.empty(),
                                naming,
                                ""))
                        .name())
                .isEqualTo("room-05");
    }

    /** SQLite's writers and the lock of the registrations were once taken in two orders, and the whole server stood for ever. */
    @Test
    void devicesAreEnteredTogetherWhileStrangersRegister() throws Exception {
        CountDownLatch entered = new CountDownLatch(1);
        AtomicBoolean done = new AtomicBoolean();
        FutureTask<Integer> entering = new FutureTask<>(() -> database.devices().together(() -> {
            for (int i = 0; i < 300; i++) {
                database.devices().enter(stranger(i));
                entered.countDown();
            }
            return 300;
        }));
        FutureTask<Integer> registering = new FutureTask<>(() -> {
            entered.await();
            int number = 0;
            do {
                database.devices().register(stranger(300 + number++), NOW);
            } while (!done.get());
            return number;
        });
        Thread.ofPlatform().daemon().start(registering); // whoever stands for ever must not hold up the build
        Thread.ofPlatform().daemon().start(entering);

        int count = entering.get(20, TimeUnit.SECONDS);
        done.set(true);
        count += registering.get(20, TimeUnit.SECONDS);
        assertThat(database.devices().all()).hasSize(count);
    }

    @Test
    void whoEntersDevicesInATransactionThatHasBegunIsRefusedRatherThanStandForEver() {
        assertThatThrownBy(() -> database.atomically(() -> database.devices().enter(stranger(1))))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("together");
    }

    private static NewDevice stranger(int number) {
        MacAddress mac = new MacAddress(0x525400000000L + number);
        return NewDevice.of(Facts.NONE.with(FactName.MAC, mac.toString()), Registration.REGISTERED);
    }

    /** Faster than blocks of numbers come; which of two boots was first is told by them. */
    @Test
    void laterBootsHaveLargerNumbers() {
        List<Long> numbers = IntStream.range(0, 5000)
                .mapToObj(i -> database.journal()
                        .firstPacket(new MacAddress(0x525400000000L + i), 0, NOW)
                        .id())
                .toList();

        assertThat(numbers).isSorted().doesNotHaveDuplicates();
    }

    @Test
    void devicesSurviveARestart() {
        Device device = database.devices().register(NewDevice.of(PC, Registration.PENDING), NOW);
        database.devices().change(device.id(), each -> each.withName("Room-12-PC-3"));
        database.devices()
                .change(
                        device.id(),
                        each -> each.withValues(
                                each.values().with(draft -> draft.menu = Optional.of(new MenuSetting.OnHotkey(7)))));
        database.devices().learn(device, Facts.NONE.with(FactName.SERIAL, "S \"1\""), NOW);
        restart();

        Device expected = Device.fresh(
                        device.id(), "Room-12-PC-3", Registration.PENDING, PC.with(FactName.SERIAL, "S \"1\""), NOW)
                .withValues(PolicyValues.NONE.with(draft -> draft.menu = Optional.of(new MenuSetting.OnHotkey(7))));
        assertThat(database.devices().all()).containsExactly(expected);
        assertThat(database.devices().sharing(IdentityKey.of(PC))).containsExactly(expected);
    }

    @Test
    void aNewDeviceIsNamedAfterItsMacAndTwoPacketsMakeOne() {
        Device first = database.devices().register(NewDevice.of(PC, Registration.REGISTERED), NOW);
        Device second = database.devices().register(NewDevice.of(PC, Registration.REGISTERED), NOW);

        assertThat(first.name()).isEqualTo("pc-525400000001");
        assertThat(second).isEqualTo(first);
        assertThat(database.devices().all()).hasSize(1);
    }

    @Test
    void noTwoDevicesHaveOneNameWhateverItsCase() {
        Device first = database.devices().register(NewDevice.of(PC, Registration.REGISTERED), NOW);
        Device second = database.devices()
                .register(NewDevice.of(Facts.NONE.with(FactName.SERIAL, "S2"), Registration.REGISTERED), NOW);

        assertThat(database.devices().change(first.id(), each -> each.withName("Library")))
                .isInstanceOf(Kept.Done.class);
        assertThat(database.devices().change(second.id(), each -> each.withName("LIBRARY")))
                .isInstanceOf(Kept.Refused.class);
        assertThat(database.devices().find("library")).extracting(Device::id).containsExactly(first.id());
        assertThat(database.devices().find("52-54-00-00-00-01"))
                .extracting(Device::id)
                .containsExactly(first.id());
    }

    @Test
    void workSurvivesARestartInItsStateAndItsOrder() {
        Device device = database.devices().register(NewDevice.of(PC, Registration.REGISTERED), NOW);
        Work first = database.works().assign(device, new Task.Capture("room12", List.of()), false, NOW);
        Work second = database.works()
                .assign(device, Task.Restore.of("room12", 2, List.of("/dev/sda", "/dev/sdb")), true, NOW);
        assertThat(database.works().current(device.id(), NOW)).contains(first);

        Work running = second.begun(5, NOW);
        assertThat(database.works().begin(second, 5, Limits.NONE, NOW)).isEqualTo(new Beginning.Begun(running));
        restart();
        assertThat(database.works().current(device.id(), NOW)).contains(running);

        database.works().keep(running.done("2 GB", NOW));
        restart();
        assertThat(database.works().current(device.id(), NOW)).contains(first);
        assertThat(database.works().list(10)).containsExactly(running.done("2 GB", NOW), first);
    }

    @Test
    void aTokenOpensItsOwnTransactionUntilItExpires() {
        Transactions.Opened opened = database.journal().open(7, PC, NOW);
        restart();

        assertThat(database.journal().bearer(opened.token(), NOW).orElseThrow().device())
                .isEqualTo(7);
        assertThat(database.journal().bearer(opened.token(), NOW.plus(Duration.ofHours(25))))
                .isEmpty();
        assertThat(database.journal().bearer(opened.token() + "x", NOW)).isEmpty();
    }

    @Test
    void oneBootIsOneTransactionHoweverOftenItsClientsAsk() {
        Boot first = database.journal().firstPacket(MAC, 1, NOW);
        Boot again = database.journal().firstPacket(MAC, 1, NOW.plusSeconds(4));
        long asked = database.journal().open(1, PC, NOW.plusSeconds(20)).transaction();
        long repeated = database.journal().open(1, PC, NOW.plusSeconds(21)).transaction();

        assertThat(List.of(again.id(), asked, repeated)).containsOnly(first.id());
        assertThat(database.journal().firstPacket(MAC, 1, NOW.plusSeconds(60)).id())
                .as("a DISCOVER after the answer is the next boot")
                .isNotEqualTo(first.id());
    }

    @Test
    void eventsAreKeptInTheirOrder() {
        Boot boot = database.journal().firstPacket(MAC, 1, NOW);
        database.journal().append(boot, NOW, 1, "offer", "ipxe/undionly.kpxe");
        database.journal().append(boot, NOW.plusMillis(5), 2, "transfer", "x".repeat(2000));
        database.journal().change(boot, Boot.State.LOCAL, 1, NOW.plusMillis(7));
        restart();

        List<Journal.Event> events = database.journal().events(boot.id(), 0, 10);
        assertThat(events).extracting(Journal.Event::kind).containsExactly("offer", "transfer");
        assertThat(events.getLast().text()).hasSize(1000);
        assertThat(database.journal().boots(1, 10)).extracting(Boot::state).containsExactly(Boot.State.LOCAL);
        assertThat(database.journal().events(0, events.getFirst().id(), 10)).hasSize(1);
    }
}
