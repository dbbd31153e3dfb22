package firstlight.server.boots;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.database.Journal.Event;
import firstlight.model.BootDecisions;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.FirstAnswer;
import firstlight.model.MacAddress;
import firstlight.model.PrebootAnswer;
import firstlight.policy.Decisions;
import firstlight.policy.NewDevices;
import firstlight.policy.Settings;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.OptionalInt;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecordedDecisionsTest {
    private static final Instant NOW = Instant.parse("2026-11-29T10:00:00Z");
    private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");
    private static final Facts PC = Facts.NONE.with(FactName.MAC, MAC.toString());

    @TempDir
    private Path directory;

    private Database database;
    private TransactionLog log;
    private BootDecisions decisions;

    @BeforeEach
    void open() {
        database = Database.open(directory, NOW);
        log = new TransactionLog(database.journal(), database.devices());
        Settings settings = new Settings(NewDevices.REGISTER, "Press F8", PolicyValues.NONE, Limits.NONE);
        decisions = new RecordedDecisions(
                new Decisions(database.repositories(_ -> OptionalInt.empty()), database.policy()::book, settings),
                database.journal(),
                log);
    }

    @AfterEach
    void close() {
        database.close();
    }

    private Boot onlyBoot() {
        assertThat(database.journal().boots(0, 10)).hasSize(1);
        return database.journal().boots(0, 10).getFirst();
    }

    private long device() {
        return database.devices().find(MAC.toString()).getFirst().id();
    }

    @Test
    void aNewPcsFirstAnswerIsRecordedWhenThereIsADeviceWhoseBootItIs() {
        BootDecisions.Prompt prompt = decisions.promptAnswer(PC, NOW);

        assertThat(prompt).isInstanceOf(BootDecisions.Prompt.Provisional.class);
        assertThat(database.journal().boots(0, 10)).isEmpty();
        assertThat(decisions.firstAnswers(List.of(PC), NOW).getFirst()).hasSameClassAs(prompt.answer());
        assertThat(onlyBoot().device()).isEqualTo(device());
        assertThat(database.journal().events(0, 0, 10)).extracting(Event::kind).containsExactly("first-answer");
        assertThat(decisions.promptAnswer(PC, NOW)).isInstanceOf(BootDecisions.Prompt.Settled.class);
    }

    /** As GRUB and pxelinux ask, which tell the MAC alone: by another card than the device was known by, or a dock's. */
    @Test
    void whoAsksByItsMacAloneIsWhomItsFirmwareShowed() {
        Facts shown = PC.with(FactName.UUID, "4c4c4544-0031-3510-8052-b4c04f4e3232")
                .with(FactName.SERIAL, "1A5QRN2") // else its UUID might be another's as well
                .with(FactName.FIRMWARE, "uefi")
                .with(FactName.ARCHITECTURE, "arm64");
        Facts otherCard = shown.with(FactName.MAC, "52:54:00:00:00:02");
        Facts byMac = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:02").with(FactName.FIRMWARE, "uefi");
        decisions.firstAnswer(shown, NOW);
        long known = device();
        decisions.promptAnswer(otherCard, NOW.plusSeconds(3600));

        PrebootAnswer answer = decisions.prebootAnswer(byMac, NOW.plusSeconds(3610));

        assertThat(database.journal().boot(answer.transaction()).orElseThrow().device())
                .isEqualTo(known);
        assertThat(database.journal().events(answer.transaction(), 0, 10))
                .filteredOn(event -> event.kind().equals("question"))
                .extracting(Event::text)
                .singleElement(InstanceOfAssertFactories.STRING)
                .contains("arm64", "4c4c4544-0031-3510-8052-b4c04f4e3232");
    }

    @Test
    void whatAFirmwareShowedIsItsOwnForMinutesOnly() {
        Facts byMac = Facts.NONE.with(FactName.MAC, "52:54:00:00:00:02");
        decisions.firstAnswer(PC.with(FactName.UUID, "4c4c4544-0031-3510-8052-b4c04f4e3232"), NOW);
        long known = device();
        decisions.firstAnswer(byMac.with(FactName.UUID, "4c4c4544-0031-3510-8052-b4c04f4e3232"), NOW);

        PrebootAnswer late = decisions.prebootAnswer(byMac, NOW.plusSeconds(3600));

        assertThat(database.journal().boot(late.transaction()).orElseThrow().device())
                .isNotEqualTo(known);
    }

    @Test
    void whatWasToldBeforeItsPcWasRegisteredIsInItsBootToo() {
        log.happened(NOW, MAC, "other-offer", "the server 10.0.0.1 offered it a boot menu");

        FirstAnswer answer = decisions.firstAnswer(PC, NOW);

        assertThat(answer).isInstanceOf(FirstAnswer.LocalBoot.class);
        assertThat(onlyBoot().device()).isEqualTo(device());
        assertThat(database.journal().boots(device(), 10)).hasSize(1);
    }
}
