package firstlight.server.imaging;

import static org.assertj.core.api.Assertions.assertThat;

import firstlight.database.Alarm;
import firstlight.database.Boot;
import firstlight.database.Database;
import firstlight.database.Journal;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageStore;
import firstlight.model.FactName;
import firstlight.model.Facts;
import firstlight.model.MacAddress;
import firstlight.policy.Decisions;
import firstlight.policy.Device;
import firstlight.policy.NewDevice;
import firstlight.policy.NewDevices;
import firstlight.policy.Registration;
import firstlight.policy.RuleBook;
import firstlight.policy.Settings;
import firstlight.policy.level.PolicyValues;
import firstlight.policy.work.Limits;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import firstlight.policy.work.Work;
import firstlight.server.boots.TransactionLog;
import firstlight.server.images.OtherSites;
import firstlight.server.vault.Vault;
import firstlight.wire.work.Progress;
import firstlight.wire.work.Result;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SilentEnginesTest {
    private static final Instant START = Instant.parse("2026-11-28T10:00:00Z");
    private static final MacAddress MAC = MacAddress.parse("52:54:00:00:00:01");

    @TempDir
    private Path directory;

    private Database database;
    private ImageStore images;
    private WorkDesk desk;
    private SilentEngines silent;
    private Boot boot;
    private Work work;

    @BeforeEach
    void aPcIsInTheMiddleOfARestore() throws Exception {
        database = Database.open(directory.resolve("database"), START);
        images = DiskStore.open(directory.resolve("images"));
        desk = desk();
        silent = silent(desk, START);
        Facts facts = Facts.NONE.with(FactName.MAC, MAC.toString());
        Device device = database.devices().register(NewDevice.of(facts, Registration.REGISTERED), START);
        boot = database.journal().firstPacket(MAC, device.id(), START);
        work = database.works().create(device.id(), Task.Restore.of("room12", 1, List.of()), Terms.by("anna"), START);
        database.works().begin(work, boot.id(), Limits.NONE, START);
        desk.progress(boot, new Progress("restoring", 41, 100, 1_000_000, ""), START.plusSeconds(100));
    }

    private WorkDesk desk() {
        Decisions decisions = new Decisions(
                database.repositories(_ -> OptionalInt.empty()),
                () -> RuleBook.EMPTY,
                new Settings(NewDevices.REGISTER, "Press F8", PolicyValues.NONE, Limits.NONE));
        return new WorkDesk(
                decisions, database, log(), images, new Vault(directory), OtherSites.NONE, Optional.empty());
    }

    private SilentEngines silent(WorkDesk desk, Instant started) {
        return new SilentEngines(database, desk, log(), started);
    }

    private TransactionLog log() {
        return new TransactionLog(database.journal(), database.devices());
    }

    @AfterEach
    void close() throws Exception {
        images.close();
        database.close();
    }

    private List<String> told() {
        return database.journal().events(boot.id(), 0, 100).stream()
                .filter(event -> event.kind().equals("silent") || event.kind().equals("heard"))
                .map(Journal.Event::text)
                .toList();
    }

    private List<String> alarms() {
        return database.alarms().open(100).stream().map(Alarm::text).toList();
    }

    @Test
    void aPcThatFallsSilentIsToldOnceAndTakenBackWhenItIsHeardAgain() {
        silent.look(START.plusSeconds(155));
        assertThat(told()).isEmpty();

        silent.look(START.plusSeconds(161));
        silent.look(START.plusSeconds(166));
        assertThat(told())
                .singleElement()
                .asString()
                .contains("the last was 'restoring 41 %'", "The partition table is written last");
        assertThat(alarms()).singleElement().asString().startsWith(work.describe() + ": nothing was heard");

        desk.progress(boot, new Progress("restoring", 42, 100, 1_000_000, ""), START.plusSeconds(170));
        silent.look(START.plusSeconds(171));
        assertThat(told()).hasSize(2).last().asString().isEqualTo("the PC is heard again");
        assertThat(alarms()).isEmpty();
    }

    @Test
    void workThatEndedWhileItsPcWasMissedIsMissedNoMore() {
        silent.look(START.plusSeconds(161));
        desk.result(boot, new Result.Done("restored", List.of()), START.plusSeconds(170));
        silent.look(START.plusSeconds(171));
        assertThat(alarms()).isEmpty();
    }

    @Test
    void whatAServerSaidBeforeItWasStartedAgainIsTakenBackAsWell() {
        silent.look(START.plusSeconds(161));
        WorkDesk anew = desk();
        SilentEngines fresh = silent(anew, START.plusSeconds(200));
        fresh.look(START.plusSeconds(261));
        assertThat(alarms()).as("still missed, and told once").hasSize(1);

        anew.progress(boot, new Progress("restoring", 42, 100, 1_000_000, ""), START.plusSeconds(270));
        fresh.look(START.plusSeconds(271));
        assertThat(told()).hasSize(2).last().asString().isEqualTo("the PC is heard again");
        assertThat(alarms()).isEmpty();
    }

    @Test
    void workThatEndedBetweenTwoServersIsMissedNoMore() {
        silent.look(START.plusSeconds(161));
        desk.result(boot, new Result.Done("restored", List.of()), START.plusSeconds(170));
        silent(desk(), START.plusSeconds(200)).look(START.plusSeconds(261));
        assertThat(alarms()).isEmpty();
    }

    @Test
    void alarmsOfOtherThingsStayWhatTheyAre() {
        database.alarms().raise(work.device(), work.describe() + ": the disk is slow", START);
        silent.look(START.plusSeconds(155));
        assertThat(alarms()).hasSize(1);
    }

    @Test
    void aServerThatHasJustStartedGivesEnginesTheTimeToSpeak() {
        SilentEngines fresh = silent(desk, START.plusSeconds(600));
        fresh.look(START.plusSeconds(655));
        assertThat(told()).isEmpty();
        fresh.look(START.plusSeconds(660));
        assertThat(told()).hasSize(1);
    }
}
