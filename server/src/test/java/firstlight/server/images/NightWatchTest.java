package firstlight.server.images;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import firstlight.database.Database;
import firstlight.image.Progress;
import firstlight.image.chunk.ChunkId;
import firstlight.image.chunk.ChunkTable;
import firstlight.image.extents.Extents;
import firstlight.image.manifest.Content;
import firstlight.image.manifest.DiskImage;
import firstlight.image.manifest.Manifest;
import firstlight.image.manifest.Region;
import firstlight.image.store.DiskStore;
import firstlight.image.store.ImageName;
import firstlight.image.store.ImageStore;
import firstlight.image.store.ImageVersion;
import firstlight.image.store.Publication;
import firstlight.image.store.VersionNotes;
import firstlight.image.table.TableSectors;
import firstlight.policy.work.Schedule;
import firstlight.policy.work.Task;
import firstlight.policy.work.Terms;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class NightWatchTest {
    private static final Instant NOW = Instant.parse("2026-11-28T03:30:00Z");
    private static final Duration DAY = Duration.ofDays(1);

    @TempDir
    private Path folder;

    private final List<String> alarms = new ArrayList<>();
    private long nanoTime = 5;
    private Database database;
    private ImageStore images;
    private ImageJobs jobs;

    @BeforeEach
    void start() throws Exception {
        database = Database.open(folder.resolve("database"), NOW);
        images = DiskStore.open(folder.resolve("images"));
        jobs = new ImageJobs(() -> NOW);
    }

    @AfterEach
    void stop() throws Exception {
        jobs.close();
        images.close();
        database.close();
    }

    private ImageCare care(Instant now) {
        return new ImageCare(images, database.works(), Plans.of(database), (_, text, _) -> alarms.add(text), () -> now);
    }

    private NightWatch watch(Instant now) throws IOException {
        return new NightWatch(
                care(now), jobs, new NightWatch.Rounds(100, 3), folder.resolve("clock"), now, () -> nanoTime);
    }

    private ImageJob.Outcome night(NightWatch watch, Instant now, Duration passed) throws IOException {
        nanoTime += passed.toNanos();
        return watch.round(now, Progress.SILENT);
    }

    /** Of zeros, so that it needs no chunks. */
    private ImageVersion publish(String image) throws IOException {
        ChunkTable.Builder chunks = new ChunkTable.Builder(1);
        chunks.set(0, ChunkId.ZERO);
        Content content = new Content.Blocks(Content.Method.RAW, Extents.of(0, 1 << 18), chunks.build());
        DiskImage disk =
                new DiskImage(1 << 18, 512, TableSectors.NONE, List.of(new Region(0, 0, 1 << 18, "", content)));
        Publication made = images.publish(new ImageName(image), new Manifest(NOW, "test", List.of(disk), List.of()));
        return ((Publication.Published) made).version();
    }

    private List<String> names() throws IOException {
        return images.list().stream().map(ImageVersion::name).toList();
    }

    @Test
    void whatExpiredIsRemovedAndNotByAClockThatJumped() throws Exception {
        images.change(publish("exam"), notes -> notes.withExpiry(Optional.of(NOW.plus(DAY))));
        images.change(publish("term"), notes -> notes.withExpiry(Optional.of(NOW.plus(DAY.multipliedBy(300)))));
        try (NightWatch watch = watch(NOW)) {
            assertThat(night(watch, NOW.plus(DAY), DAY).details()).contains("exam@1 has expired and was removed");
            ImageJob.Outcome jumped = night(watch, Instant.parse("2099-01-01T03:30:00Z"), DAY);
            assertThat(jumped.details())
                    .anySatisfy(line -> assertThat(line)
                            .contains("term@1 would have expired", "nothing is removed before 2099-01-08T03:30:00Z"));
            assertThat(alarms).singleElement().asString().contains("term@1 would have expired");
            assertThat(names()).containsExactly("term@1");
        }
        try (NightWatch restarted = watch(Instant.parse("2099-01-02T00:00:00Z"))) {
            night(restarted, Instant.parse("2099-01-02T03:30:00Z"), Duration.ofMinutes(210));
            assertThat(names()).containsExactly("term@1");
            night(restarted, NOW.plus(DAY.multipliedBy(3)), DAY); // somebody sets it right
            night(restarted, NOW.plus(DAY.multipliedBy(4)), DAY);
            assertThat(names()).containsExactly("term@1");
        }
    }

    /** Nothing expired, and no garbage was collected, until the disk was full. */
    @Test
    void aServerThatIsOffEachNightIsLookedAfterSomeDaysLaterByDay() throws Exception {
        try (NightWatch first = watch(NOW)) {
            assertThat(first.hasMissedRounds(NOW)).isFalse();
        }
        Instant day = NOW.plus(DAY.multipliedBy(5));
        try (NightWatch again = watch(NOW.plus(DAY.multipliedBy(3)))) {
            assertThat(again.hasMissedRounds(NOW.plus(DAY.multipliedBy(3)))).isFalse();
            assertThat(again.hasMissedRounds(day)).isTrue();
            again.round(day, Progress.SILENT);
            assertThat(again.hasMissedRounds(day.plus(DAY))).isFalse();
            assertThat(again.hasMissedRounds(day.minus(DAY)))
                    .as("it was done by a clock that was ahead")
                    .isTrue();
        }
    }

    @Test
    void whatIsSaidOfAVersionInTheMomentOfItsRemovalCounts() throws Exception {
        ImageVersion exam = publish("exam");
        ImageCare care = care(NOW);
        assertThatThrownBy(() -> care.remove(exam, notes -> notes.expires().isPresent(), "server", "expired"))
                .hasMessageContaining("what is said of it was changed meanwhile");
        assertThat(names()).containsExactly("exam@1");
    }

    @Test
    void whatARuleOrAScheduleKeepsFromExpiringIsAnAlarm() throws Exception {
        images.change(publish("exam"), notes -> notes.withExpiry(Optional.of(NOW.plus(DAY))));
        database.schedules()
                .add(new Schedule(
                        0,
                        "nightly",
                        true,
                        "0 3 * * *",
                        ZoneOffset.UTC,
                        Set.of(),
                        Set.of(),
                        Task.Restore.of("exam", 1, List.of()),
                        Terms.by("ann"),
                        Optional.empty()));
        try (NightWatch watch = watch(NOW)) {
            ImageJob.Outcome outcome = night(watch, NOW.plus(DAY), DAY);
            assertThat(outcome.details()).contains("exam@1 has expired, but schedule 1 'nightly' lays it down");
        }
        assertThat(names()).containsExactly("exam@1");
        assertThat(alarms).singleElement().asString().contains("exam@1 has expired, but schedule 1 'nightly'");
    }

    @Test
    void aClockThatCannotBeRememberedKeepsNeitherTheServerFromItsStartNorExpiryFromMakingRoom() throws Exception {
        images.change(publish("exam"), notes -> notes.withExpiry(Optional.of(NOW.plus(DAY))));
        Files.createDirectory(folder.resolve("clock.part")); // in the way of what is to be written
        try (NightWatch watch = watch(NOW)) {
            assertThat(night(watch, NOW.plus(DAY), DAY).details()).contains("exam@1 has expired and was removed");
        }
        assertThat(names()).isEmpty();
        assertThat(alarms)
                .hasSize(2)
                .allSatisfy(line -> assertThat(line).contains("the clock cannot be remembered", "clock.part"));
    }

    @Test
    void theClockThatIsSetBackALittleBringsNoSecondNight() {
        LocalTime at = LocalTime.of(3, 30);
        Instant next = NOW.plus(DAY);
        assertThat(NightWatch.next(Instant.MIN, NOW.minusSeconds(30), at, ZoneOffset.UTC))
                .isEqualTo(NOW);
        assertThat(NightWatch.next(NOW, NOW.plusSeconds(1), at, ZoneOffset.UTC)).isEqualTo(next);
        assertThat(NightWatch.next(NOW, NOW.minusSeconds(30), at, ZoneOffset.UTC))
                .isEqualTo(next);
        assertThat(NightWatch.next(NOW, NOW.minus(DAY.multipliedBy(400)), at, ZoneOffset.UTC))
                .as("a clock that was years ahead is no reason to wait for years")
                .isEqualTo(NOW.minus(DAY.multipliedBy(399)));
    }

    @Test
    void whatSomebodyRemovesMeanwhileIsNoFailure() throws Exception {
        publish("first");
        ImageVersion second = publish("second");
        try (NightWatch watch = watch(NOW)) {
            Progress removing = (_, _, _) -> {
                if (images.find(second.image(), second.number()).isPresent()) {
                    images.remove(second, new VersionNotes.Entry(NOW, "anna", "removed"));
                }
            };
            ImageJob.Outcome outcome = watch.round(NOW, removing);
            assertThat(outcome.details()).contains("second@1 was removed meanwhile");
            assertThat(outcome.sound()).isTrue();
            assertThat(alarms).isEmpty();
        }
    }

    @Test
    void whatVerificationFoundIsToldWhenTheCollectionFailsAndPackingIsStillDone() throws Exception {
        publish("good");
        ImageVersion bad = publish("bad");
        Files.writeString(folder.resolve("images/manifests/bad/1.manifest"), "nonsense");
        images.close();
        images = DiskStore.open(folder.resolve("images"));
        try (NightWatch watch = watch(NOW)) {
            ImageJob.Outcome outcome = night(watch, NOW.plus(DAY), DAY);
            assertThat(outcome.sound()).isFalse();
            assertThat(outcome.details())
                    .anySatisfy(line -> assertThat(line).contains("good@1 is sound"))
                    .anySatisfy(line -> assertThat(line).contains(bad.name() + ": its manifest is damaged"))
                    .anySatisfy(line -> assertThat(line).contains("Nothing was collected"))
                    .anySatisfy(line -> assertThat(line).contains("is packed at level 3 already"));
            assertThat(alarms).anySatisfy(line -> assertThat(line).contains("nightly care: Nothing was collected"));
        }
    }
}
