package firstlight.policy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.model.BiosClient;
import firstlight.model.BootDecisions;
import firstlight.model.ClientChoice;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import firstlight.model.MenuEntry;
import firstlight.model.MenuSetting;
import firstlight.model.PrebootAnswer;
import firstlight.model.UefiClient;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Task;
import firstlight.policy.work.Work;
import firstlight.policy.work.WorkState;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

class DecisionsTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");
    private static final MenuSetting NEVER = new MenuSetting.Never();
    private static final MenuSetting HOTKEY = new MenuSetting.OnHotkey(4);
    private static final Facts PC =
            IdentityTest.facts("mac=52:54:00:00:00:01; uuid=aaaaaaaa-0000-0000-0000-000000000001");
    private static final Task RESTORE = Task.Restore.of("room12", 0, List.of());

    private final InMemory memory = new InMemory();

    private Decisions decisions(NewDevices newDevices, MenuSetting menu) {
        PolicyValues values = PolicyValues.NONE.with(draft -> {
            draft.menu = Optional.of(menu);
            draft.entries = Optional.of(List.of(
                    new MenuEntry.Automatic("Automatic"),
                    new MenuEntry.EfiProgram("Memory test", "tools/memtest.efi")));
            draft.kernelArguments = Optional.of("quiet");
        });
        return new Decisions(
                memory.repositories(), () -> memory.book, new Settings(newDevices, "Press F8", values, Limits.NONE));
    }

    private Decisions decisions() {
        return decisions(NewDevices.REGISTER, NEVER);
    }

    @Test
    void noWorkAndNoMenuIsLocalBootAtTheFirstPacket() {
        memory.add("pc1", PC);

        assertThat(decisions().firstAnswer(PC, NOW))
                .isEqualTo(new FirstAnswer.LocalBoot(List.of(
                        "recognised as 'pc1': same UUID, same MAC",
                        "menu hidden: the configuration",
                        "no work is assigned to 'pc1'")));
    }

    @Test
    void aPcThatIsKnownIsSettledAtOnce() {
        memory.add("pc1", PC);

        assertThat(decisions().promptAnswer(PC, NOW))
                .isEqualTo(new BootDecisions.Prompt.Settled(decisions().firstAnswer(PC, NOW)));
        assertThat(decisions(NewDevices.IGNORE, HOTKEY).promptAnswer(IdentityTest.facts("mac=52:54:00:00:00:09"), NOW))
                .as("is not registered")
                .isInstanceOf(BootDecisions.Prompt.Settled.class);
    }

    @Test
    void whatANewPcGetsIsForeseenBeforeItIsRegistered() {
        for (NewDevices newDevices : List.of(NewDevices.REGISTER, NewDevices.APPROVE)) {
            for (MenuSetting menu : List.of(NEVER, HOTKEY, new MenuSetting.Always())) {
                memory.devices.clear();
                Decisions decisions = decisions(newDevices, menu);

                BootDecisions.Prompt prompt = decisions.promptAnswer(PC, NOW);

                assertThat(prompt).isInstanceOf(BootDecisions.Prompt.Provisional.class);
                assertThat(memory.devices).isEmpty();
                assertThat(decisions.firstAnswer(PC, NOW))
                        .usingRecursiveComparison()
                        .ignoringFields("reasons")
                        .isEqualTo(prompt.answer());
            }
        }
    }

    @Test
    void newPcsAreRegisteredTogetherAndEachOnce() {
        memory.add("pc1", PC);
        Facts first = IdentityTest.facts("mac=52:54:00:00:00:08; uuid=aaaaaaaa-0000-0000-0000-000000000008");
        Facts second = IdentityTest.facts("mac=52:54:00:00:00:09");

        List<FirstAnswer> answers = decisions().firstAnswers(List.of(first, PC, second, first, second), NOW);

        assertThat(answers).hasSize(5);
        assertThat(answers.get(0).reasons().getFirst()).contains("registered as a new device");
        assertThat(answers.get(1).reasons().getFirst()).contains("recognised as 'pc1': same UUID");
        assertThat(answers.get(2).reasons().getFirst()).contains("registered as a new device");
        assertThat(answers.get(3).reasons().getFirst()).contains("same UUID, same MAC");
        assertThat(answers.get(4).reasons().getFirst()).contains("same MAC");
        assertThat(memory.devices).hasSize(3);
    }

    @Test
    void aHotkeyIsTheFirmwaresOwn() {
        memory.add("pc1", PC);

        assertThat(decisions(NewDevices.REGISTER, HOTKEY).firstAnswer(PC, NOW))
                .isEqualTo(new FirstAnswer.Hotkey(
                        "Press F8",
                        4,
                        Optional.of(new ClientChoice(BiosClient.IPXE, UefiClient.IPXE)),
                        List.of(
                                "recognised as 'pc1': same UUID, same MAC",
                                "menu on a hotkey within 4 s: the configuration",
                                "no work is assigned to 'pc1'")));
    }

    @Test
    void aMenuThatIsAlwaysShownLoadsThePrebootClient() {
        memory.add("pc1", PC);

        assertThat(decisions(NewDevices.REGISTER, new MenuSetting.Always()).firstAnswer(PC, NOW))
                .isInstanceOf(FirstAnswer.LoadPrebootClient.class);
    }

    @Test
    void theDevicesOwnMenuSettingGoesBeforeTheServers() {
        memory.add(IdentityTest.device(1, "pc1", PC)
                .withValues(PolicyValues.NONE.with(draft -> draft.menu = Optional.of(HOTKEY))));

        FirstAnswer answer = decisions().firstAnswer(PC, NOW);

        assertThat(answer).isInstanceOf(FirstAnswer.Hotkey.class);
        assertThat(answer.reasons()).contains("menu on a hotkey within 4 s: device 'pc1'");
    }

    @Test
    void assignedWorkLoadsThePrebootClientWhateverTheMenu() {
        memory.assign(memory.add("pc1", PC), RESTORE);

        FirstAnswer answer = decisions().firstAnswer(PC, NOW);

        assertThat(answer).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        assertThat(answer.reasons()).last().isEqualTo("work 1 (restore room12) is assigned to 'pc1'");
    }

    @Test
    void workWaitsOnAPcWhoseProcessorCannotRunTheEnvironment() {
        memory.assign(memory.add("pc1", PC), RESTORE);
        Facts arm64 = PC.with(FactName.ARCHITECTURE, "arm64");

        FirstAnswer answer = decisions().firstAnswer(arm64, NOW);

        assertThat(answer).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(answer.reasons())
                .last()
                .isEqualTo("the imaging environment is for x86-64; this PC's processor is arm64, and its work waits");
        assertThat(decisions().prebootAnswer(arm64, NOW).imaging()).isFalse();
        assertThat(decisions()
                        .prebootAnswer(PC.with(FactName.ARCHITECTURE, "x86_64"), NOW)
                        .imaging())
                .isTrue();
    }

    @Test
    void aNewDeviceIsRegisteredOnceAndGetsTheDefaultMenu() {
        Decisions decisions = decisions(NewDevices.REGISTER, HOTKEY);

        FirstAnswer first = decisions.firstAnswer(PC, NOW);
        FirstAnswer again = decisions.firstAnswer(PC, NOW);

        assertThat(first).isInstanceOf(FirstAnswer.Hotkey.class);
        assertThat(first.reasons().getFirst()).startsWith("recognised as 'new-1': registered as a new device");
        assertThat(again).isInstanceOf(FirstAnswer.Hotkey.class);
        assertThat(memory.devices).hasSize(1);
    }

    @Test
    void aDeviceThatWaitsForApprovalGetsNothingButItsDisk() {
        Decisions decisions = decisions(NewDevices.APPROVE, new MenuSetting.Always());
        decisions.firstAnswer(PC, NOW);
        memory.assign(memory.devices.getFirst(), RESTORE);

        assertThat(decisions.firstAnswer(PC, NOW)).isInstanceOf(FirstAnswer.LocalBoot.class);
        PrebootAnswer preboot = decisions.prebootAnswer(PC, NOW);
        assertThat(preboot.imaging()).isFalse();
        assertThat(preboot.menu()).isEqualTo(NEVER);
        assertThat(preboot.reasons()).contains("'new-1' waits for approval");
        assertThat(decisions.order(1, PC, preboot.transaction(), NOW)).isInstanceOf(Decisions.Order.Nothing.class);
    }

    @Test
    void withNewDevicesIgnoredAStrangerIsSomebodyElses() {
        assertThat(decisions(NewDevices.IGNORE, HOTKEY).firstAnswer(PC, NOW)).isInstanceOf(FirstAnswer.NoAnswer.class);
        assertThat(memory.devices).isEmpty();
    }

    /** Its engine may never get as far as to ask for work: a disk that hangs. */
    @Test
    void aPcThatWasGivenMaintenanceIsToldBeforeItsEngineAsks() {
        Device device = memory.add("pc1", PC);
        memory.assign(device, new Task.Maintenance());
        assertThat(decisions().prebootAnswer(PC, NOW).kernelArguments()).isEqualTo("quiet firstlight.shell=1");
        memory.add("pc2", IdentityTest.facts("mac=52:54:00:00:00:02"));
        assertThat(decisions()
                        .prebootAnswer(IdentityTest.facts("mac=52:54:00:00:00:02"), NOW)
                        .kernelArguments())
                .isEqualTo("quiet");
    }

    @Test
    void theTokenIsOfTheDeviceAndMoreFactsAreKept() {
        Device device = memory.add("pc1", PC);
        memory.assign(device, RESTORE);

        PrebootAnswer answer = decisions().prebootAnswer(PC.mergedWith(IdentityTest.facts("serial=S1")), NOW);

        assertThat(answer.imaging()).isTrue();
        assertThat(answer.token()).isEqualTo("token-1-of-1");
        assertThat(answer.kernelArguments()).isEqualTo("quiet");
        assertThat(memory.devices.getFirst().facts()).isEqualTo(PC.mergedWith(IdentityTest.facts("serial=S1")));
    }

    @Test
    void anEfiProgramIsShownOnUefiOnly() {
        memory.add("pc1", PC);

        assertThat(decisions()
                        .prebootAnswer(PC.mergedWith(IdentityTest.facts("firmware=bios")), NOW)
                        .entries())
                .hasSize(1);
        assertThat(decisions()
                        .prebootAnswer(PC.mergedWith(IdentityTest.facts("firmware=uefi")), NOW)
                        .entries())
                .hasSize(2);
    }

    @Test
    void whoItIsMayStayUnknownUntilTheImagingEnvironmentLooks() {
        Facts dock = IdentityTest.facts("mac=00:e0:4c:00:00:09");
        Device one =
                memory.add("one", dock.mergedWith(IdentityTest.facts("uuid=aaaaaaaa-0000-0000-0000-00000000000a")));
        memory.add("two", dock.mergedWith(IdentityTest.facts("uuid=aaaaaaaa-0000-0000-0000-00000000000b")));
        assertThat(decisions().firstAnswer(dock, NOW)).isInstanceOf(FirstAnswer.LocalBoot.class);
        memory.assign(one, RESTORE);

        assertThat(decisions().firstAnswer(dock, NOW)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        PrebootAnswer answer = decisions().prebootAnswer(dock, NOW);
        assertThat(answer.imaging()).isTrue();
        assertThat(answer.token()).endsWith("of-" + Transactions.NOBODY);

        Facts two = dock.mergedWith(IdentityTest.facts("uuid=aaaaaaaa-0000-0000-0000-00000000000b"));
        assertThat(decisions().order(Transactions.NOBODY, two, answer.transaction(), NOW))
                .isInstanceOf(Decisions.Order.Nothing.class);
        Facts first = dock.mergedWith(IdentityTest.facts("uuid=aaaaaaaa-0000-0000-0000-00000000000a"));
        assertThat(decisions().order(Transactions.NOBODY, first, answer.transaction(), NOW))
                .isInstanceOf(Decisions.Order.Begin.class);
        assertThat(decisions().order(Transactions.NOBODY, dock, answer.transaction(), NOW))
                .isInstanceOf(Decisions.Order.Nothing.class);
    }

    @Test
    void askingTwiceInOneTransactionIsOneAttempt() {
        memory.assign(memory.add("pc1", PC), RESTORE);

        decisions().order(1, PC, 7, NOW);
        decisions().order(1, PC, 7, NOW);

        assertThat(memory.works.getFirst().attempts()).isEqualTo(1);
        assertThat(memory.works.getFirst().state()).isEqualTo(WorkState.RUNNING);
    }

    @Test
    void doneWorkIsNotDoneAgain() {
        Work work = memory.assign(memory.add("pc1", PC), RESTORE);
        memory.keep(work.begun(7, NOW).done("1 GB", NOW));

        assertThat(decisions().firstAnswer(PC, NOW)).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(decisions().order(1, PC, 8, NOW)).isInstanceOf(Decisions.Order.Nothing.class);
    }

    @Test
    void workThatFailsIsTriedAgainUntilItsAttemptsAreUsedUp() {
        Work work = memory.assign(memory.add("pc1", PC), RESTORE);

        work = work.begun(1, NOW).failed("disk full", 3, NOW);
        assertThat(work.state()).isEqualTo(WorkState.QUEUED);
        work = work.begun(2, NOW).failed("disk full", 3, NOW);
        work = work.begun(3, NOW).failed("disk full", 3, NOW);

        assertThat(work.state()).isEqualTo(WorkState.FAILED);
    }

    @Test
    void aPcThatDiesInItsWorkStopsAfterItsAttemptsAndAPersonIsTold() {
        Work work = memory.assign(memory.add("pc1", PC), RESTORE);
        memory.keep(work.begun(1, NOW).begun(2, NOW).begun(3, NOW));

        FirstAnswer first = decisions().firstAnswer(PC, NOW);
        assertThat(first).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(first.reasons()).contains("stopped: work 1 (restore room12) was begun 3 times and never ended");
        assertThat(memory.works.getFirst().state()).isEqualTo(WorkState.FAILED);
        assertThat(memory.alarms).containsExactly("1: work 1 (restore room12) was begun 3 times and never ended");

        assertThat(decisions().prebootAnswer(PC, NOW).imaging()).isFalse();
        assertThat(memory.alarms).hasSize(1);
    }

    @Test
    void aPcWhoseRestoreBrokeOffHoldsNoImageUntilOneIsDone() {
        LastImage before = new LastImage("room11", 2, List.of(), NOW);
        Device device = memory.add("pc1", PC).withLastImage(Optional.of(before));
        memory.imaged(device.id(), Optional.of(before));
        memory.assign(device, RESTORE);

        Decisions.Order order = decisions().order(1, PC, 3, NOW);

        assertThat(order).isInstanceOf(Decisions.Order.Begin.class);
        assertThat(memory.devices.getFirst().lastImage()).isEmpty();
    }

    @Test
    void aRestoreWhoseResultIsTakenInHalfIsNotDoneUntilItIsSaidAgain() {
        AtomicBoolean away = new AtomicBoolean();
        InMemory memory = new InMemory() {
            @Override
            public void imaged(long device, Optional<LastImage> image) {
                if (away.get()) {
                    throw new IllegalStateException("the database is away");
                }
                super.imaged(device, image);
            }
        };
        Decisions decisions = new Decisions(
                memory.repositories(),
                () -> memory.book,
                new Settings(NewDevices.REGISTER, "", PolicyValues.NONE, Limits.NONE));
        Device device = memory.add("pc1", PC);
        memory.assign(device, Task.Restore.of("room12", 3, List.of()));
        decisions.order(device.id(), PC, 3, NOW);
        Work running = memory.works.getFirst();

        away.set(true);
        assertThatThrownBy(() -> decisions.done(running, "restored", NOW)).hasMessageContaining("away");
        assertThat(memory.works.getFirst().state()).isEqualTo(WorkState.RUNNING);

        away.set(false);
        decisions.done(running, "restored", NOW);
        decisions.done(running, "restored", NOW);
        assertThat(memory.works.getFirst().state()).isEqualTo(WorkState.DONE);
        assertThat(memory.devices.getFirst().lastImage()).contains(new LastImage("room12", 3, List.of(), NOW));
    }

    @Test
    void theLastAttemptMayAskForItsOrderAgain() {
        Work work = memory.assign(memory.add("pc1", PC), RESTORE);
        memory.keep(work.begun(1, NOW).begun(2, NOW).begun(3, NOW));

        assertThat(decisions().order(1, PC, 3, NOW)).isInstanceOf(Decisions.Order.Begin.class);
    }

    @Test
    void aTransactionOfOneDeviceNeverBeginsTheWorkOfAnother() {
        Device one = memory.add("one", PC);
        Facts other = IdentityTest.facts("mac=52:54:00:00:00:02; uuid=aaaaaaaa-0000-0000-0000-000000000002");
        memory.assign(memory.add("two", other), RESTORE);

        assertThat(decisions().order(one.id(), other, 5, NOW)).isInstanceOf(Decisions.Order.Nothing.class);
        assertThat(memory.works.getFirst().state()).isEqualTo(WorkState.QUEUED);
    }

    /** Blank serial numbers, and a UUID that is in no list of known bad ones: by DHCP these two are one. */
    private static final String CLONED = "uuid=5a5a0001-1234-4321-9999-0123456789ab; serial=Default string; ";

    private static Facts seen(int pc) {
        return IdentityTest.facts(CLONED + "mac=52:54:00:00:00:0" + pc);
    }

    private static Facts seenByEngine(int pc) {
        return seen(pc).mergedWith(IdentityTest.facts("disk=sda 256060514304 DISK-" + pc + " SAMSUNG"));
    }

    private Decisions.Order boot(Decisions decisions, Facts preboot, Facts full) {
        decisions.firstAnswer(preboot, NOW);
        PrebootAnswer answer = decisions.prebootAnswer(preboot, NOW);
        return decisions.order(owner(answer), full, answer.transaction(), NOW);
    }

    private static long owner(PrebootAnswer answer) {
        return Long.parseLong(answer.token().substring(answer.token().lastIndexOf('-') + 1));
    }

    @Test
    void anotherPcWithAClonedUuidNeverGetsTheWorkOfTheFirst() {
        Decisions decisions = decisions();
        decisions.firstAnswer(seen(1), NOW); // registered, and its disk not seen yet
        memory.assign(memory.devices.getFirst(), RESTORE);

        for (int i = 0; i < 2; i++) { // nor at its next boot
            Decisions.Order order = boot(decisions, seen(2), seenByEngine(2));
            assertThat(order).isInstanceOf(Decisions.Order.Nothing.class);
            assertThat(order.reasons().getLast()).contains("has the UUID of").contains("firstlight device questions");
        }
        assertThat(memory.questions).singleElement().satisfies(question -> {
            assertThat(question.candidates()).containsExactly(1L);
            assertThat(question.asked()).isZero();
        });
        assertThat(memory.devices.getFirst().facts()).isEqualTo(seen(1));
        assertThat(boot(decisions, seen(1), seenByEngine(1))).isInstanceOf(Decisions.Order.Begin.class);
        assertThat(boot(decisions, seen(2), seenByEngine(2))).isInstanceOf(Decisions.Order.Nothing.class);
    }

    /** What a person asks for at it, as work of the device that the boot was opened for, must not reach the other PC. */
    @Test
    void theBootOfAPcThatIsKnownByItsUuidAloneIsOfNoDevice() {
        Decisions decisions = decisions();
        decisions.firstAnswer(seen(1), NOW);

        assertThat(owner(decisions.prebootAnswer(seen(2), NOW))).isEqualTo(Transactions.NOBODY);
        assertThat(owner(decisions.prebootAnswer(seen(1), NOW))).isEqualTo(1);
    }

    @Test
    void onceAPersonWasAskedTheCloneStartsItsLocalDiskWhateverWorkTheOtherPcHas() {
        Decisions decisions = decisions();
        decisions.firstAnswer(seen(1), NOW);
        memory.assign(memory.devices.getFirst(), RESTORE);
        assertThat(decisions.firstAnswer(seen(2), NOW)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
        boot(decisions, seen(2), seenByEngine(2));

        assertThat(decisions.firstAnswer(seen(2), NOW)).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(decisions.prebootAnswer(seen(2), NOW).imaging()).isFalse();
        assertThat(decisions.firstAnswer(seen(1), NOW)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
    }

    @Test
    void whereFirmwareShowsTheUuidAloneThePcStartsItsLocalDiskOnceAPersonWasAsked() {
        Decisions decisions = decisions();
        memory.add("pc1", seenByEngine(1));
        memory.assign(memory.devices.getFirst(), RESTORE);
        Facts atADock = IdentityTest.facts(CLONED);
        assertThat(boot(decisions, atADock, atADock.mergedWith(IdentityTest.facts("disk=sda 1 DISK-2 x"))))
                .isInstanceOf(Decisions.Order.Nothing.class);

        assertThat(decisions.firstAnswer(atADock, NOW)).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(owner(decisions.prebootAnswer(atADock, NOW))).isEqualTo(Transactions.NOBODY);
        assertThat(decisions.firstAnswer(seen(1), NOW)).isInstanceOf(FirstAnswer.LoadPrebootClient.class);
    }

    @Test
    void aCloneThatIsSwitchedOnDoesNotEndTheLastAttemptOfTheOtherPc() {
        Decisions decisions = decisions();
        decisions.firstAnswer(seen(1), NOW);
        Work work = memory.assign(memory.devices.getFirst(), RESTORE);
        for (int attempt = 1; attempt <= 3; attempt++) {
            work = work.begun(attempt, NOW);
            memory.keep(work);
        }

        decisions.firstAnswer(seen(2), NOW);
        decisions.prebootAnswer(seen(2), NOW);

        assertThat(memory.works.getFirst().state()).isEqualTo(WorkState.RUNNING);
        decisions.firstAnswer(seen(1), NOW); // the PC itself: it was switched off in the middle of its last
        assertThat(memory.works.getFirst().state()).isEqualTo(WorkState.FAILED);
    }

    @Test
    void aPcWithAClonedUuidIsADeviceOfItsOwnOnceAPersonSaidSo() {
        Decisions decisions = decisions();
        decisions.firstAnswer(seen(1), NOW);
        Work work = memory.assign(memory.devices.getFirst(), RESTORE);
        boot(decisions, seen(2), seenByEngine(2));
        memory.settle(memory.questions.getFirst().outcome(new Question.Answer.New(), Optional.empty(), NOW), NOW);

        assertThat(memory.devices).hasSize(2);
        PrebootAnswer answer = decisions.prebootAnswer(seen(2), NOW);
        assertThat(answer.token()).endsWith("of-2");
        assertThat(decisions.order(2, seenByEngine(2), answer.transaction(), NOW))
                .isInstanceOf(Decisions.Order.Nothing.class);
        assertThat(boot(decisions, seen(1), seenByEngine(1)))
                .isInstanceOfSatisfying(
                        Decisions.Order.Begin.class,
                        begin -> assertThat(begin.work().id()).isEqualTo(work.id()));
    }

    @Test
    void aChangedCardWithBlankSerialNumbersIsKnownByItsDiskAndLearnt() {
        Decisions decisions = decisions();
        decisions.firstAnswer(seen(1), NOW);
        memory.assign(memory.devices.getFirst(), new Task.Inventory());
        assertThat(boot(decisions, seen(1), seenByEngine(1)))
                .isInstanceOfSatisfying(Decisions.Order.Begin.class, begin -> decisions.done(begin.work(), "", NOW));
        memory.assign(memory.devices.getFirst(), RESTORE);

        Facts changed = seen(2).mergedWith(IdentityTest.facts("disk=sda 256060514304 DISK-1 SAMSUNG"));
        assertThat(boot(decisions, seen(2), changed)).isInstanceOf(Decisions.Order.Begin.class);
        assertThat(memory.questions).isEmpty();
        assertThat(memory.devices.getFirst().facts().all(FactName.MAC))
                .containsExactly("52:54:00:00:00:02", "52:54:00:00:00:01");
    }

    @Test
    void aSerialNumberVouchesForTheUuidOfAPcAtAnotherDock() {
        Decisions decisions = decisions();
        decisions.firstAnswer(PC, NOW);
        memory.assign(memory.devices.getFirst(), RESTORE);

        Facts docked = IdentityTest.facts("mac=52:54:00:00:00:02; uuid=aaaaaaaa-0000-0000-0000-000000000001");
        Facts full = docked.mergedWith(IdentityTest.facts("serial=S1; disk=sda 1 K1 x"));
        assertThat(boot(decisions, docked, full)).isInstanceOf(Decisions.Order.Begin.class);
    }

    @Test
    void aCloneWithTheDiskOfAThirdIsAskedOfBothAndTakesNoneAway() {
        Decisions decisions = decisions();
        decisions.firstAnswer(seen(1), NOW);
        memory.add("third", IdentityTest.facts("mac=52:54:00:00:00:03; disk=sda 256060514304 DISK-2 SAMSUNG"));
        memory.assign(memory.devices.getFirst(), RESTORE);

        assertThat(boot(decisions, seen(2), seenByEngine(2))).isInstanceOf(Decisions.Order.Nothing.class);
        assertThat(memory.questions).singleElement().satisfies(question -> {
            assertThat(question.candidates()).containsExactly(1L, 2L);
            assertThat(question.asked()).isZero();
        });
    }
}
