package firstlight.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import firstlight.model.BiosClient;
import firstlight.model.BootDecisions;
import firstlight.model.ClientChoice;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import firstlight.model.HeldDisk;
import firstlight.model.MacAddress;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.PrebootAnswer;
import firstlight.model.Scripts;
import firstlight.model.UefiClient;
import firstlight.model.WorkScript;
import firstlight.policy.level.AfterWork;
import firstlight.policy.level.Group;
import firstlight.policy.level.GroupTree;
import firstlight.policy.level.Level;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.rule.Condition;
import firstlight.policy.rule.InvalidCondition;
import firstlight.policy.rule.Repeat;
import firstlight.policy.rule.Rule;
import firstlight.policy.rule.Truth;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RuleDecisionsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final Instant LATER = NOW.plus(Duration.ofHours(1));
    private static final Facts PC =
            IdentityTest.facts("mac=52:54:00:00:00:01; uuid=aaaaaaaa-0000-0000-0000-000000000001; model=OptiPlex 7090");
    private static final Facts FULL =
            PC.mergedWith(IdentityTest.facts("memory-mib=8192; disk=sda 256060514304 S3 SAMSUNG"));
    private static final Task RESTORE = Task.Restore.of("room12", 0, List.of());
    private static final Group SCHOOL =
            new Group(1, "School", Group.NONE, PolicyValues.NONE.with(draft -> draft.maxAttempts = Optional.of(2)));
    private static final Group ROOM = new Group(
            2, "Room 12", 1, PolicyValues.NONE.with(draft -> draft.menu = Optional.of(new MenuSetting.OnHotkey(5))));

    private final InMemory memory = new InMemory();
    private Limits limits = Limits.NONE;

    private Decisions decisions() {
        return decisions(NewDevices.REGISTER);
    }

    private Decisions decisions(NewDevices newDevices) {
        PolicyValues values = PolicyValues.NONE.with(draft -> {
            draft.menu = Optional.of(new MenuSetting.Never());
            draft.kernelArguments = Optional.of("quiet");
            draft.entries = Optional.of(List.of(
                    new MenuEntry.Automatic("Automatic"),
                    new MenuEntry.LocalDisk("Local disk"),
                    new MenuEntry.Locked(new MenuEntry.Register("Register this PC"))));
        });
        return new Decisions(
                memory.repositories(), () -> memory.book, new Settings(newDevices, "Press F8", values, limits));
    }

    private void rules(Rule... rules) {
        memory.book = new RuleBook(GroupTree.of(List.of(SCHOOL, ROOM)), PolicyValues.NONE, List.of(rules), Set.of());
    }

    private static Rule rule(long id, Level level, String when, Repeat repeat) {
        return rule(id, level, when, RESTORE, repeat);
    }

    private static Rule rule(long id, Level level, String when, Task task, Repeat repeat) {
        try {
            return Rule.of(id, level, (int) id, "r" + id, true, when, task, repeat, "rule=" + id);
        } catch (InvalidCondition e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void aRuleThatMatchesOnPrebootFactsLoadsTheImagingEnvironment() {
        memory.add("pc1", PC);
        rules(rule(1, Level.SERVER, "model contains 'OptiPlex'", Repeat.ONCE));

        FirstAnswer first = decisions().firstAnswer(PC, NOW);
        assertThat(first).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        assertThat(first.reasons())
                .last()
                .isEqualTo("rule 1 'r1' matched: model contains \"OptiPlex\": true (OptiPlex 7090)");

        PrebootAnswer preboot = decisions().prebootAnswer(PC, NOW);
        assertThat(preboot.imaging()).isTrue();
        assertThat(preboot.kernelArguments()).isEqualTo("quiet rule=1");

        Decisions.Order order = decisions().order(1, FULL, preboot.transaction(), NOW);
        assertThat(order).isInstanceOfSatisfying(Decisions.Order.Begin.class, begin -> {
            assertThat(begin.work().task()).isEqualTo(RESTORE.heldTo(new HeldDisk("S3")));
            assertThat(begin.work().terms().rule()).isEqualTo(1);
            assertThat(begin.work().terms().createdBy()).isEqualTo("rule 'r1'");
            assertThat(begin.addOnsOnly()).isFalse();
        });
    }

    @Test
    void aRuleThatGivesANewPcWorkIsForeseenBeforeItIsRegistered() {
        rules(rule(1, Level.SERVER, "model contains 'OptiPlex'", Repeat.ONCE));

        BootDecisions.Prompt prompt = decisions().promptAnswer(PC, NOW);

        assertThat(prompt).isInstanceOf(BootDecisions.Prompt.Provisional.class);
        assertThat(prompt.answer()).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        assertThat(memory.devices).isEmpty();
    }

    @Test
    void aRuleThatDoesNotMatchIsLocalBootByTheFirstPacket() {
        memory.add("pc1", PC);
        rules(rule(1, Level.SERVER, "model contains 'Latitude'", Repeat.ONCE));

        FirstAnswer first = decisions().firstAnswer(PC, NOW);
        assertThat(first).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(first.reasons()).last().isEqualTo("none of its 1 rules gives work");
    }

    @Test
    void anUnknownFactLoadsTheImagingEnvironmentOnceAndKeptFactsAnswerNextTime() {
        memory.add("pc1", PC);
        rules(rule(1, Level.SERVER, "gpu contains '10de'", Repeat.ONCE));
        assertThat(decisions().firstAnswer(PC, NOW)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);

        assertThat(decisions().order(1, FULL, 1, NOW)).isInstanceOf(Decisions.Order.Nothing.class);
        assertThat(decisions().firstAnswer(PC, NOW))
                .as("it has no such card; nobody asks again")
                .isInstanceOf(FirstAnswer.LocalBoot.class);
    }

    @Test
    void theFirstRuleThatMatchesWinsFromTheDeviceUpwards() {
        memory.add(IdentityTest.device(1, "pc1", FULL).withGroup(2));
        rules(
                rule(1, Level.SERVER, "always", new Task.Inventory(), Repeat.ALWAYS),
                rule(2, new Level.OfGroup(1), "always", new Task.Maintenance(), Repeat.ALWAYS),
                rule(3, new Level.OfGroup(2), "model contains 'Latitude'", Repeat.ALWAYS),
                rule(4, new Level.OfGroup(2), "model contains 'Opti'", Repeat.ALWAYS),
                rule(5, new Level.OfDevice(9), "always", Repeat.ALWAYS));

        assertThat(decisions().order(1, FULL, 1, NOW))
                .isInstanceOfSatisfying(
                        Decisions.Order.Begin.class,
                        begin -> assertThat(begin.work().terms().rule()).isEqualTo(4));
    }

    @Test
    void assignedWorkGoesBeforeAllRules() {
        Device device = memory.add("pc1", FULL);
        rules(rule(1, Level.SERVER, "always", Repeat.ONCE));
        memory.assign(device, new Task.Inventory());

        assertThat(decisions().order(1, FULL, 1, NOW))
                .isInstanceOfSatisfying(
                        Decisions.Order.Begin.class,
                        begin -> assertThat(begin.work().task()).isEqualTo(new Task.Inventory()));
    }

    @Test
    void theSameImageIsNotLaidDownTwice() {
        memory.add("pc1", FULL);
        rules(rule(1, Level.SERVER, "always", Repeat.ONCE));
        finish(1);

        assertThat(memory.devices.getFirst().lastImage()).contains(new LastImage("room12", 1, List.of(), NOW));
        FirstAnswer first = decisions().firstAnswer(PC, LATER);
        assertThat(first).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(first.reasons())
                .last()
                .isEqualTo("rule 1 'r1' matched: always: true, but the device has room12 version 1 already");
        memory.newest = 2;
        assertThat(decisions().firstAnswer(PC, LATER)).isInstanceOf(FirstAnswer.LocalBoot.class);
    }

    @Test
    void aRuleForTheNewestVersionGivesItWhenThereIsOne() {
        memory.add("pc1", FULL);
        rules(rule(1, Level.SERVER, "always", Repeat.NEWER));
        finish(1);

        assertThat(decisions().firstAnswer(PC, LATER)).isInstanceOf(FirstAnswer.LocalBoot.class);
        memory.newest = 2;
        assertThat(decisions().firstAnswer(PC, LATER)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
    }

    /** Its server was asked while it could not read its store, or is one of two and has not pulled the version yet. */
    @ParameterizedTest
    @ValueSource(ints = {0, 2})
    void aRuleForTheNewestVersionTakesNoPcBackToWhatAServerHas(int newestHere) {
        LastImage last = new LastImage("room12", 3, List.of("office@3"), NOW);
        memory.add(IdentityTest.device(1, "pc1", FULL).withLastImage(Optional.of(last)));
        memory.newest = newestHere;
        for (Task task : List.of(RESTORE, withAddOns("office"))) {
            rules(rule(1, Level.SERVER, "always", task, Repeat.NEWER));

            assertThat(decisions().firstAnswer(PC, LATER)).isInstanceOf(FirstAnswer.LocalBoot.class);
            assertThat(decisions().order(1, FULL, 1, LATER)).isInstanceOf(Decisions.Order.Nothing.class);
            assertThat(memory.find(1).orElseThrow().lastImage()).contains(last);
        }
        memory.assign(memory.find(1).orElseThrow(), RESTORE);
        assertThat(decisions().order(1, FULL, 1, LATER))
                .as("a person may want the older one")
                .isInstanceOf(Decisions.Order.Begin.class);
    }

    @Test
    void anAddOnThatIsNewerThanThisServersIsNotLaidDownAnew() {
        LastImage last = new LastImage("room12", 2, List.of("office@3"), NOW);
        memory.add(IdentityTest.device(1, "pc1", FULL).withLastImage(Optional.of(last)));
        memory.newest = 2;
        rules(rule(1, Level.SERVER, "always", withAddOns("office"), Repeat.NEWER));

        assertThat(decisions().firstAnswer(PC, LATER)).isInstanceOf(FirstAnswer.LocalBoot.class);
        memory.newest = 4;
        assertThat(decisions().firstAnswer(PC, LATER)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
    }

    @Test
    void aRuleForTheNewestVersionSaysWhenNoneIsKnownHere() {
        memory.add(IdentityTest.device(1, "pc1", FULL)
                .withLastImage(Optional.of(new LastImage("room12", 3, List.of(), NOW))));
        memory.newest = 0;
        rules(rule(1, Level.SERVER, "always", Repeat.NEWER));

        assertThat(decisions().firstAnswer(PC, LATER).reasons())
                .last()
                .asString()
                .endsWith("but the device has room12 version 3 already, and no version of it is known here");
    }

    /** As after the loss of an image store: new versions begin with 1 again. */
    @Test
    void aRuleForTheNewestVersionNamesTheNewestHereWhereADeviceHasANewerOne() {
        memory.add(IdentityTest.device(1, "pc1", FULL)
                .withLastImage(Optional.of(new LastImage("room12", 7, List.of(), NOW))));
        memory.newest = 2;
        rules(rule(1, Level.SERVER, "always", Repeat.NEWER));

        assertThat(decisions().firstAnswer(PC, LATER).reasons())
                .last()
                .asString()
                .endsWith("but the device has room12 version 7 already, and the newest here is version 2");
    }

    /** Its card was taken out; the restore would have laid an image over its disk. */
    @Test
    void whatAnEngineDoesNotFindAnyMoreMatchesNoRule() {
        Facts card = FULL.mergedWith(IdentityTest.facts("gpu=10de:1234"));
        memory.add("pc1", card);
        rules(rule(1, Level.SERVER, "gpu contains '10de'", Repeat.ONCE));
        assertThat(decisions().firstAnswer(PC, NOW)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);

        assertThat(decisions().order(1, FULL, 1, NOW)).isInstanceOf(Decisions.Order.Nothing.class);
        assertThat(decisions().firstAnswer(PC, NOW))
                .as("no boot after it looks again")
                .isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(decisions().order(1, card, 2, NOW)).as("it is back").isInstanceOf(Decisions.Order.Begin.class);
    }

    @Test
    void whatOnlyThePrebootClientOrAPersonTellsCountsWhenAnEngineHasLooked() {
        rules(rule(
                1,
                Level.SERVER,
                "architecture = i386 and address in 10.1.0.0/16 and asset-tag = 'EXAM-7' and disk.count = 1",
                Repeat.ONCE));
        memory.add("pc1", FULL.mergedWith(IdentityTest.facts("asset-tag=EXAM-7")));
        decisions().prebootAnswer(PC.mergedWith(IdentityTest.facts("architecture=i386; address=10.1.2.3")), NOW);

        Facts found = PC.mergedWith(IdentityTest.facts("memory-mib=8192"));
        assertThat(decisions().order(1, found, 1, NOW))
                .as("its disk does not answer, and tells who it is")
                .isInstanceOf(Decisions.Order.Begin.class);
    }

    @Test
    void nobodyPlantsAFactByTheMacAddressOfAnother() {
        memory.add("pc1", FULL);
        rules(rule(1, Level.SERVER, "asset-tag starts with 'EXAM'", Repeat.ONCE));
        Facts planted = IdentityTest.facts("mac=52:54:00:00:00:01; asset-tag=EXAM-7");
        assertThat(decisions().prebootAnswer(planted, NOW).imaging())
                .as("the engine will say")
                .isTrue();

        assertThat(decisions().firstAnswer(PC, NOW)).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(decisions().order(1, FULL, 2, NOW)).isInstanceOf(Decisions.Order.Nothing.class);
        assertThat(decisions().order(1, FULL.mergedWith(IdentityTest.facts("asset-tag=EXAM-7")), 3, NOW))
                .as("it was written into its firmware")
                .isInstanceOf(Decisions.Order.Begin.class);
    }

    @Test
    void aSerialNumberThatAPcDoesNotHaveIsNotKeptOfWhoSaysItsMacAddress() {
        memory.add("pc1", FULL);
        rules(rule(1, Level.SERVER, "serial = 'PF0X' or board-serial = 'PF0X'", Repeat.ONCE));
        for (String serial : List.of("serial", "board-serial")) {
            decisions().prebootAnswer(IdentityTest.facts("mac=52:54:00:00:00:01; " + serial + "=PF0X"), NOW);
            assertThat(decisions().firstAnswer(PC, NOW)).as(serial).isInstanceOf(FirstAnswer.LocalBoot.class);
        }
        assertThat(decisions().order(1, FULL.mergedWith(IdentityTest.facts("serial=PF0X")), 3, NOW))
                .as("its engine says so")
                .isInstanceOf(Decisions.Order.Begin.class);
    }

    @Test
    void aRuleThatAlwaysGivesDoesNotLoopInTheBootAfterItsWork() {
        memory.add("pc1", FULL);
        rules(rule(1, Level.SERVER, "always", Repeat.ALWAYS));
        finish(1);

        FirstAnswer next = decisions().firstAnswer(PC, NOW.plusSeconds(60));
        assertThat(next).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(next.reasons())
                .last()
                .asString()
                .endsWith("but work 1 (restore room12 version 1) was done just now");
        assertThat(decisions().firstAnswer(PC, LATER)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        assertThat(decisions().firstAnswer(PC, NOW.minus(Duration.ofDays(30))))
                .as("the clock was ahead when it was done")
                .isInstanceOf(FirstAnswer.LoadPrebootClient.class);
    }

    @Test
    void aRulesWorkThatFailsStopsAndLeavesTheDeviceAloneUntilItIsTriedAgain() {
        memory.add(IdentityTest.device(1, "pc1", FULL).withGroup(1));
        rules(rule(1, Level.SERVER, "always", Repeat.ONCE));
        for (int transaction = 1; transaction <= 2; transaction++) {
            Decisions.Order.Begin begin = (Decisions.Order.Begin) decisions().order(1, FULL, transaction, NOW);
            decisions().failed(begin.work(), "disk full", NOW);
        }

        assertThat(memory.alarms)
                .containsExactly("1: work 1 (restore room12) has failed 2 times at 'pc1' and stops: disk full");
        FirstAnswer first = decisions().firstAnswer(PC, LATER);
        assertThat(first).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(first.reasons())
                .last()
                .asString()
                .contains("has failed for good (disk full); firstlight work retry gives it again");
        memory.keep(memory.works.getFirst().retried(LATER));
        assertThat(decisions().firstAnswer(PC, LATER)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
    }

    @Test
    void anAssignedRestoreOfWhatIsThereIsSkippedUnlessForced() {
        Device device = memory.add(IdentityTest.device(1, "pc1", FULL)
                .withLastImage(Optional.of(new LastImage("room12", 1, List.of(), NOW))));
        memory.assign(device, RESTORE);

        FirstAnswer first = decisions().firstAnswer(PC, NOW);
        assertThat(first).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(first.reasons())
                .contains("work 1 (restore room12) is skipped: the device has room12 version 1 already"
                        + " (--force restores it again)");
        assertThat(memory.works.getFirst().state()).isEqualTo(WorkState.DONE);
        assertThat(memory.alarms).isEmpty();

        memory.create(1, RESTORE, Terms.by("anna").withForce(true), NOW);
        assertThat(decisions().order(1, FULL, 1, NOW)).isInstanceOf(Decisions.Order.Begin.class);
    }

    @Test
    void ofARestoreWhoseBaseIsThereOnlyTheAddOnsAreLeft() {
        Device device = memory.add(IdentityTest.device(1, "pc1", FULL)
                .withLastImage(Optional.of(new LastImage("room12", 1, List.of(), NOW))));
        memory.assign(
                device, new Task.Restore("room12", 0, List.of("office"), List.of(), Collections.emptySortedMap()));

        assertThat(decisions().order(1, FULL, 1, NOW))
                .isInstanceOfSatisfying(
                        Decisions.Order.Begin.class,
                        begin -> assertThat(begin.addOnsOnly()).isTrue());
    }

    @Test
    void scriptsOfTheWorkGoBeforeThoseOfItsLevelsAndAnEmptyOneMeansNone() {
        WorkScript own = new WorkScript("own.sh", "true", 9);
        WorkScript none = new WorkScript("none", "", 9);
        WorkScript levels = new WorkScript("level.sh", "true", 9);
        Device device = memory.add(IdentityTest.device(1, "pc1", FULL).withValues(PolicyValues.NONE.with(draft -> {
            draft.scriptBefore = Optional.of(levels);
            draft.scriptAfter = Optional.of(levels);
        })));
        Terms terms = Terms.by("anna").withScripts(new Scripts(Optional.of(own), Optional.empty()));
        memory.create(device.id(), RESTORE, terms, NOW);
        memory.create(device.id(), RESTORE, terms.withScripts(new Scripts(Optional.of(none), Optional.of(none))), NOW);
        memory.create(device.id(), new Task.Inventory(), terms, NOW);

        assertThat(scriptsOfNext(1)).isEqualTo(new Scripts(Optional.of(own), Optional.of(levels)));
        assertThat(scriptsOfNext(2)).isEqualTo(Scripts.NONE);
        assertThat(scriptsOfNext(3)).isEqualTo(Scripts.NONE);
    }

    private Scripts scriptsOfNext(long transaction) {
        Decisions.Order.Begin begin = (Decisions.Order.Begin) decisions().order(1, FULL, transaction, NOW);
        memory.keep(begin.work().cancelled(NOW));
        return begin.scripts();
    }

    private static Task.Restore withAddOns(String... addOns) {
        return new Task.Restore("room12", 0, List.of(addOns), List.of(), Collections.emptySortedMap());
    }

    /** The device's next order, done with add-ons of version 1. */
    private void finish(long transaction, boolean addOnsOnly, String... exact) {
        Decisions.Order.Begin begin = (Decisions.Order.Begin) decisions().order(1, FULL, transaction, NOW);
        assertThat(begin.addOnsOnly()).isEqualTo(addOnsOnly);
        Work pinned =
                begin.work().pinned(((Task.Restore) begin.work().task()).withVersions(memory.newest, List.of(exact)));
        memory.keep(pinned);
        decisions().done(pinned, "1 GB", NOW);
    }

    @Test
    void addOnsAreRememberedByVersionAndANewerOneIsLaidDown() {
        Device device = memory.add("pc1", FULL);
        memory.assign(device, withAddOns("office"));
        finish(1, false, "office@" + memory.newest);
        memory.assign(device, withAddOns("drivers"));
        finish(2, true, "drivers@" + memory.newest);
        LastImage last = memory.find(1).orElseThrow().lastImage().orElseThrow();
        assertThat(last.addOns()).containsExactly("office@" + memory.newest, "drivers@" + memory.newest);

        memory.assign(device, withAddOns("office", "drivers"));
        assertThat(decisions().firstAnswer(FULL, NOW)).as("has both").isInstanceOf(FirstAnswer.LocalBoot.class);

        assertThat(last.missing(List.of("office@1", "extra@1"))).containsExactly("extra@1");
        assertThat(last.missing(List.of("extra@1", "office@1")))
                .as("what comes behind one that is missing may replace its files")
                .containsExactly("extra@1", "office@1");
    }

    @Test
    void anAddOnThatFailedForGoodIsNotForgottenUntilItIsLaidDownOrTheImageIs() {
        Device device = memory.add("pc1", FULL);
        memory.assign(device, withAddOns("office", "drivers"));
        finish(1, false, "office@1", "drivers@1");
        memory.assign(device, withAddOns("maths"));
        Decisions.Order.Begin begin = (Decisions.Order.Begin) decisions().order(1, FULL, 2, NOW);
        assertThat(begin.addOnsOnly()).isTrue();
        memory.keep(begin.work().cancelled(NOW));
        LastImage last = memory.find(1).orElseThrow().lastImage().orElseThrow();
        assertThat(last.addOns()).containsExactly("office@1", "drivers@1");
        assertThat(last.unfinished()).containsExactly("maths");

        memory.assign(device, withAddOns());
        begin = (Decisions.Order.Begin) decisions().order(1, FULL, 3, NOW);
        assertThat(begin.addOnsOnly())
                .as("the image without maths is not there")
                .isFalse();
        memory.keep(begin.work().cancelled(NOW));
        memory.imaged(1, Optional.of(last));

        memory.assign(device, withAddOns("maths", "drivers"));
        finish(4, true, "maths@" + memory.newest, "drivers@" + memory.newest);
        last = memory.find(1).orElseThrow().lastImage().orElseThrow();
        assertThat(last.addOns()).containsExactly("office@1", "maths@" + memory.newest, "drivers@" + memory.newest);
        assertThat(last.unfinished()).isEmpty();
    }

    private static Task.Restore part(int version, String partitions, String... addOns) {
        return new Task.Restore(
                "room12", version, List.of(addOns), List.of(), new TreeMap<>(Map.of("partitions", partitions)));
    }

    /** They were noted as the whole image, which was then never laid down. */
    @Test
    void chosenPartitionsAreNotTheWholeImageAndAreNoted() {
        memory.newest = 4;
        Device device = memory.add(IdentityTest.device(1, "pc1", FULL)
                .withLastImage(Optional.of(new LastImage("room12", 3, List.of("office@1"), NOW))));
        memory.assign(device, part(0, "3"));
        Decisions.Order.Begin begin = (Decisions.Order.Begin) decisions().order(1, FULL, 1, NOW);
        LastImage half = memory.find(1).orElseThrow().lastImage().orElseThrow();
        assertThat(half.version()).as("the other partitions are as they were").isEqualTo(3);
        assertThat(half.parts()).containsExactly("partitions 3 of room12");
        Work pinned = begin.work().pinned(part(4, "3"));
        memory.keep(pinned);
        decisions().done(pinned, "1 GB", LATER);
        assertThat(memory.find(1).orElseThrow().lastImage())
                .contains(new LastImage(
                        "room12", 3, List.of("office@1"), Set.of(), Set.of("partitions 3 of room12@4"), NOW));

        Optional<LastImage> noted = memory.find(1).orElseThrow().lastImage();
        for (int version : new int[] {4, 3}) {
            memory.imaged(1, noted);
            memory.assign(device, Task.Restore.of("room12", version, List.of()));
            assertThat(decisions().firstAnswer(FULL, LATER)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
            begin = (Decisions.Order.Begin) decisions().order(1, FULL, 2, LATER);
            memory.keep(begin.work().cancelled(LATER));
        }
        decisions().done(begin.work(), "9 GB", LATER);
        assertThat(memory.find(1).orElseThrow().lastImage()).contains(new LastImage("room12", 3, List.of(), LATER));
    }

    @Test
    void chosenPartitionsOfTheImageThatIsThereAreLaidDownAnewWithTheirAddOns() {
        Device device = memory.add(IdentityTest.device(1, "pc1", FULL)
                .withLastImage(Optional.of(new LastImage("room12", 1, List.of(), NOW))));
        memory.assign(device, part(1, "2"));
        Decisions.Order.Begin begin = (Decisions.Order.Begin) decisions().order(1, FULL, 1, NOW);
        memory.keep(begin.work().cancelled(NOW));
        memory.assign(device, part(1, "2", "drivers@1"));
        begin = (Decisions.Order.Begin) decisions().order(1, FULL, 2, NOW);
        assertThat(begin.addOnsOnly()).isFalse();
        decisions().done(begin.work(), "1 GB", NOW);
        assertThat(memory.find(1).orElseThrow().lastImage())
                .hasValueSatisfying(last -> assertThat(last.addOns()).containsExactly("drivers@1"));
    }

    @Test
    void ofADeviceWithoutAnImageSomePartitionsMakeNone() {
        memory.assign(memory.add("pc1", FULL), part(1, "2"));
        decisions().done(((Decisions.Order.Begin) decisions().order(1, FULL, 1, NOW)).work(), "1 GB", NOW);
        assertThat(memory.find(1).orElseThrow().lastImage()).isEmpty();
    }

    @Test
    void aRuleForChosenPartitionsGivesThemOnceOrWhenThereIsANewerVersion() {
        memory.add("pc1", FULL);
        long id = 0;
        for (Repeat repeat : List.of(Repeat.ONCE, Repeat.NEWER)) {
            id++;
            rules(rule(id, Level.SERVER, "always", part(0, "2"), repeat));
            Decisions.Order.Begin begin = (Decisions.Order.Begin) decisions().order(1, FULL, 1, NOW);
            Work pinned = begin.work().pinned(part(1, "2"));
            memory.keep(pinned);
            decisions().done(pinned, "1 GB", NOW);
            assertThat(decisions().firstAnswer(FULL, LATER).reasons())
                    .last()
                    .asString()
                    .endsWith("was done");
            memory.newest = 2;
            assertThat(decisions().firstAnswer(FULL, LATER) instanceof FirstAnswer.LoadPrebootClient)
                    .isEqualTo(repeat == Repeat.NEWER);
            memory.newest = 1;
            rules(rule(id, Level.SERVER, "always", part(0, "3"), repeat));
            assertThat(decisions().firstAnswer(FULL, LATER))
                    .as("another partition is other work")
                    .isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        }
    }

    @Test
    void workWaitsForItsTurnAndTheHighestPriorityGoesFirst() {
        limits = new Limits(1, 0, Duration.ofMinutes(10));
        Facts[] shown = new Facts[3];
        for (int i = 0; i < 3; i++) {
            shown[i] = IdentityTest.facts("uuid=aaaaaaaa-0000-0000-0000-00000000000" + (i + 1));
            Device device = memory.add("pc" + i, shown[i]);
            memory.create(device.id(), RESTORE, Terms.by("anna").withPriority(i), NOW);
        }
        assertThat(decisions().order(1, shown[0], 1, NOW)).isInstanceOf(Decisions.Order.Begin.class);
        assertThat(decisions().order(2, shown[1], 2, NOW)).isInstanceOf(Decisions.Order.Wait.class);
        assertThat(decisions().order(3, shown[2], 3, NOW))
                .isInstanceOfSatisfying(
                        Decisions.Order.Wait.class,
                        wait -> assertThat(wait.reasons()).last().isEqualTo("1 of at most 1 restores are running"));
        Work first = memory.works.getFirst();
        decisions().done(first, "1 GB", NOW);

        assertThat(decisions().order(2, shown[1], 2, NOW.plusSeconds(5))).isInstanceOf(Decisions.Order.Wait.class);
        assertThat(decisions().order(3, shown[2], 3, NOW.plusSeconds(5))).isInstanceOf(Decisions.Order.Begin.class);
    }

    @Test
    void aRuleThatSomebodyElseSavesAgainIsGivenToNoPcAnew() {
        Device device = memory.add("pc1", PC);
        Task.Capture capture = new Task.Capture("room12", List.of());
        rules(rule(1, Level.SERVER, "always", capture, Repeat.ONCE));
        assertThat(decisions().order(1, PC, 1, NOW)).isInstanceOfSatisfying(Decisions.Order.Begin.class, begin -> {
            assertThat(begin.work().task()).isEqualTo(capture);
            decisions().done(begin.work(), "1 GB", NOW);
        });
        Instant later = NOW.plus(Duration.ofDays(1));
        rules(rule(1, Level.SERVER, "always", capture.by("tom"), Repeat.ONCE));
        assertThat(decisions().order(1, PC, 2, later)).isInstanceOf(Decisions.Order.Nothing.class);

        rules(rule(1, Level.SERVER, "always", new Task.Capture("tom's", List.of()).by("tom"), Repeat.ONCE));
        assertThat(decisions().order(1, PC, 3, later))
                .isInstanceOfSatisfying(
                        Decisions.Order.Begin.class,
                        begin -> memory.keep(begin.work().givenUp("the image is another's", later)));
        assertThat(decisions().order(1, PC, 4, later)).isInstanceOf(Decisions.Order.Nothing.class);
        rules(rule(1, Level.SERVER, "always", new Task.Capture("tom's", List.of()), Repeat.ONCE));
        assertThat(decisions().order(device.id(), PC, 5, later))
                .as("an administrator gives what failed as his")
                .isInstanceOf(Decisions.Order.Begin.class);
    }

    /** The system disk died in the night: what stood behind it is no replacement, however often its engine has to ask. */
    @Test
    void workThatWaitsForItsTurnStaysWithTheDiskThatWasFirst() {
        limits = new Limits(1, 0, Duration.ofMinutes(10));
        Facts other = IdentityTest.facts("uuid=aaaaaaaa-0000-0000-0000-000000000009");
        Work running = memory.create(memory.add("pc0", other).id(), RESTORE, Terms.by("anna"), NOW);
        assertThat(decisions().order(1, other, 1, NOW)).isInstanceOf(Decisions.Order.Begin.class);
        String data = "sda 4000787030016 DATA1 WDC WD40";
        Facts pc = IdentityTest.facts("uuid=aaaaaaaa-0000-0000-0000-000000000001");
        Device device = memory.add("pc1", pc.with(FactName.DISK, "nvme0n1 512110190592 SYS1 PM9A1", data));
        memory.create(device.id(), RESTORE, Terms.by("anna"), NOW);
        Facts dead = pc.with(FactName.DISK, data);

        assertThat(decisions().order(2, dead, 2, NOW)).isInstanceOf(Decisions.Order.Wait.class);
        decisions().done(running, "1 GB", NOW);
        assertThat(decisions().order(2, dead, 2, NOW.plusSeconds(5)))
                .isInstanceOfSatisfying(
                        Decisions.Order.Begin.class,
                        begin -> assertThat(begin.work().task()).isEqualTo(RESTORE.heldTo(new HeldDisk("SYS1"))));
    }

    /** Somebody looked with an inventory before the work was given: it took the data disk, the only one that was known then. */
    @Test
    void workTakesNoDiskThatMovedUpThoughAnEngineWithoutWorkSpokeInBetween() {
        String data = "sda 4000787030016 DATA1 WDC WD40";
        Facts pc = IdentityTest.facts("uuid=aaaaaaaa-0000-0000-0000-000000000001; memory-mib=8192");
        Device device = memory.add("pc1", pc.with(FactName.DISK, "nvme0n1 512110190592 SYS1 PM9A1", data));
        Facts dead = pc.with(FactName.DISK, data);
        assertThat(decisions().order(1, dead, 1, NOW)).isInstanceOf(Decisions.Order.Nothing.class);
        Work inventory = memory.create(device.id(), new Task.Inventory(), Terms.by("anna"), NOW);
        assertThat(decisions().order(1, dead, 2, NOW)).isInstanceOf(Decisions.Order.Begin.class);
        decisions().done(inventory, "facts", NOW);
        assertThat(memory.find(device.id()).orElseThrow().facts().first(FactName.MISSED_DISK))
                .contains("SYS1");

        memory.create(device.id(), RESTORE, Terms.by("anna"), NOW);
        assertThat(decisions().order(1, dead.with(FactName.MISSED_DISK, "DATA1"), 3, NOW))
                .isInstanceOfSatisfying(Decisions.Order.Begin.class, begin -> {
                    assertThat(begin.work().task()).isEqualTo(RESTORE.heldTo(new HeldDisk("SYS1")));
                    assertThat(begin.device().facts().first(FactName.MISSED_DISK))
                            .contains("SYS1");
                    memory.keep(begin.work().givenUp("there is no such disk", NOW));
                });
        memory.create(device.id(), RESTORE, Terms.by("schedule 'weekly'"), NOW);
        assertThat(decisions().order(1, dead, 4, NOW))
                .as("of the first, which failed, nobody has looked")
                .isInstanceOfSatisfying(
                        Decisions.Order.Begin.class,
                        begin -> assertThat(begin.work().task()).isEqualTo(RESTORE.heldTo(new HeldDisk("SYS1"))));
    }

    /** Its engine refuses, tells to set the firmware to AHCI, and shows no serial number of what stands before the hidden disk. */
    @Test
    void workThatFailedForADiskThatIsHiddenIsHeldToThatOneWhenItIsThere() {
        Facts pc = IdentityTest.facts("uuid=aaaaaaaa-0000-0000-0000-000000000001");
        Device device = memory.add("pc1", pc);
        memory.create(device.id(), RESTORE, Terms.by("anna"), NOW);
        Facts hidden = pc.with(FactName.DISK, "sda 4000787030016 - WDC WD40").with(FactName.DISK_HEALTH, "sda good");
        assertThat(decisions().order(1, hidden, 1, NOW)).isInstanceOfSatisfying(Decisions.Order.Begin.class, begin -> {
            assertThat(begin.work().task()).isEqualTo(RESTORE);
            decisions().failed(begin.work(), "an NVMe disk is hidden", NOW);
        });

        Facts seen = pc.with(FactName.DISK, "nvme0n1 512110190592 SYS1 PM9A1", "sda 4000787030016 DATA1 WDC WD40")
                .with(FactName.DISK_HEALTH, "nvme0n1 good", "sda good");
        assertThat(decisions().order(1, seen, 2, NOW.plusSeconds(60)))
                .isInstanceOfSatisfying(
                        Decisions.Order.Begin.class,
                        begin -> assertThat(begin.work().task()).isEqualTo(RESTORE.heldTo(new HeldDisk("SYS1"))));
    }

    @Test
    void workIsNotBegunBeforeItsTime() {
        Device device = memory.add("pc1", FULL);
        memory.create(device.id(), RESTORE, Terms.by("anna").notBefore(LATER), NOW);

        assertThat(decisions().firstAnswer(PC, NOW)).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(decisions().firstAnswer(PC, LATER)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
    }

    @Test
    void everyValueComesFromTheNearestLevelThatSetsIt() {
        memory.book = new RuleBook(
                GroupTree.of(List.of(SCHOOL, ROOM)),
                PolicyValues.NONE.with(draft -> {
                    draft.biosClient = Optional.of(BiosClient.PXELINUX);
                    draft.afterWork = Optional.of(AfterWork.POWER_OFF);
                }),
                List.of(),
                Set.of());
        Device device = memory.add(IdentityTest.device(1, "pc1", PC)
                .withGroup(2)
                .withValues(PolicyValues.NONE.with(draft -> draft.afterWork = Optional.of(AfterWork.REBOOT))));

        Explanation explained = decisions().explain(device, NOW);
        EffectivePolicy policy = explained.policy();
        assertThat(policy.afterWork().from()).isEqualTo("device 'pc1'");
        assertThat(policy.menu().from()).isEqualTo("group 'Room 12'");
        assertThat(policy.maxAttempts().from()).isEqualTo("group 'School'");
        assertThat(policy.biosClient().from()).isEqualTo("the server's default");
        assertThat(policy.kernelArguments().from()).isEqualTo("the configuration");
        assertThat(policy.network().from()).isEqualTo("the usual value");
        assertThat(explained.group()).isEqualTo("School/Room 12");
        assertThat(explained.answer()).isInstanceOfSatisfying(FirstAnswer.Hotkey.class, hotkey -> {
            assertThat(hotkey.seconds()).isEqualTo(5);
            assertThat(hotkey.clients()).contains(new ClientChoice(BiosClient.PXELINUX, UefiClient.IPXE));
        });
    }

    @Test
    void eachRuleIsExplainedAndNothingIsChanged() {
        Device device = memory.add("pc1", PC);
        rules(
                rule(1, Level.SERVER, "model contains 'Latitude'", Repeat.ONCE),
                rule(2, Level.SERVER, "memory > 4 GiB", Repeat.ONCE),
                rule(3, Level.SERVER, "always", Repeat.ONCE),
                rule(4, Level.SERVER, "always", Repeat.ONCE));

        assertThat(decisions().explain(device, NOW).rules())
                .extracting(RuleAnswer::truth, RuleAnswer::gives, RuleAnswer::why)
                .containsExactly(
                        tuple(Truth.FALSE, false, "does not match: model contains \"Latitude\": false (OptiPlex 7090)"),
                        tuple(Truth.UNKNOWN, true, "cannot be decided yet: memory > 4 GiB: unknown (not known yet)"),
                        tuple(Truth.TRUE, true, "matches: always: true"),
                        tuple(Truth.TRUE, false, "not looked at: rule 3 'r3' matched before it"));
        assertThat(memory.works).isEmpty();
        assertThat(memory.transactions).isZero();
    }

    @Test
    void aRuleIsTriedOnAllDevicesOfItsLevel() throws InvalidCondition {
        memory.add(IdentityTest.device(1, "pc1", FULL).withGroup(2));
        memory.add(IdentityTest.device(2, "pc2", PC).withGroup(1));
        memory.add(IdentityTest.device(3, "pc3", FULL.with(FactName.MEMORY_MIB, "2048"))
                .withGroup(2));
        memory.add(IdentityTest.device(4, "pc4", FULL));

        RuleTrial trial = RuleTrial.of(
                Condition.parse("memory >= 4 GiB"),
                new Level.OfGroup(1),
                memory.devices,
                GroupTree.of(List.of(SCHOOL, ROOM)));
        assertThat(trial.matching()).extracting(Device::name).containsExactly("pc1");
        assertThat(trial.unknown()).extracting(Device::name).containsExactly("pc2");
        assertThat(trial.words()).isEqualTo("1 device would match, 1 unknown, 1 would not");
    }

    @Test
    void aPcBehindASharedAdapterThatShowsNothingElseIsAskedByThePrebootClient() {
        memory.book = new RuleBook(
                GroupTree.EMPTY, PolicyValues.NONE, List.of(), Set.of(MacAddress.parse("00:e0:4c:00:00:09")));

        assertThat(decisions().firstAnswer(IdentityTest.facts("mac=00:e0:4c:00:00:09"), NOW))
                .isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        assertThat(memory.devices).isEmpty();
    }

    @Test
    void aPcThatContradictsWhatIsKnownStartsItsDiskAndAPersonIsAsked() {
        Device office = memory.add("office", PC.mergedWith(IdentityTest.facts("serial=S1")));
        memory.assign(office, RESTORE);
        Facts clone = IdentityTest.facts("mac=52:54:00:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000001; serial=S2");

        PrebootAnswer answer = decisions().prebootAnswer(clone, NOW);
        decisions().prebootAnswer(clone, NOW);
        assertThat(answer.imaging()).isFalse();
        assertThat(memory.questions).hasSize(1);
        assertThat(memory.questions.getFirst().candidates()).containsExactly(office.id());
        assertThat(memory.devices).hasSize(1);
    }

    @Test
    void aNewBoardAroundADiskWithImageSafeDataIsTheOldDevice() {
        String identity = "00ff".repeat(8);
        Device old = memory.add(IdentityTest.device(1, "office", FULL).withMarks(IdentityKey.imageSafe(identity)));
        memory.assign(old, RESTORE);
        Facts board = IdentityTest.facts("mac=52:54:00:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000009");
        rules(rule(1, Level.SERVER, "memory > 1 GiB", Repeat.ONCE));
        decisions().firstAnswer(board, NOW); // registers it: nobody has seen its disk yet
        assertThat(memory.devices).hasSize(2);
        Facts full = board.mergedWith(IdentityTest.facts("memory-mib=8192"))
                .with(FactName.DISK, FULL.all(FactName.DISK).toArray(String[]::new))
                .with(FactName.IMAGE_SAFE, identity);

        assertThat(decisions().order(2, full, 1, NOW).reasons())
                .last()
                .asString()
                .endsWith("is that of 'office': it is that device with another board; start it again");
        assertThat(memory.devices).extracting(Device::name).containsExactly("office");
        assertThat(memory.questions).isEmpty();
        assertThat(decisions().order(old.id(), full, 2, NOW)).isInstanceOf(Decisions.Order.Begin.class);
    }

    @Test
    void aNewPcWithACopyOfAKnownDiskIsAQuestionForAPerson() {
        String identity = "00ff".repeat(8);
        Device old = memory.add(IdentityTest.device(1, "office", FULL).withMarks(IdentityKey.imageSafe(identity)));
        Facts board = IdentityTest.facts("mac=52:54:00:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000009");
        rules(rule(1, Level.SERVER, "memory > 1 GiB", Repeat.ONCE));
        decisions().firstAnswer(board, NOW);
        Facts full = board.mergedWith(IdentityTest.facts("memory-mib=8192; disk=sda 256060514304 OTHER SAMSUNG"))
                .with(FactName.IMAGE_SAFE, identity + " copied");

        assertThat(decisions().order(2, full, 1, NOW)).isInstanceOf(Decisions.Order.Nothing.class);
        assertThat(memory.questions.getFirst().candidates()).containsExactly(old.id());
        assertThat(memory.questions.getFirst().why())
                .containsExactly("it could be 'office': another UUID, same copied image-safe data");
    }

    @Test
    void aNewBoardAroundAKnownDiskIsAQuestionOfTheDetailedCheck() {
        Device old = memory.add("office", FULL.mergedWith(IdentityTest.facts("serial=S1")));
        memory.assign(old, RESTORE);
        Facts board = IdentityTest.facts("mac=52:54:00:00:00:07; uuid=aaaaaaaa-0000-0000-0000-000000000009");
        rules(rule(1, Level.SERVER, "memory > 1 GiB", Repeat.ONCE));
        assertThat(decisions().firstAnswer(board, NOW)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        Facts full = board.mergedWith(IdentityTest.facts("memory-mib=8192; disk=sda 256060514304 S3 SAMSUNG"));

        assertThat(decisions().order(2, full, 1, NOW)).isInstanceOf(Decisions.Order.Nothing.class);
        Question question = memory.questions.getFirst();
        assertThat(question.asked()).isEqualTo(2);
        assertThat(question.candidates()).containsExactly(old.id());

        Question.Outcome.Keep same =
                (Question.Outcome.Keep) question.outcome(new Question.Answer.Is(old.id()), Optional.of(old), NOW);
        assertThat(same.merged()).isEqualTo(2);
        memory.devices.set(0, same.device());
        memory.devices.remove(1);
        assertThat(decisions().order(old.id(), full, 2, NOW))
                .isInstanceOfSatisfying(
                        Decisions.Order.Begin.class,
                        begin -> assertThat(begin.device().name()).isEqualTo("office"));
    }

    @Test
    void aPcThatWaitsForApprovalMayRegisterItselfWhereTheMenuHasThatEntry() {
        rules(rule(1, Level.SERVER, "always", Repeat.ALWAYS));
        memory.book = new RuleBook(
                GroupTree.EMPTY,
                PolicyValues.NONE.with(draft -> draft.menu = Optional.of(new MenuSetting.Always())),
                memory.book.rules(),
                Set.of());

        PrebootAnswer answer = decisions(NewDevices.APPROVE).prebootAnswer(PC, NOW);
        assertThat(answer.imaging()).isFalse();
        assertThat(answer.entries()).extracting(MenuEntry::title).containsExactly("Local disk", "Register this PC");
        PrebootAnswer registered = decisions(NewDevices.REGISTER)
                .prebootAnswer(IdentityTest.facts("uuid=aaaaaaaa-0000-0000-0000-0000000000ff"), NOW);
        assertThat(registered.entries()).extracting(MenuEntry::title).containsExactly("Automatic", "Local disk");
    }

    /** The device's next order, done. */
    private void finish(long transaction) {
        Decisions.Order.Begin begin = (Decisions.Order.Begin) decisions().order(1, FULL, transaction, NOW);
        Work pinned = begin.work().pinned(((Task.Restore) begin.work().task()).withVersions(memory.newest, List.of()));
        memory.keep(pinned);
        decisions().done(pinned, "1 GB", NOW);
    }
}
