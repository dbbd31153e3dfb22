package firstlight.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.BiosClient;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.HeldDisk;
import firstlight.model.Ipv4Address;
import firstlight.model.MacAddress;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.Scripts;
import firstlight.model.UefiClient;
import firstlight.model.WorkScript;
import firstlight.policy.Device;
import firstlight.policy.IdentityKey;
import firstlight.policy.LastImage;
import firstlight.policy.NewDevice;
import firstlight.policy.Question;
import firstlight.policy.Registration;
import firstlight.policy.level.AfterWork;
import firstlight.policy.level.Group;
import firstlight.policy.level.Level;
import firstlight.policy.level.NamingPattern;
import firstlight.policy.level.NetworkSettings;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.work.Beginning;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Schedule;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

/** What policy keeps, on each kind of database. */
@ParameterizedClass
@EnumSource(TestStorage.class)
class PolicyTest extends OnEachStorage {
    private static final Facts PC =
            Facts.NONE.with(FactName.MAC, "52:54:00:00:00:01").with(FactName.MODEL, "A\tB\\n \"C\"\nD");
    private static final PolicyValues ALL = new PolicyValues(
            Optional.of(new MenuSetting.OnHotkey(9)),
            Optional.of(List.of(
                    new MenuEntry.Automatic("Go"),
                    new MenuEntry.Locked(
                            new MenuEntry.Kernel("Rescue", "r/vmlinuz", List.of("r/a", "r/b"), "ro x=\"1\"")),
                    new MenuEntry.Maintenance("Shell"),
                    new MenuEntry.LocalDisk("Disk"),
                    new MenuEntry.Register("Register"),
                    new MenuEntry.EfiProgram("Efi", "t/s.efi"),
                    new MenuEntry.Locked(new MenuEntry.Script("Other", "http://10.0.0.9/m.ipxe")))),
            Optional.of("console=ttyS0"),
            Optional.of(BiosClient.PXELINUX),
            Optional.of(UefiClient.GRUB),
            Optional.of(AfterWork.POWER_OFF),
            Optional.of(7),
            Optional.of(new NamingPattern("room12-pc{number:02}")),
            Optional.of(new NetworkSettings.Static(
                    Ipv4Address.parse("10.0.0.10"),
                    Ipv4Address.parse("10.0.0.90"),
                    24,
                    Optional.of(Ipv4Address.parse("10.0.0.1")),
                    List.of(Ipv4Address.parse("10.0.0.2"), Ipv4Address.parse("10.0.0.3")),
                    "school.example")),
            Optional.of(new WorkScript("check.sh", "echo \"1\"\n", 60)),
            Optional.of(new WorkScript("none", "", 1)));

    private static final Scripts AROUND = new Scripts(
            Optional.of(new WorkScript("b.sh", "echo b", 5)), Optional.of(new WorkScript("a.sh", "true", 7)));

    private Group group(String name, long parent) {
        return done(database.policy().addGroup(new Group(Group.NONE, name, parent, PolicyValues.NONE)));
    }

    private static Rule rule(Level level, int position, String name) throws InvalidCondition {
        return Rule.of(
                        0,
                        level,
                        position,
                        name,
                        true,
                        "always",
                        Task.Restore.of("room12", 0, List.of()),
                        Repeat.NEWER,
                        "debug")
                .withScripts(AROUND);
    }

    @Test
    void aDeviceKeepsAllThatIsKnownAndSetOfIt() {
        Group room = group("Room 12", Group.NONE);
        Device fresh = database.devices()
                .register(
                        new NewDevice(
                                PC, Registration.PENDING, room.id(), Optional.of("Desk-1"), NamingPattern.USUAL, "new"),
                        NOW);
        Device changed = done(database.devices()
                .change(
                        fresh.id(),
                        device -> device.withValues(ALL)
                                .withMarks(Set.of(new IdentityKey(IdentityKey.Kind.MAC, "0011223344aa")))
                                .withLastImage(Optional.of(new LastImage(
                                        "room12",
                                        4,
                                        List.of("office", "maths"),
                                        Set.of("games"),
                                        Set.of("partitions 2 of room12@5"),
                                        NOW)))
                                .withNote("by the \"window\"\n")));
        restart();

        assertThat(database.devices().find(fresh.id())).contains(changed);
        assertThat(changed.name()).isEqualTo("Desk-1");
        assertThat(changed.group()).isEqualTo(room.id());
        assertThat(database.devices().sharing(Set.of(new IdentityKey(IdentityKey.Kind.MAC, "0011223344aa"))))
                .as("by a mark that its facts do not have")
                .containsExactly(changed);
    }

    @Test
    void aDeviceThatIsRemovedIsGoneWithItsWork() {
        Device device = device("S1");
        Work work = database.works().create(device.id(), new Task.Inventory(), Terms.by("ann"), NOW);

        assertThat(database.devices().remove(device.id())).isTrue();
        assertThat(database.devices().remove(device.id())).isFalse();
        assertThat(database.devices().find(device.id())).isEmpty();
        assertThat(database.devices().sharing(IdentityKey.of(device.facts()))).isEmpty();
        assertThat(database.works().find(work.id())).isEmpty();
        assertThat(database.devices().change(device.id(), same -> same)).isInstanceOf(Kept.Gone.class);
        assertThat(device("S1").id()).as("a number is never given again").isGreaterThan(device.id());
    }

    @Test
    void groupsAreATreeOfNamesThatDiffer() {
        Group school = group("School", Group.NONE);
        Group room = group("Room 12", school.id());

        assertThat(database.policy().addGroup(new Group(0, "room 12", Group.NONE, PolicyValues.NONE)))
                .isInstanceOf(Kept.Refused.class);
        assertThat(database.policy()
                        .changeGroup(school.id(), _ -> new Group(school.id(), "School", room.id(), PolicyValues.NONE)))
                .as("a circle")
                .isInstanceOf(Kept.Refused.class);
        Group changed = new Group(room.id(), "Room 12", school.id(), ALL);
        assertThat(database.policy().changeGroup(changed.id(), _ -> changed)).isEqualTo(new Kept.Done<>(changed));
        database.policy().changeServerValues(_ -> ALL.with(draft -> draft.menu = Optional.of(new MenuSetting.Never())));
        restart();

        assertThat(database.policy().book().groups().upwards(room.id())).containsExactly(changed, school);
        assertThat(database.policy().book().server())
                .isEqualTo(ALL.with(draft -> draft.menu = Optional.of(new MenuSetting.Never())));
        assertThat(database.policy().removeGroup(school.id()))
                .isEqualTo(new Kept.Refused<>("in group 'School' are 0 devices and 1 groups; move them first"));
        Schedule schedule = database.schedules().add(nightly(0, "nightly", false));
        assertThat(schedule.groups()).containsExactly(room.id());
        assertThat(database.policy().removeGroup(room.id()))
                .isEqualTo(new Kept.Refused<>("schedule 1 'nightly' is for group 'Room 12'; delete that first"));
        database.schedules().remove(schedule.id());
        assertThat(database.policy().removeGroup(room.id())).isEqualTo(new Kept.Done<>(changed));
        assertThat(database.policy().removeGroup(room.id())).isEqualTo(new Kept.Gone<>());
    }

    @Test
    void rulesKeepTheirOrderWithinTheirLevel() throws InvalidCondition {
        Level room = new Level.OfGroup(group("Room 12", Group.NONE).id());
        Rule first = done(database.policy().addRule(rule(room, 0, "first")));
        Rule second = done(database.policy().addRule(rule(room, 0, "second")));
        done(database.policy().addRule(rule(Level.SERVER, 0, "elsewhere")));
        Rule before = done(database.policy().addRule(rule(room, 1, "before")));
        assertThat(database.policy().addRule(rule(new Level.OfGroup(99), 0, "nowhere")))
                .isInstanceOf(Kept.Refused.class);

        restart();
        assertThat(database.policy().book().rulesAt(room))
                .extracting(Rule::name)
                .containsExactly("before", "first", "second");
        assertThat(database.policy().book().rulesAt(room).getFirst()).isEqualTo(before);

        done(database.policy()
                .changeRule(Rule.of(
                        second.id(),
                        room,
                        1,
                        "second, now first",
                        false,
                        "always",
                        new Task.Inventory(),
                        Repeat.ALWAYS,
                        "")));
        assertThat(database.policy().removeRule(first.id())).isTrue();
        assertThat(database.policy().removeRule(first.id())).isFalse();
        assertThat(database.policy().book().rulesAt(room))
                .extracting(Rule::name, Rule::position, Rule::enabled)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("second, now first", 1, false),
                        org.assertj.core.groups.Tuple.tuple("before", 2, true));
    }

    @Test
    void aRuleThatSomebodySwitchedOffMeanwhileIsNotOnAgainWithItsNewName() throws InvalidCondition {
        Rule seen = done(database.policy().addRule(inventory(0, "all Dells", true)));
        Rule off = done(database.policy().changeRule(seen, inventory(seen.id(), "all Dells", false)));
        assertThat(database.policy().changeRule(seen, inventory(seen.id(), "Dells", true)))
                .isEqualTo(new Kept.Refused<>(off.describe() + " was changed meanwhile"));
        assertThat(done(database.policy().changeRule(off, inventory(seen.id(), "Dells", false)))
                        .name())
                .isEqualTo("Dells");
    }

    private static Rule inventory(long id, String name, boolean enabled) throws InvalidCondition {
        String when = "manufacturer matches 'Dell.*'";
        return Rule.of(id, Level.SERVER, 1, name, enabled, when, new Task.Inventory(), Repeat.ALWAYS, "");
    }

    @Test
    void sharedAdaptersAreListed() {
        Set<MacAddress> docks = Set.of(MacAddress.parse("00:11:22:33:44:55"), MacAddress.parse("00:11:22:33:44:56"));
        docks.forEach(
                mac -> assertThat(database.policy().setSharedAdapter(mac, true)).isTrue());
        MacAddress dock = docks.iterator().next();
        assertThat(database.policy().setSharedAdapter(dock, true)).isFalse();
        restart();
        assertThat(database.policy().book().sharedAdapters()).isEqualTo(docks);
        assertThat(database.policy().setSharedAdapter(dock, false)).isTrue();
        assertThat(database.policy().setSharedAdapter(dock, false)).isFalse();
        restart();
        assertThat(database.policy().book().sharedAdapters()).hasSize(1).doesNotContain(dock);
    }

    @Test
    void eachKindOfWorkIsKeptWithItsTerms() {
        Device device = device("S1");
        Terms terms =
                new Terms(5, NOW.plusSeconds(60), true, Optional.of(AfterWork.REBOOT), true, "rule 'a'", 3, 4, AROUND);
        List<Task> tasks = List.of(
                new Task.Capture("room12", List.of("/dev/sda")),
                new Task.Capture("room12", List.of()).by("tom"),
                new Task.Capture("room12", List.of(), new TreeMap<>(Map.of("if-locked", "skip"))),
                new Task.Restore(
                        "room12",
                        3,
                        List.of("office"),
                        List.of("/dev/sda", "/dev/nvme0n1"),
                        new TreeMap<>(Map.of("resize", "last"))),
                new Task.Join(8),
                new Task.Script("hello", "echo \"hello\"\n"),
                new Task.Inventory(),
                new Task.Maintenance(),
                new Task.Wipe(List.of("/dev/sdb"), Task.WipeMethod.RANDOM));
        List<Work> works = new ArrayList<>();
        for (Task task : tasks) { // each of a rule of its own: of one rule there is one open work
            works.add(database.works().create(device.id(), task, terms.ofRule(3 + works.size()), NOW));
        }
        restart();

        assertThat(works).extracting(Work::task).isEqualTo(tasks);
        assertThat(database.works().open()).containsExactlyInAnyOrderElementsOf(works);
        assertThat(database.works().of(device.id(), 99)).isEqualTo(works.reversed());
        assertThat(database.works().latestOfRule(device.id(), 2 + works.size())).contains(works.getLast());
        assertThat(database.works().latestOfRule(device.id(), 2)).isEmpty();
        assertThat(database.works().current(device.id(), NOW))
                .as("not before its time")
                .isEmpty();
        assertThat(database.works().current(device.id(), NOW.plusSeconds(60)))
                .map(Work::id)
                .contains(works.getFirst().id());
    }

    @Test
    void workIsBegunOnceUntilANewerBootTakesItOver() {
        Device device = device("S1");
        Work work = database.works().create(device.id(), new Task.Inventory(), Terms.by("ann"), NOW);
        long first = database.journal().open(device.id(), PC, NOW).transaction();
        long second = database.journal()
                .open(device.id(), Facts.NONE, NOW.plusSeconds(60))
                .transaction();
        assertThat(second).isNotEqualTo(first);

        Work begun = ((Beginning.Begun) database.works().begin(work, first, Limits.NONE, NOW)).work();
        assertThat(begun).isEqualTo(work.begun(first, NOW));
        assertThat(database.works().begin(begun, first, Limits.NONE, NOW))
                .as("asked again in the same transaction")
                .isEqualTo(new Beginning.Begun(begun));
        assertThat(database.works().begin(work, second, Limits.NONE, NOW))
                .as("with what it knew before")
                .isInstanceOf(Beginning.TakenElsewhere.class);
        assertThat(database.works().begin(begun, second, Limits.NONE, NOW))
                .isEqualTo(new Beginning.Begun(begun.begun(second, NOW)));
        assertThat(database.works().begin(begun.begun(second, NOW), first, Limits.NONE, NOW))
                .as("the older boot is late")
                .isInstanceOf(Beginning.TakenElsewhere.class);

        database.works().keep(begun.done("of the older boot", NOW));
        assertThat(database.works().find(work.id()).orElseThrow().state()).isEqualTo(WorkState.RUNNING);
        database.works().keep(work.cancelled(NOW));
        database.works().keep(begun.begun(second, NOW).done("too late", NOW));
        assertThat(database.works().find(work.id()).orElseThrow().state()).isEqualTo(WorkState.CANCELLED);
        assertThat(database.works().current(device.id(), NOW)).isEmpty();
    }

    @Test
    void noMoreRunAtOnceThanTheSiteCarries() {
        Limits two = new Limits(2, 0, Duration.ofMinutes(10));
        List<Work> works = List.of("S1", "S2", "S3", "S4").stream()
                .map(serial -> database.works()
                        .create(
                                device(serial).id(),
                                Task.Restore.of("room12", 1, List.of()),
                                Terms.by("ann").withPriority(serial.equals("S4") ? 9 : 0),
                                NOW))
                .toList();

        Work first = ((Beginning.Begun) database.works().begin(works.get(0), 1, two, NOW)).work();
        assertThat(database.works().begin(works.get(1), 2, two, NOW)).isInstanceOf(Beginning.Begun.class);
        Task held = works.get(2).task().heldTo(new HeldDisk("SYS1"));
        assertThat(database.works().begin(works.get(2).pinned(held), 3, two, NOW))
                .isInstanceOf(Beginning.AtLimit.class);
        assertThat(database.works().find(works.get(2).id()).orElseThrow().task())
                .as("what waits stays with its disk")
                .isEqualTo(held);
        assertThat(database.works().begin(works.get(3), 4, two, NOW)).isInstanceOf(Beginning.AtLimit.class);
        database.works().keep(first.done("", NOW));
        assertThat(database.works().begin(works.get(2), 3, two, NOW))
                .as("the one with the higher priority waits as well")
                .isInstanceOf(Beginning.AtLimit.class);
        assertThat(database.works().begin(works.get(3), 4, two, NOW)).isInstanceOf(Beginning.Begun.class);
        assertThat(database.works().begin(works.get(2), 3, two, NOW.plus(Duration.ofMinutes(11))))
                .as("the engines of the others are silent for too long")
                .isInstanceOf(Beginning.Begun.class);
    }

    @Test
    void whoWasToldToWaitWhileTheClockWasAheadDoesNotGoFirst() {
        Limits one = new Limits(1, 0, Duration.ofMinutes(10));
        Instant ahead = NOW.plus(Duration.ofDays(30));
        List<Work> works = List.of("S1", "S2", "S3").stream()
                .map(serial -> database.works()
                        .create(device(serial).id(), Task.Restore.of("room12", 1, List.of()), Terms.by("ann"), NOW))
                .toList();
        Work first = ((Beginning.Begun) database.works().begin(works.get(0), 1, one, ahead)).work();
        assertThat(database.works().begin(works.get(1), 2, one, ahead)).isInstanceOf(Beginning.AtLimit.class);
        database.works().keep(first.done("", ahead));

        assertThat(database.works().begin(works.get(2), 3, one, NOW))
                .as("the other's PC is off")
                .isInstanceOf(Beginning.Begun.class);
    }

    @Test
    void aQuestionIsOpenOnceAndAnsweredOnce() {
        Set<IdentityKey> shown = IdentityKey.of(PC);
        Question asked = new Question(
                0, shown, PC, 5, List.of(2L, 1L), List.of("same disk", "same board"), Optional.empty(), NOW, NOW);
        Question kept = database.questions().ask(asked, NOW);
        Question again = database.questions().ask(asked, NOW.plusSeconds(120));
        restart();

        assertThat(kept.candidates()).containsExactly(2L, 1L);
        assertThat(kept.why()).containsExactly("same disk", "same board");
        assertThat(again.id()).isEqualTo(kept.id());
        assertThat(database.questions().open()).containsExactly(again);
        assertThat(database.questions().answer(kept.id(), new Question.Answer.Is(2)))
                .hasValueSatisfying(it -> assertThat(it.answer()).contains(new Question.Answer.Is(2)));
        assertThat(database.questions().answer(kept.id(), new Question.Answer.New()))
                .isEmpty();
        assertThat(database.questions().open()).isEmpty();
        assertThat(database.questions().ask(asked, NOW).id()).isNotEqualTo(kept.id());
    }

    @Test
    void inventedQuestionsFindAnEndAndAnAnswerMakesRoomForTheNext() {
        Question first = question(0);
        for (int i = 1; i < QuestionStore.MOST; i++) {
            question(i);
        }
        assertThat(question(QuestionStore.MOST).id()).as("it is not kept").isZero();
        assertThat(database.questions().open()).hasSize(QuestionStore.MOST);
        assertThat(question(0).id()).as("one that is open is asked again").isEqualTo(first.id());
        database.questions().answer(first.id(), new Question.Answer.New());
        assertThat(question(QuestionStore.MOST).id()).isNotZero();
    }

    /** Else a PC in doubt would be sent to the imaging environment at each boot: only an open question ends that. */
    @Test
    void whoseQuestionIsNotKeptAnyMoreIsInDoubtAllTheSameAndSomebodyIsTold() {
        Question first = question(0);
        for (int i = 1; i < QuestionStore.MOST; i++) {
            question(i);
        }
        assertThat(database.alarms().open(10)).isEmpty();
        Set<IdentityKey> one = question(QuestionStore.MOST).shown();
        Set<IdentityKey> never = IdentityKey.of(Facts.NONE.with(FactName.SERIAL, "never asked"));
        assertThat(database.questions().isOpen(one)).isTrue();
        assertThat(database.questions().isOpen(never)).isFalse();
        assertThat(database.alarms().open(10))
                .singleElement()
                .satisfies(alarm ->
                        assertThat(alarm.text()).contains("1000 questions are open", "firstlight device questions"));

        for (int i = 1; i <= QuestionStore.MOST; i++) {
            question(QuestionStore.MOST + i);
        }
        assertThat(database.questions().isOpen(one))
                .as("the latest are kept in mind")
                .isFalse();
        question(QuestionStore.MOST);
        assertThat(database.questions().isOpen(one)).isTrue();

        database.questions().answer(first.id(), new Question.Answer.New());
        assertThat(database.questions().isOpen(one)).as("there is room to ask").isFalse();
        assertThat(question(QuestionStore.MOST).id()).isNotZero();
        assertThat(database.questions().isOpen(one)).isTrue();
    }

    private Question question(int number) {
        Facts invented = Facts.NONE.with(FactName.SERIAL, "invented-" + number);
        Question asked = new Question(
                0, IdentityKey.of(invented), invented, 0, List.of(1L), List.of("why"), Optional.empty(), NOW, NOW);
        return database.questions().ask(asked, NOW);
    }

    @Test
    void aScheduleThatSomebodySwitchedOffMeanwhileIsNotOnAgainWithItsNewName() {
        Schedule seen = database.schedules().add(nightly(0, "nightly", true));
        assertThat(database.schedules().change(seen, nightly(seen.id(), "nightly", false)))
                .isInstanceOf(Kept.Done.class);
        assertThat(database.schedules().change(seen, nightly(seen.id(), "by night", true)))
                .isEqualTo(new Kept.Refused<>("schedule 'nightly' was changed, or gave out its work, meanwhile"));
        assertThat(database.schedules().find(seen.id())).contains(nightly(seen.id(), "nightly", false));
    }

    private static Schedule nightly(long id, String name, boolean enabled) {
        return new Schedule(
                id,
                name,
                enabled,
                "0 3 * * *",
                ZoneId.of("Europe/Berlin"),
                Set.of(),
                Set.of(2L),
                Task.Restore.of("room12", 0, List.of()),
                Terms.by("schedule"),
                Optional.of(NOW));
    }

    @Test
    void aScheduleFiresOnceWithItsWorkOrNotAtAll() {
        Device device = device("S1");
        Schedule kept = database.schedules()
                .add(new Schedule(
                        0,
                        "nightly",
                        true,
                        "0 3 * * *",
                        ZoneId.of("Europe/Berlin"),
                        Set.of(device.id()),
                        Set.of(2L, 3L),
                        Task.Restore.of("room12", 0, List.of()),
                        Terms.by("schedule 'nightly'").withWake(true),
                        Optional.of(NOW)));
        restart();
        assertThat(database.schedules().find(kept.id())).contains(kept);
        assertThat(database.schedules().due(NOW.minusSeconds(1))).isEmpty();
        assertThat(database.schedules().due(NOW)).containsExactly(kept);

        assertThatThrownBy(() -> database.atomically(() -> {
                    assertThat(database.schedules().fired(kept, Optional.of(NOW.plusSeconds(86_400))))
                            .isTrue();
                    database.works().create(device.id(), kept.task(), kept.terms(), NOW);
                    throw new IllegalStateException("a device is gone");
                }))
                .hasMessage("a device is gone");
        assertThat(database.schedules().due(NOW)).containsExactly(kept);
        assertThat(database.works().open()).isEmpty();
        assertThat(database.works().list(9)).isEmpty();

        assertThat(database.schedules().fired(kept, Optional.empty())).isTrue();
        assertThat(database.schedules().fired(kept, Optional.empty())).isFalse();
        assertThat(database.schedules().due(NOW.plusSeconds(1_000_000))).isEmpty();
        assertThat(database.schedules().remove(kept.id())).isTrue();
        assertThat(database.schedules().all()).isEmpty();
    }

    @Test
    void anAlarmIsCountedUntilSomebodyDismissesIt() {
        database.alarms().raise(4, "restore failed", NOW);
        database.alarms().raise(4, "restore failed", NOW.plusSeconds(5));
        database.alarms().raise(0, "disk full", NOW);
        restart();

        assertThat(database.alarms().open(9))
                .extracting(Alarm::text, Alarm::times)
                .containsExactly(
                        org.assertj.core.groups.Tuple.tuple("restore failed", 2),
                        org.assertj.core.groups.Tuple.tuple("disk full", 1));
        long failed = database.alarms().open(9).getFirst().id();
        assertThat(database.alarms().dismiss(failed, "ann")).isTrue();
        assertThat(database.alarms().dismiss(failed, "bob")).isFalse();
        database.alarms().raise(4, "restore failed", NOW.plusSeconds(9));
        assertThat(database.alarms().open(9)).hasSize(2);
        assertThat(database.alarms().all(9)).hasSize(3);
    }

    @Test
    void alarmsThatWereDismissedGoWithTheOldTransactions() {
        for (String text : List.of("old and dismissed", "old and open", "new")) {
            database.alarms().raise(4, text, text.startsWith("old") ? NOW.minusSeconds(60) : NOW);
        }
        for (Alarm alarm : database.alarms().open(9)) {
            if (!alarm.text().endsWith("open")) {
                database.alarms().dismiss(alarm.id(), "ann");
            }
        }
        assertThat(database.forgetBefore(NOW)).isEqualTo(1);
        assertThat(database.alarms().all(9)).extracting(Alarm::text).containsExactlyInAnyOrder("old and open", "new");
    }

    @Test
    void alarmsThatManyLookAtWhileTheyAreWrittenAreAllKept() throws Exception {
        int raised = 60;
        for (int i = 0; i < raised; i++) {
            database.alarms().raise(4, "alarm " + i, NOW);
        }
        try (ExecutorService lookers =
                Executors.newThreadPerTaskExecutor(Thread.ofPlatform().factory())) {
            List<Future<List<Alarm>>> looks = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                looks.add(lookers.submit(() -> database.alarms().open(raised)));
            }
            for (Future<List<Alarm>> look : looks) {
                look.get();
            }
        }
        assertThat(database.alarms().open(raised)).hasSize(raised).allMatch(alarm -> alarm.times() == 1);
    }

    @Test
    void aDeviceIsFoundByItsNameInAnyCaseByItsNumberAndByItsMac() {
        Device pc = database.devices().register(NewDevice.of(PC, Registration.REGISTERED), NOW);
        device("S-2");
        for (String text : List.of(
                "pc-525400000001",
                "PC-525400000001",
                Long.toString(pc.id()),
                "52:54:00:00:00:01",
                "52-54-00-00-00-01",
                "525400000001")) {
            assertThat(database.devices().find(text)).as(text).containsExactly(pc);
        }
        assertThat(database.devices().find("52:54:00:00:00:02")).isEmpty();
        assertThat(database.devices().find("9999999999999999999999")).isEmpty();
        assertThat(database.devices().find("nobody")).isEmpty();
    }

    @Test
    void aDeviceIsMeantByItsNameThoughThatReadsLikeADocksAddress() {
        Facts dock = Facts.NONE.with(FactName.MAC, "00:e0:4c:68:00:01");
        Device first = database.devices()
                .register(NewDevice.of(dock.with(FactName.SERIAL, "S-1"), Registration.REGISTERED), NOW);
        Device named = done(database.devices().change(first.id(), device -> device.withName("00e04c680001")));
        Device other = database.devices()
                .register(NewDevice.of(dock.with(FactName.SERIAL, "S-2"), Registration.REGISTERED), NOW);
        assertThat(database.devices().find("00E04C680001")).containsExactly(named);
        assertThat(database.devices().find("00:e0:4c:68:00:01")).containsExactlyInAnyOrder(named, other);
    }

    @Test
    void workOfOnePcIsListedHoweverMuchOtherWorkIsNewer() {
        Device pc = database.devices().register(NewDevice.of(PC, Registration.REGISTERED), NOW);
        Work old = database.works().create(pc.id(), new Task.Inventory(), Terms.by("ann"), NOW);
        List<Work> others = database.works()
                .create(List.of(device("S-2").id(), device("S-3").id()), new Task.Maintenance(), Terms.by("ann"), NOW);

        assertThat(database.works().list(1)).containsExactly(others.getLast());
        assertThat(database.works().list(pc.id(), "", "", 1)).containsExactly(old);
        assertThat(database.works().list(0, "QUEUED", "inventory", 1)).containsExactly(old);
        assertThat(database.works().list(0, "RUNNING", "", 9)).isEmpty();
        assertThat(database.works().list(0, "", "maintenance", 9)).containsExactlyElementsOf(others.reversed());
    }

    @Test
    void whatWasGivenToADeviceThatWasAnotherAllTheTimeIsThatOnes() {
        Device office = database.devices().register(NewDevice.of(PC, Registration.REGISTERED), NOW);
        Device board = device("S-NEW");
        Work wanted =
                database.works().create(board.id(), Task.Restore.of("room12", 0, List.of()), Terms.by("ann"), NOW);
        database.works()
                .create(board.id(), new Task.Inventory(), Terms.by("rule").ofRule(7), NOW);
        Schedule nightly = database.schedules()
                .add(new Schedule(
                        0,
                        "nightly",
                        true,
                        "0 3 * * *",
                        ZoneId.of("UTC"),
                        Set.of(board.id()),
                        Set.of(),
                        new Task.Inventory(),
                        Terms.by("schedule"),
                        Optional.of(NOW)));

        assertThat(database.devices().settle(new Question.Outcome.Keep(office, board.id()), NOW))
                .isPresent();

        assertThat(database.devices().find(board.id())).isEmpty();
        assertThat(database.schedules().find(nightly.id()))
                .hasValueSatisfying(schedule -> assertThat(schedule.devices()).containsExactly(office.id()));
        assertThat(database.works().current(office.id(), NOW)).map(Work::id).contains(wanted.id());
        assertThat(database.works().open()).extracting(Work::id).containsExactly(wanted.id());
        restart();
        assertThat(database.works().open()).extracting(Work::device).containsExactly(office.id());
    }

    @Test
    void whoTakesBackWhatWasDoneMeanwhileIsToldSo() {
        Device device = device("S1");
        Work work = database.works().create(device.id(), new Task.Inventory(), Terms.by("ann"), NOW);
        assertThat(database.works().begin(work, 7, Limits.NONE, NOW)).isInstanceOf(Beginning.Begun.class);
        Work seen = database.works().find(work.id()).orElseThrow();
        database.works().keep(seen.done("all of it", NOW));
        assertThat(database.works().cancel(seen, NOW)).map(Work::state).contains(WorkState.DONE);

        Work other = database.works().create(device.id(), new Task.Inventory(), Terms.by("ann"), NOW);
        assertThat(database.works().cancel(other, NOW)).map(Work::state).contains(WorkState.CANCELLED);
    }

    @Test
    void workForManyIsGivenToAllOfThemOrToNone() {
        long there = device("S-2").id();
        assertThatThrownBy(() ->
                        database.works().create(List.of(there, 4711L), new Task.Inventory(), Terms.by("ann"), NOW))
                .isInstanceOf(RuntimeException.class);
        assertThat(database.works().open()).isEmpty();
        assertThat(database.works().list(9)).isEmpty();
    }

    @Test
    void theRulesAndTheWorkOfARemovedDeviceAreGoneAtOnce() throws InvalidCondition {
        Device device = database.devices().register(NewDevice.of(PC, Registration.REGISTERED), NOW);
        Rule rule = Rule.of(
                0,
                new Level.OfDevice(device.id()),
                0,
                "its own",
                true,
                "always",
                new Task.Inventory(),
                Repeat.ONCE,
                "");
        assertThat(database.policy().addRule(rule)).isInstanceOf(Kept.Done.class);
        database.works()
                .create(device.id(), new Task.Inventory(), Terms.by("ann").ofRule(7), NOW);

        assertThat(database.devices().remove(device.id())).isTrue();
        assertThat(database.policy().book().rules()).isEmpty();
        assertThat(database.works().open()).isEmpty();
        assertThat(database.works().latestOfRule(device.id(), 7)).isEmpty();
    }

    @Test
    void ofTheEndedWorkOfARuleTheNewestOfEachDeviceStays() throws InvalidCondition {
        Device device = device("S1");
        Device other = device("S2");
        Rule rule = Rule.of(0, Level.SERVER, 0, "r", true, "always", new Task.Inventory(), Repeat.ALWAYS, "");
        long kept = done(database.policy().addRule(rule)).id();
        List<Work> newest = new ArrayList<>();
        for (Device each : List.of(device, other)) {
            ended(each, kept);
            ended(each, kept + 1); // a rule that is gone
            newest.add(ended(each, kept));
        }
        Work open = database.works()
                .create(device.id(), new Task.Inventory(), Terms.by("rule").ofRule(kept + 1), NOW);
        assertThat(database.forgetBefore(NOW)).as("not yet").isZero();

        assertThat(database.forgetBefore(NOW.plusSeconds(1))).isEqualTo(4);
        assertThat(database.works().list(9))
                .extracting(Work::id)
                .containsExactlyInAnyOrder(
                        open.id(), newest.get(0).id(), newest.get(1).id());
        restart();
        assertThat(database.works().latestOfRule(device.id(), kept)).contains(newest.getFirst());
    }

    @Test
    void whatARuleTakesBackIsNoRulesAndWhatWasDoneBeforeCounts() {
        Device device = device("S1");
        Device other = device("S2");
        WorkStore works = database.works();
        Work done = ended(device, 7);
        Terms terms = Terms.by("rule").ofRule(7);
        Work waiting = works.create(device.id(), new Task.Inventory(), terms, NOW);
        Work joining = works.create(other.id(), new Task.Join(3), terms, NOW);
        assertThat(works.withdraw(7, NOW, () -> new Kept.Refused<>("changed meanwhile"))
                        .works())
                .isZero();
        assertThat(works.latestOfRule(device.id(), 7)).contains(waiting);

        restart(); // what was done is not read for its being the newest only
        works = database.works();
        assertThat(works.withdraw(7, NOW, () -> new Kept.Done<>(7)).works()).isEqualTo(2);
        assertThat(works.open()).isEmpty();
        assertThat(works.latestOfRule(device.id(), 7)).contains(done);
        assertThat(works.latestOfRule(other.id(), 7)).isEmpty();
        assertThat(works.find(joining.id()).orElseThrow().state()).isEqualTo(WorkState.CANCELLED);
        restart();
        assertThat(database.works().latestOfRule(device.id(), 7)).contains(done);
    }

    private Work ended(Device device, long rule) {
        Work work = database.works()
                .create(device.id(), new Task.Inventory(), Terms.by("rule").ofRule(rule), NOW);
        Work done = work.done("", NOW);
        database.works().keep(done);
        return done;
    }

    @Test
    void ofOneRuleADeviceHasOneOpenWork() {
        Device device = database.devices().register(NewDevice.of(PC, Registration.REGISTERED), NOW);
        Terms terms = Terms.by("rule 'x'").ofRule(7);
        Work first = database.works().create(device.id(), new Task.Inventory(), terms, NOW);
        assertThat(database.works().create(device.id(), new Task.Inventory(), terms, NOW))
                .isEqualTo(first);
        assertThat(database.works().create(device.id(), new Task.Inventory(), Terms.by("ann"), NOW))
                .as("a person may assign more")
                .isNotEqualTo(first);

        database.works().keep(first.cancelled(NOW));
        Work second = database.works().create(device.id(), new Task.Inventory(), terms, NOW);
        assertThat(second.id()).isGreaterThan(first.id());
        Work cancelled = database.works().find(first.id()).orElseThrow();
        assertThat(database.works().reopen(cancelled.retried(NOW))).isInstanceOf(Kept.Refused.class);
        database.works().keep(second.cancelled(NOW));
        assertThat(database.works().reopen(cancelled.retried(NOW))).isInstanceOf(Kept.Done.class);
        assertThat(database.works().find(first.id()).orElseThrow().isOpen()).isTrue();
    }
}
